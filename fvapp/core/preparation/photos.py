"""From a photo or another bitmap of a digit to an image made like MNIST's."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from PIL import Image
from scipy import ndimage

from fvapp.core.errors import BlankError
from fvapp.core.preparation import ink as inks
from fvapp.core.preparation.cleaning import count_shapes, digit_of, without_ruled_lines
from fvapp.core.preparation.loader import Photo
from fvapp.core.preparation.placing import BOX, PEN, shift_to_centre, window_around
from fvapp.core.preparation.steps import SIZE, Preparation, PreparationStep, to_bytes
from fvapp.core.preparation.thickness import draw_from_distance, edge_distance, pen_width

_SOLID = 0.30  # ratio of pen width to extent above which a shape is an area, not a line drawing
_SMALL = 0.5  # share of the working copy below which a digit is searched again, enlarged
_MARGIN = 0.4  # margin around a small digit, as a share of its extent
# In source pixels: a digit whose extent is this close to the 20 pixels of the box is not scaled.
_SAME_SIZE = 0.7
_FIRST_STEPS = ("photo", "invert", "light", "clean")  # the steps before the drawing is scaled
_CLOSE = 100  # longer side of a digit to redraw, in pixels: five per pixel of the image
# Minimum pen width in pixels: thinner lines break or vanish when the picture is made smaller.
_CLOSE_PEN = 3
_TINY = 0.04  # share of the picture below which a shape is a dot and is not enlarged


@dataclass(frozen=True)
class _FoundDigit:
    """A digit found in a picture.

    Attributes:
        grey, ink, mask: [h, w], the picture, its amount of ink, and where the digit is.
        dark: whether the digit is dark on light.
        pixel: width of the photo's own pixels.
        shapes: how many shapes stand side by side; the digit may be one of several.
    """

    grey: np.ndarray
    ink: np.ndarray
    mask: np.ndarray
    dark: bool
    pixel: float
    shapes: int

    @cached_property
    def box(self) -> tuple[slice, ...]:
        """The rows and the columns of the digit."""
        return ndimage.find_objects(self.mask.view(np.uint8))[0]

    @property
    def digit(self) -> np.ndarray:
        """The part of the mask within the digit's box: fewer pixels to compute distances for."""
        return self.mask[self.box]

    @property
    def extent(self) -> int:
        return int(max(self.digit.shape))

    @property
    def corner(self) -> np.ndarray:
        """The top left corner of the digit's box, (x, y)."""
        rows, columns = self.box
        return np.array([columns.start, rows.start])

    @property
    def middle(self) -> np.ndarray:
        """The middle of the digit, (x, y)."""
        return self.corner + np.array(self.digit.shape[::-1]) / 2


def prepare_photo(photo: Photo, without: Set[str]) -> Preparation:
    """Prepare a photo, scan or other bitmap of a digit.

    Steps: ``photo`` in grey; ``invert`` makes dark ink on light paper light; ``light`` removes
    paper shade and uneven light; ``clean`` removes ruled lines and specks; ``thickness`` gives
    strokes the training images' pen unless the digit already has the training images' size; ``box``
    scales to the 20x20 box; ``centre`` moves the centre of mass to its usual place in MNIST.

    Raises:
        BlankError: nothing stands out from the background.
    """
    clean = "clean" not in without
    boxed = "box" not in without
    found = _find_digit(photo.pixels, clean)
    shapes = found.shapes
    steps = [
        PreparationStep(name, partial(_step_picture, found, without, name)) for name in _FIRST_STEPS
    ]
    if boxed:
        found = _find_enlarged(photo.pixels, found, clean)

    on_black = "light" not in without and ("invert" not in without or not found.dark)
    drawing = _scaled(found, without, boxed, "thickness" not in without and on_black)
    steps.append(PreparationStep("thickness", partial(to_bytes, drawing.shown)))
    middle = found.middle if boxed else np.array(found.grey.shape[::-1]) / 2
    image = drawing.around(middle)
    steps.append(PreparationStep("box", to_bytes(image)))
    if "centre" not in without:
        image = drawing.around(
            middle - shift_to_centre(image if on_black else 1 - image) / drawing.scale
        )
    steps.append(PreparationStep("centre", to_bytes(image)))
    return Preparation(tuple(steps), to_bytes(image), shapes)


@dataclass(frozen=True)
class _ScaledPicture:
    """A picture ready to be drawn at its final size: as it is, or its strokes with another pen.

    Attributes:
        shown: [h, w], light on dark.
        scale: pixels of the 28x28 image per pixel of the picture.
        distance: to the edge of the strokes, for a part of the picture; None if they stay as they
            are.
        corner, zoom: where that part begins (x, y), and its pixels per pixel of the picture.
        grid: if not 0, the width of the picture's own pixels, which are as large as the image's:
            none is split.
    """

    shown: np.ndarray
    scale: float
    distance: np.ndarray | None = None
    corner: np.ndarray | tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    grid: float = 0.0

    def around(self, middle: np.ndarray) -> np.ndarray:
        """Return the 28x28 image around a point (x, y) of the picture."""
        if self.distance is not None:
            return draw_from_distance(
                self.distance,
                (middle - self.corner) * self.zoom,
                self.scale / self.zoom,
            )
        if self.grid:
            middle = np.rint(middle / self.grid) * self.grid
        return window_around(self.shown, middle, self.scale)


def _scaled(
    found: _FoundDigit,
    without: Set[str],
    boxed: bool,
    with_pen: bool,
) -> _ScaledPicture:
    if not boxed:
        scale = SIZE / max(found.grey.shape)
        if with_pen:
            return _redrawn(found, scale, pen_width(found.digit))
        return _ScaledPicture(_step_pictures(found, without)["clean"], scale)
    extent = max(found.extent, _TINY * max(found.grey.shape))
    if not found.dark and abs(extent / found.pixel - BOX) < _SAME_SIZE:
        return _ScaledPicture(
            _step_pictures(found, without)["clean"],
            1 / found.pixel,
            grid=found.pixel,
        )
    width = pen_width(found.digit) if with_pen else 0.0
    if not with_pen or width > _SOLID * extent:
        return _ScaledPicture(_step_pictures(found, without)["clean"], BOX / extent)
    # With the new pen the drawing, pen included, should fill the box.
    return _redrawn(
        found,
        (BOX - PEN) / max(extent - width, _TINY * extent),
        width,
    )


def _redrawn(found: _FoundDigit, scale: float, width: float) -> _ScaledPicture:
    zoom = min(1.0, max(_CLOSE / found.extent, _CLOSE_PEN / width))
    part = found.digit
    if zoom < 1:
        size = tuple(round(side * zoom) for side in part.shape[::-1])
        part = (
            np.asarray(Image.fromarray(part.astype(np.float32)).resize(size, Image.Resampling.BOX))
            > 0.5
        )
    growth = (PEN / scale - width) / 2 * zoom
    margin = int(np.ceil(max(0.0, growth))) + 2
    distance = edge_distance(np.pad(part, margin), growth)
    return _ScaledPicture(
        np.clip(0.5 - distance, 0, 1),
        scale,
        distance,
        found.corner - margin / zoom,
        zoom,
    )


def _find_digit(pixels: np.ndarray, clean: bool, dark: bool | None = None) -> _FoundDigit:
    grey = inks.grey_copy(pixels)
    pixel = max(grey.shape) / max(pixels.shape[:2])
    paper = inks.plain_paper(grey) if max(pixels.shape[:2]) >= inks.SMALLEST else None
    if paper is not None:  # drawn on a screen, so without uneven light, ruled lines and specks
        dark = paper > 0.5 if dark is None else dark
        ink = inks.ink_on(grey, paper, dark)
        clean = False
    else:
        dark = inks.is_dark_on_light(grey) if dark is None else dark
        ink = inks.find_ink(grey, dark)
    if ink is None:
        raise BlankError("blank_picture")

    mask = ink > 0.5 if paper is not None else inks.mask_of(ink, pixel)
    mask = without_ruled_lines(mask) if clean else mask
    shapes = count_shapes(mask)
    mask = digit_of(mask) if clean else mask
    if mask.sum() < inks.FEWEST:
        raise BlankError("blank_picture")
    return _FoundDigit(grey, ink, mask, dark, pixel, shapes)


def _find_enlarged(pixels: np.ndarray, found: _FoundDigit, clean: bool) -> _FoundDigit:
    """Return a small digit found again in the finer pixels of the photo itself."""
    if found.extent >= _SMALL * max(found.grey.shape):
        return found
    half = (0.5 + _MARGIN) * max(found.extent, 4)
    low = (found.middle - half) / found.pixel
    high = (found.middle + half) / found.pixel
    columns, rows = map(_span, low, high, pixels.shape[1::-1])
    try:
        return _find_digit(pixels[rows, columns], clean, found.dark)
    except BlankError:
        return found


def _span(low: float, high: float, count: int) -> slice:
    """Return the pixels from `low` to `high` of `count`: at least one, even if much enlarged."""
    first = min(max(0, round(low)), count - 1)
    return slice(first, max(first + 1, round(high)))


def _step_picture(found: _FoundDigit, without: Set[str], name: str) -> np.ndarray:
    """Return a step's picture; called only when it is looked at."""
    return to_bytes(_step_pictures(found, without)[name])


def _step_pictures(found: _FoundDigit, without: Set[str]) -> dict[str, np.ndarray]:
    """Return what the picture looks like after each of the first steps."""
    turned = found.dark and "invert" not in without
    pictures = {"photo": found.grey}
    light = 1 - found.grey if turned else found.grey
    pictures["invert"] = light
    if "light" not in without:
        light = found.ink if turned or not found.dark else 1 - found.ink
    pictures["light"] = light
    if "clean" not in without:
        # Keep the pixels near the digit, including its soft edges, and no others.
        near = ndimage.gaussian_filter(ndimage.maximum_filter(found.mask.astype(np.float32), 7), 1)
        outside = light[~found.mask]
        ground = float(np.median(outside)) if len(outside) else 0.0
        light = ground + (light - ground) * near
    pictures["clean"] = light
    return pictures
