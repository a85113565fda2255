"""Turns a photo or other bitmap of a digit into an image like those of MNIST."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from PIL import Image
from scipy import ndimage

from fvapp.core.errors import BlankError
from fvapp.core.preparation import ink as inks
from fvapp.core.preparation.cleaning import count_shapes, select_digit, without_ruled_lines
from fvapp.core.preparation.loader import Photo
from fvapp.core.preparation.placing import BOX, PEN, cut_window_around, shift_to_centre_of_mass
from fvapp.core.preparation.steps import SIZE, Preparation, PreparationStep, to_uint8
from fvapp.core.preparation.thickness import (
    distance_from_ink,
    draw_image_from_distances,
    estimate_pen_width,
)

# Maximum pen width of a line drawing, as a share of its longer side. A shape drawn with a wider pen
# is an area.
_SOLID = 0.30
# A digit smaller than this share of the picture's longer side is enlarged and searched for again.
_SMALL = 0.5
_MARGIN = 0.4  # margin around a small digit, as a share of the digit's longer side
# A light digit on a dark background is scaled only if its longer side differs from the 20 pixels of
# the box by at least this many pixels.
_SAME_SIZE = 0.7
# The preparation steps before the digit is scaled.
_FIRST_STEPS = ("photo", "invert", "light", "clean")
_CLOSE = 100  # longer side, in pixels, of a redrawn digit before it is scaled to the 20-pixel box
# Minimum pen width, in pixels, of a digit that is redrawn. If thinner lines were redrawn, they
# would break or vanish.
_CLOSE_PEN = 3
# A shape smaller than this share of the picture's longer side is a dot, which is not enlarged.
_TINY = 0.04


@dataclass(frozen=True)
class _FoundDigit:
    """A digit found in a picture.

    Attributes:
        grey_picture, ink_amounts, digit_mask: the picture in grey, the amount of ink in each pixel,
            and the mask of the digit, all [h, w].
        is_dark_on_light: whether the digit is darker than the paper.
        photo_pixel_width: width of an original photo pixel, in pixels of `grey_picture`.
        shape_count: number of shapes side by side, of which the digit is one.
    """

    grey_picture: np.ndarray
    ink_amounts: np.ndarray
    digit_mask: np.ndarray
    is_dark_on_light: bool
    photo_pixel_width: float
    shape_count: int

    @cached_property
    def bounding_slices(self) -> tuple[slice, ...]:
        """The row and column slices of the digit's bounding box."""
        return ndimage.find_objects(self.digit_mask.view(np.uint8))[0]

    @property
    def cropped_mask(self) -> np.ndarray:
        """The mask of the digit, cropped to its bounding box so that fewer pixels are processed."""
        return self.digit_mask[self.bounding_slices]

    @property
    def longest_side(self) -> int:
        return int(max(self.cropped_mask.shape))

    @property
    def top_left_corner(self) -> np.ndarray:
        """The top left corner of the digit's bounding box, (x, y)."""
        rows, columns = self.bounding_slices
        return np.array([columns.start, rows.start])

    @property
    def middle_point(self) -> np.ndarray:
        """The middle of the digit's bounding box, (x, y)."""
        return self.top_left_corner + np.array(self.cropped_mask.shape[::-1]) / 2


def prepare_digit_photo(photo: Photo, without: Set[str]) -> Preparation:
    """Prepare a photo, scan or other bitmap of a digit.

    Steps: ``photo`` shows the photo in grey; ``invert`` turns dark ink on light paper into light on
    dark; ``light`` removes paper shade and uneven light; ``clean`` removes ruled lines and specks;
    ``thickness`` makes strokes as thick as in the training images, unless the digit is already as
    large as the digits in those images; ``box`` scales the digit into the 20x20 box; ``centre``
    moves the centre of mass to its usual place in MNIST.

    Raises:
        BlankError: nothing stands out from the background.
    """
    clean = "clean" not in without
    boxed = "box" not in without
    found = _find_digit(photo.pixels, clean)
    shapes = found.shape_count
    steps = [
        PreparationStep(name, partial(_step_picture, found, without, name)) for name in _FIRST_STEPS
    ]
    if boxed:
        found = _find_digit_enlarged(photo.pixels, found, clean)

    on_black = "light" not in without and ("invert" not in without or not found.is_dark_on_light)
    drawing = _scale_digit(found, without, boxed, "thickness" not in without and on_black)
    steps.append(PreparationStep("thickness", partial(to_uint8, drawing.shown_picture)))
    middle = found.middle_point if boxed else np.array(found.grey_picture.shape[::-1]) / 2
    image = drawing.draw_window_around(middle)
    steps.append(PreparationStep("box", to_uint8(image)))
    if "centre" not in without:
        image = drawing.draw_window_around(
            middle
            - shift_to_centre_of_mass(image if on_black else 1 - image)
            / drawing.image_pixels_per_pixel
        )
    steps.append(PreparationStep("centre", to_uint8(image)))
    return Preparation(tuple(steps), to_uint8(image), shapes)


@dataclass(frozen=True)
class _ScaledPicture:
    """A picture of a digit, ready to be scaled to 28x28 pixels, possibly with redrawn strokes.

    Attributes:
        shown_picture: the picture [h, w], light on dark.
        image_pixels_per_pixel: pixels of the 28x28 image per pixel of the picture.
        edge_distances: distance of each pixel around the digit from the edges of strokes; None if
            the strokes are not redrawn.
        distances_corner, distances_zoom: the top left corner (x, y) of `edge_distances` in the
            picture, and the number of pixels of `edge_distances` per pixel of the picture.
        whole_pixel_width: width of an original photo pixel, in pixels of the picture, if each photo
            pixel becomes exactly one pixel of the 28x28 image; else 0.
    """

    shown_picture: np.ndarray
    image_pixels_per_pixel: float
    edge_distances: np.ndarray | None = None
    distances_corner: np.ndarray | tuple[float, float] = (0.0, 0.0)
    distances_zoom: float = 1.0
    whole_pixel_width: float = 0.0

    def draw_window_around(self, middle: np.ndarray) -> np.ndarray:
        """Return the 28x28 image whose middle is the point `middle` (x, y) of the picture."""
        if self.edge_distances is not None:
            return draw_image_from_distances(
                self.edge_distances,
                (middle - self.distances_corner) * self.distances_zoom,
                self.image_pixels_per_pixel / self.distances_zoom,
            )
        if self.whole_pixel_width:
            middle = np.rint(middle / self.whole_pixel_width) * self.whole_pixel_width
        return cut_window_around(self.shown_picture, middle, self.image_pixels_per_pixel)


def _scale_digit(
    found: _FoundDigit, without: Set[str], boxed: bool, with_pen: bool
) -> _ScaledPicture:
    if not boxed:
        scale = SIZE / max(found.grey_picture.shape)
        if with_pen:
            return _redraw_strokes(found, scale, estimate_pen_width(found.cropped_mask))
        return _ScaledPicture(_step_pictures(found, without)["clean"], scale)
    extent = max(found.longest_side, _TINY * max(found.grey_picture.shape))
    if not found.is_dark_on_light and abs(extent / found.photo_pixel_width - BOX) < _SAME_SIZE:
        return _ScaledPicture(
            _step_pictures(found, without)["clean"],
            1 / found.photo_pixel_width,
            whole_pixel_width=found.photo_pixel_width,
        )
    width = estimate_pen_width(found.cropped_mask) if with_pen else 0.0
    if not with_pen or width > _SOLID * extent:
        return _ScaledPicture(_step_pictures(found, without)["clean"], BOX / extent)
    # The redrawn digit should fill the box, including the width of its new pen.
    return _redraw_strokes(found, (BOX - PEN) / max(extent - width, _TINY * extent), width)


def _redraw_strokes(found: _FoundDigit, scale: float, width: float) -> _ScaledPicture:
    zoom = min(1.0, max(_CLOSE / found.longest_side, _CLOSE_PEN / width))
    part = found.cropped_mask
    if zoom < 1:
        size = tuple(round(side * zoom) for side in part.shape[::-1])
        part = (
            np.asarray(Image.fromarray(part.astype(np.float32)).resize(size, Image.Resampling.BOX))
            > 0.5
        )
    growth = (PEN / scale - width) / 2 * zoom
    margin = int(np.ceil(max(0.0, growth))) + 2
    distance = distance_from_ink(np.pad(part, margin), growth)
    return _ScaledPicture(
        np.clip(0.5 - distance, 0, 1), scale, distance, found.top_left_corner - margin / zoom, zoom
    )


def _find_digit(pixels: np.ndarray, clean: bool, dark: bool | None = None) -> _FoundDigit:
    grey = inks.make_grey_copy(pixels)
    pixel = max(grey.shape) / max(pixels.shape[:2])
    paper = inks.plain_paper_shade(grey) if max(pixels.shape[:2]) >= inks.SMALLEST else None
    if paper is not None:  # a drawing made on a screen: no uneven light, ruled lines or specks
        dark = paper > 0.5 if dark is None else dark
        ink = inks.ink_on_plain_paper(grey, paper, dark)
        clean = False
    else:
        dark = inks.is_dark_on_light(grey) if dark is None else dark
        ink = inks.find_ink(grey, dark)
    if ink is None:
        raise BlankError("blank_picture")

    mask = ink > 0.5 if paper is not None else inks.ink_mask(ink, pixel)
    mask = without_ruled_lines(mask) if clean else mask
    shapes = count_shapes(mask)
    mask = select_digit(mask) if clean else mask
    if mask.sum() < inks.FEWEST:
        raise BlankError("blank_picture")
    return _FoundDigit(grey, ink, mask, dark, pixel, shapes)


def _find_digit_enlarged(pixels: np.ndarray, found: _FoundDigit, clean: bool) -> _FoundDigit:
    """Return a small digit as found again in the enlarged photo; return a large digit unchanged."""
    if found.longest_side >= _SMALL * max(found.grey_picture.shape):
        return found
    half = (0.5 + _MARGIN) * max(found.longest_side, 4)
    low = (found.middle_point - half) / found.photo_pixel_width
    high = (found.middle_point + half) / found.photo_pixel_width
    columns, rows = map(_pixel_slice, low, high, pixels.shape[1::-1])
    try:
        return _find_digit(pixels[rows, columns], clean, found.is_dark_on_light)
    except BlankError:
        return found


def _pixel_slice(low: float, high: float, count: int) -> slice:
    """Return the slice from `low` to `high`, within `count` pixels and at least one pixel long."""
    first = min(max(0, round(low)), count - 1)
    return slice(first, max(first + 1, round(high)))


def _step_picture(found: _FoundDigit, without: Set[str], name: str) -> np.ndarray:
    """Return the picture after a preparation step; called only to display this picture."""
    return to_uint8(_step_pictures(found, without)[name])


def _step_pictures(found: _FoundDigit, without: Set[str]) -> dict[str, np.ndarray]:
    """Return the picture after each preparation step before scaling, by the name of the step."""
    turned = found.is_dark_on_light and "invert" not in without
    pictures = {"photo": found.grey_picture}
    light = 1 - found.grey_picture if turned else found.grey_picture
    pictures["invert"] = light
    if "light" not in without:
        light = found.ink_amounts if turned or not found.is_dark_on_light else 1 - found.ink_amounts
    pictures["light"] = light
    if "clean" not in without:
        # Keep only the pixels near the digit, including its soft edges.
        near = ndimage.gaussian_filter(
            ndimage.maximum_filter(found.digit_mask.astype(np.float32), 7), 1
        )
        outside = light[~found.digit_mask]
        ground = float(np.median(outside)) if len(outside) else 0.0
        light = ground + (light - ground) * near
    pictures["clean"] = light
    return pictures
