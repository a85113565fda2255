"""Turns a drawing or photo of a piece of clothing into an image like those of Fashion-MNIST.

Xiao, Rasul and Vollgraf (2017, https://arxiv.org/abs/1708.07747) made Fashion-MNIST from a shop's
photos. They trimmed the background, resized the longer side to 28 pixels, extended the shorter side
to 28 with the piece in the middle, and inverted the photo to light on dark.
"""

from collections.abc import Set
from functools import partial

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

from fvapp.core.errors import BlankError
from fvapp.core.preparation.cutting import refine_mask
from fvapp.core.preparation.loader import Photo
from fvapp.core.preparation.steps import SIZE, Preparation, PreparationStep, resize_pixels, to_uint8
from fvapp.core.preparation.strokes import CANVAS_SIZE, Strokes, draw_strokes

_WORKING = 224  # longer side of the reduced picture that the preparation works on, in pixels
# Minimum brightness of ink, from 0 (black) to 1 (white). A picture without any brighter pixel is
# blank.
_FAINTEST = 0.06
# A background is plain if 90% of the pixels on the picture's border differ from the border's median
# colour by less than this amount (0 to 1).
_PLAIN = 0.06
# Smaller differences (0 to 1) from the colour of a plain background are ignored.
_SAME_SHADE = 0.03
_DARK_GROUND = 0.2  # maximum brightness of a dark background, such as black cloth, from 0 to 1
_LIGHT_GROUND = 0.65  # minimum brightness of a light background, such as paper or a wall
_SHADES = 16  # number of shades per colour channel in the colour histograms
_ROUNDS = 5  # number of guesses of the mask; further guesses did not change the test photos' masks
# Minimum and maximum share of a photo's area that a piece of clothing can cover.
_SMALLEST_SHARE = 0.04
_LARGEST_SHARE = 0.96
# Minimum width of a pen that paints areas, in pixels of a 280x280 canvas. Narrower pens draw lines.
_PAINTS = 24
# Brightness of a seam, as a share of the cloth's brightness. Values from 0.5 to 1 were tried. With
# 0.7, networks trained on photos recognise outlines best.
_SEAM = 0.7
# Maximum width of the hole in a bag's handle, as a share of the bag's width. A wider enclosed area
# is a bodice or a waistband.
_HANDLE = 0.8
# A bag's width is measured this many pixel rows below its upper edge, because the edge may slant.
_BELOW_EDGE = 8
# Amount of sharpening, in percent. Fashion-MNIST's authors sharpened their images, too. With 30%,
# training images that are enlarged and prepared again differ least from the originals.
_SHARPENING = 30


def prepare_clothes_drawing(drawing: Strokes, without: Set[str]) -> Preparation:
    """Prepare clothes that are drawn as outlines with a thin pen or painted with a wide pen.

    Steps: ``drawing`` shows the drawing; ``fill`` fills closed outlines, whose thin lines become
    darker seams; ``box`` scales the longer side to 28 pixels; ``centre`` puts the piece in the
    middle.

    Raises:
        BlankError: there are no strokes.
    """
    widths = np.array(drawing.stroke_widths) * CANVAS_SIZE / drawing.canvas_side
    paint = _area_of_strokes(drawing, widths >= _PAINTS)
    ink = _area_of_strokes(drawing, widths > 0)
    if not ink.any():
        raise BlankError("blank_drawing")
    light = ink * drawing.ink_lightness
    steps = [PreparationStep("drawing", to_uint8(light))]
    if "fill" not in without:
        cloth = find_enclosed_cloth(ink)
        if cloth.any():
            light = np.where(cloth | paint, 1, ink * _SEAM) * drawing.ink_lightness
        ink |= cloth
    steps.append(PreparationStep("fill", to_uint8(light)))
    return _scale_and_centre(steps, light, ink, without)


def _area_of_strokes(drawing: Strokes, chosen: np.ndarray) -> np.ndarray:
    """Return the pixels that the chosen strokes cover, `bool` [224, 224]."""
    factor = _WORKING / drawing.canvas_side
    pens = np.array(drawing.stroke_widths)
    area = np.zeros((_WORKING, _WORKING), bool)
    for pen in set(pens[chosen]):
        strokes = [drawing.strokes[i] * factor for i in np.flatnonzero(chosen & (pens == pen))]
        area |= draw_strokes(strokes, pen * factor, _WORKING, 1) > 0.5
    return area


def find_enclosed_cloth(ink: np.ndarray) -> np.ndarray:
    """Return the areas that outlines enclose, `bool` [h, w], except the hole in a bag's handle.

    The hole in a handle lies above the largest enclosed area, and is narrower than the upper end of
    this area. A bodice, by contrast, is as wide as the skirt below it, and sleeves hang at the
    sides.
    """
    labels, count = ndimage.label(ndimage.binary_fill_holes(ink) & ~ink)
    if count == 0:
        return labels > 0
    places = ndimage.find_objects(labels)
    largest = 1 + int(np.bincount(labels.ravel())[1:].argmax())
    rows, _ = places[largest - 1]
    width = np.count_nonzero(labels[min(rows.start + _BELOW_EDGE, rows.stop - 1)] == largest)
    handles = [
        number
        for number, (tall, wide) in enumerate(places, 1)
        if tall.start + tall.stop < 2 * rows.start and wide.stop - wide.start < _HANDLE * width
    ]
    return (labels > 0) & ~np.isin(labels, handles)


def prepare_clothes_photo(photo: Photo, without: Set[str]) -> Preparation:
    """Prepare a photo of clothes.

    Steps: ``photo`` shows the photo in grey; ``background`` makes the background black or white;
    ``invert`` inverts a photo with a light background; ``box`` scales the longer side of the piece
    to 28 pixels; ``centre`` puts the piece in the middle.

    Raises:
        BlankError: nothing stands out from the background.
    """
    # A photo smaller than the working size is enlarged.
    colours = resize_pixels(photo.pixels, _WORKING / max(photo.pixels.shape[:2])) / 255.0
    # Weights of red, green and blue from ITU-R BT.601.
    grey = colours @ np.array([0.299, 0.587, 0.114])
    if grey.std() < _FAINTEST / 4:
        raise BlankError("blank_picture")
    mask = find_clothing_mask(colours)
    if not mask.any():
        raise BlankError("blank_picture")

    negative = should_invert(grey, mask)
    steps = [PreparationStep("photo", partial(to_uint8, grey))]
    light = grey
    if "background" not in without:
        light = np.where(mask, grey, 1.0 if negative else 0.0)
    steps.append(PreparationStep("background", partial(to_uint8, light)))
    if negative and "invert" not in without:
        light = 1.0 - light
    steps.append(PreparationStep("invert", partial(to_uint8, light)))
    return _scale_and_centre(steps, light, mask, without)


def should_invert(grey: np.ndarray, mask: np.ndarray) -> bool:
    """Return whether to invert a photo of clothes, as Fashion-MNIST's authors did.

    A photo with a light background is always inverted, and a photo with a dark background is never
    inverted. With a medium background, the photo is inverted if this makes the piece of
    clothing lighter.
    """
    if mask.all():
        return False
    ground = float(np.median(grey[~mask]))
    if _DARK_GROUND < ground < _LIGHT_GROUND:
        return float(grey[mask].mean()) < 0.5
    return ground >= _LIGHT_GROUND


def find_clothing_mask(colours: np.ndarray) -> np.ndarray:
    """Return the mask of the piece of clothing in a photo, `bool` [h, w].

    On a plain background, the piece is everything that differs from the border. Otherwise, colours
    and the usual position of a piece give a first guess, which GrabCut refines.
    """
    height, width, _ = colours.shape
    frame = np.ones((height, width), bool)
    edge = max(1, round(0.03 * min(height, width)))
    frame[edge:-edge, edge:-edge] = False
    border = colours[frame]
    usual = np.median(border, axis=0)
    away = np.abs(border - usual).max(axis=1)
    if np.quantile(away, 0.9) < _PLAIN:
        tolerance = max(_SAME_SHADE, 3 * float(np.quantile(away, 0.9)))
        mask = ndimage.binary_fill_holes(np.abs(colours - usual).max(axis=2) > tolerance)
        return _without_specks(mask)

    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    expected = np.exp(-((np.abs(x) / 0.75) ** 4) - (np.abs(y) / 0.85) ** 4)
    expected[frame] = 0.02
    smooth = ndimage.gaussian_filter(colours, (1, 1, 0))
    mask = _best_placed_part(
        _refine_mask_at_half_size(smooth, frame, _guess_mask_by_colour(smooth, expected)), expected
    )
    return (
        mask if _SMALLEST_SHARE <= mask.mean() <= _LARGEST_SHARE else np.ones((height, width), bool)
    )


def _guess_mask_by_colour(smooth: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the mask of pixels that probably belong to the piece of clothing, [h, w].

    Each colour is rated by how often it occurs inside and outside the area where the piece is
    expected. Each further round expects the piece where the previous round found it.
    """
    shades = np.minimum((smooth * _SHADES).astype(int), _SHADES - 1)
    colours = np.ravel_multi_index(tuple(np.moveaxis(shades, 2, 0)), (_SHADES,) * 3)
    likely = expected
    for _ in range(_ROUNDS):
        inside = _colour_histogram(colours, likely)
        around = _colour_histogram(colours, 1 - likely)
        share = (inside / inside.sum()) / (inside / inside.sum() + around / around.sum() + 1e-9)
        by_colour = share.take(colours)
        odds = by_colour * expected
        likely = ndimage.gaussian_filter(
            odds / (odds + (1 - by_colour) * (1 - expected) + 1e-9), 2.0
        )
    return likely > 0.5


def _refine_mask_at_half_size(
    smooth: np.ndarray, frame: np.ndarray, likely: np.ndarray
) -> np.ndarray:
    """Return the mask `likely`, [h, w], after refining it at half size by the GrabCut algorithm."""
    small = refine_mask(smooth[::2, ::2], likely[::2, ::2], frame[::2, ::2])
    mask = Image.fromarray(to_uint8(small)).resize(likely.shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(mask) > 127


def _best_placed_part(mask: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the part of a mask that best fills the place where the piece of clothing is expected.

    Holes in this part are filled.
    """
    labels, count = ndimage.label(ndimage.binary_opening(mask, iterations=2))
    if count == 0:
        return labels > 0
    weights = ndimage.sum_labels(expected, labels, np.arange(1, count + 1))
    return ndimage.binary_fill_holes(labels == 1 + int(weights.argmax()))


def _colour_histogram(colours: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return a smoothed, weighted histogram of colour numbers, [shades, shades, shades]."""
    counts = np.bincount(colours.ravel(), weights.ravel(), _SHADES**3).reshape((_SHADES,) * 3)
    return ndimage.gaussian_filter(counts, 0.7) + 1e-3


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """Return a mask without specks, which are parts smaller than 1% of the largest part."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if count == 0:
        return mask
    sizes = ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    return np.isin(labels, 1 + np.flatnonzero(sizes >= 0.01 * sizes.max()))


def _scale_and_centre(
    steps: list[PreparationStep], light: np.ndarray, mask: np.ndarray, without: Set[str]
) -> Preparation:
    """Scale the piece of clothing to a longer side of 28 pixels and put it in the middle.

    If the step ``centre`` is left out, the piece keeps its distance from the middle if possible.
    """
    if float(light.max()) < _FAINTEST:
        raise BlankError("blank_picture")

    box = ndimage.find_objects(mask.view(np.uint8))[0]
    middle = np.array([(part.start + part.stop) / 2 for part in box])
    sides = np.array(mask[box].shape)
    longest = max(light.shape)
    side = int(sides.max()) if "box" not in without else longest
    room = (side - sides) / 2
    offset = np.clip((middle - np.array(light.shape) / 2) * side / longest, -room, room)
    image = _cut_square_window(light, middle - offset, side)
    steps.append(PreparationStep("box", image))
    if "centre" not in without:
        image = _cut_square_window(light, middle, side)
    steps.append(PreparationStep("centre", image))
    return Preparation(tuple(steps), image)


def _cut_square_window(light: np.ndarray, centre: np.ndarray, side: int) -> np.ndarray:
    """Return a square around a point, scaled to `uint8` [28, 28] and black outside the picture."""
    top, left = np.rint(centre - side / 2).astype(int)
    square = Image.fromarray(to_uint8(light)).crop((left, top, left + side, top + side))
    small = square.resize(
        (SIZE, SIZE), Image.Resampling.BOX if side > SIZE else Image.Resampling.BILINEAR
    )
    return np.asarray(
        small.filter(ImageFilter.UnsharpMask(radius=1, percent=_SHARPENING, threshold=0))
    )
