"""From a drawing or photo of a piece of clothing to an image as Fashion-MNIST was made.

Xiao, Rasul and Vollgraf (2017, https://arxiv.org/abs/1708.07747) trimmed the ground around a shop's photo, resized the
longest side to 28, extended the shorter to 28 with the piece in the middle, and made it light on dark.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

from fvapp.core.errors import BlankError
from fvapp.core.preparation.loader import Photo
from fvapp.core.preparation.pen import draw_strokes
from fvapp.core.preparation.steps import CLOTHES_DRAWING_STEPS, CLOTHES_PHOTO_STEPS, SIZE, Preparation, Step, to_bytes
from fvapp.core.preparation.strokes import Strokes


_WORKING = 224  # pixels of the longer side while a picture is worked on
_FAINTEST = 0.06
_SMALLEST_SHARE, _LARGEST_SHARE = 0.04, 0.96  # of the picture that a piece of clothing covers


def prepare_strokes(drawing: Strokes, without: Set[str]) -> Preparation:
    """Prepare clothes drawn with a wide brush.

    Steps: ``drawing``; ``fill`` fills closed outlines; ``box`` scales the longest side to 28; ``centre`` puts the
    piece in the middle.

    Raises:
        BlankError: there are no strokes.
    """
    factor = _WORKING / drawing.size
    area = draw_strokes([stroke * factor for stroke in drawing.strokes], drawing.pen * factor, _WORKING, 1)
    if not area.any():
        raise BlankError("blank_drawing")
    steps = [Step("drawing", to_bytes(area * drawing.shade))]
    if "fill" not in without:
        area = np.maximum(area, ndimage.binary_fill_holes(area > 0.5))
    light = area * drawing.shade
    steps.append(Step("fill", to_bytes(light)))
    return _placed(steps, light, area > 0.5, without, CLOTHES_DRAWING_STEPS)


def prepare_photo(photo: Photo, without: Set[str]) -> Preparation:
    """Prepare a photo of clothes.

    Steps: ``photo``; ``background`` finds what is around the piece and makes it dark; ``invert`` makes the piece
    light where it lay on a light ground; ``box`` and ``centre`` as for drawings.

    Raises:
        BlankError: nothing stands out from the ground.
    """
    image = Image.fromarray(photo.pixels)
    image.thumbnail((_WORKING, _WORKING), Image.Resampling.BOX)
    colours = np.asarray(image) / 255.0
    grey = np.asarray(image.convert("L")) / 255.0
    if grey.std() < 0.01:
        raise BlankError("blank_picture")
    steps = [Step("photo", to_bytes(grey))]
    mask = find_piece(colours)
    on_light = float(np.median(grey[~mask])) > 0.5 if (~mask).any() else False
    light = grey
    if "background" not in without:
        light = np.where(mask, grey, 1.0 if on_light else 0.0)
    steps.append(Step("background", to_bytes(light)))
    if on_light and "invert" not in without:
        light = 1.0 - light
    steps.append(Step("invert", to_bytes(light)))
    return _placed(steps, light, mask, without, CLOTHES_PHOTO_STEPS)


def find_piece(colours: np.ndarray) -> np.ndarray:
    """Return the mask of what is not the ground, [h, w].

    The ground is what the border shows: a pixel belongs to it as far as its colour is near one of the border's
    main colours. Of what is left, the part nearest to the middle and largest is the piece, holes filled.
    """
    height, width, _ = colours.shape
    distance = _distance_from_border(colours)
    mask = distance > _otsu(distance)
    mask = ndimage.binary_opening(ndimage.binary_closing(mask, iterations=2), iterations=2)
    labels, count = ndimage.label(mask)
    if count:
        y, x = np.mgrid[0:height, 0:width]
        near = np.exp(-(((x / width - 0.5) / 0.3) ** 2 + ((y / height - 0.5) / 0.3) ** 2))
        weights = ndimage.sum_labels(near, labels, np.arange(1, count + 1))
        mask = ndimage.binary_fill_holes(labels == 1 + int(weights.argmax()))
    if not _SMALLEST_SHARE <= mask.mean() <= _LARGEST_SHARE:
        return np.ones((height, width), bool)
    return mask


def _distance_from_border(colours: np.ndarray) -> np.ndarray:
    """Return how far each pixel's colour is from the nearest of the border's main colours."""
    height, width, _ = colours.shape
    edge = max(1, round(0.04 * min(height, width)))
    frame = np.ones((height, width), bool)
    frame[edge:-edge, edge:-edge] = False
    smooth = ndimage.gaussian_filter(colours, (1.0, 1.0, 0.0))
    border = smooth[frame]
    centres = np.quantile(border, (0.15, 0.5, 0.85), axis=0)
    for _ in range(8):  # Lloyd's k-means with three centres
        nearest = ((border[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array(
            [border[nearest == k].mean(axis=0) if (nearest == k).any() else centres[k] for k in range(len(centres))]
        )
    return np.sqrt(((smooth[:, :, None] - centres) ** 2).sum(axis=3).min(axis=2))


def _otsu(values: np.ndarray) -> float:
    """Return Otsu's threshold (N. Otsu, 1979): the one that parts values into two groups best."""
    counts, edges = np.histogram(values, bins=128)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(middles[np.nanargmax(between)])


def _placed(
    steps: list[Step], light: np.ndarray, mask: np.ndarray, without: Set[str], switchable: tuple[str, ...]
) -> Preparation:
    """Scale to 28 along the longest side, put in the middle."""
    if float(light.max()) < _FAINTEST:
        raise BlankError("blank_picture")
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    middle_of_all = np.array(light.shape) / 2
    middle = np.array([top + bottom, left + right]) / 2
    if "box" not in without:
        side = max(bottom - top, right - left)
        centre = middle
    else:
        side = max(light.shape)
        centre = middle_of_all
    image = _window(light, centre, side)
    steps.append(Step("box", image))
    if "centre" not in without:
        image = _window(light, middle, side)
    elif "box" not in without:
        # Left where it was: as far from the middle as in the whole picture.
        image = _window(light, middle - (middle - middle_of_all) * side / max(light.shape), side)
    steps.append(Step("centre", image))
    return Preparation(tuple(steps), image, switchable)


def _window(light: np.ndarray, centre: np.ndarray, side: int) -> np.ndarray:
    """Return the square around a point as `uint8` [28, 28]; black where the picture ends."""
    top, left = np.rint(centre - side / 2).astype(int)
    square = Image.fromarray(to_bytes(light)).crop((left, top, left + side, top + side))
    small = square.resize((SIZE, SIZE), Image.Resampling.BOX if side > SIZE else Image.Resampling.BILINEAR)
    return np.asarray(small.filter(ImageFilter.UnsharpMask(radius=1, percent=60, threshold=0)))
