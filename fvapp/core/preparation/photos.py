"""From a photo or another bitmap of a digit to an image as MNIST was made."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
from PIL import Image

from fvapp.core.errors import BlankError
from fvapp.core.preparation import ink as inks
from fvapp.core.preparation.loader import Photo
from fvapp.core.preparation.placing import BOX, PEN, shift_to_centre
from fvapp.core.preparation.steps import SIZE, Preparation, Step, to_bytes

SWITCHABLE = ("invert", "light", "clean", "thickness", "box", "centre")

_FAINTEST = 0.08  # of the whole range from black to white: less contrast is no drawing
_SOLID = 0.30  # pen width to extent from which a shape is an area and no line drawing
_FINE = 8


def prepare_photo(photo: Photo, without: Set[str]) -> Preparation:
    """Prepare a photo, scan or other bitmap of a digit.

    Steps: ``photo`` in grey; ``invert`` makes ink light where it is dark on light; ``light`` takes away paper shade
    and uneven light; ``clean`` ruled lines and specks; ``thickness`` brings strokes to the training images' pen;
    ``box`` scales to the 20x20 box; ``centre`` moves the centre of mass into the middle.

    Raises:
        BlankError: nothing stands out from the ground.
    """
    grey = inks.work_size(photo.pixels)
    ground = inks.ground_of(grey)
    dark = inks.is_dark_on_light(grey, ground)
    steps = [Step("photo", to_bytes(grey))]

    inverted = dark and "invert" not in without
    light = 1.0 - grey if inverted else grey
    steps.append(Step("invert", to_bytes(light)))

    found = _ink(grey, ground, dark)
    if "light" not in without:
        light = found if inverted or not dark else 1.0 - found
    steps.append(Step("light", to_bytes(light)))

    threshold = max(0.25, inks.threshold_of(found))
    mask = found > threshold
    if "clean" not in without:
        mask = inks.without_lines_and_specks(found, mask)
        # Soft edges stay: what is near the digit, and nothing else.
        light = light * inks.grow(mask, 2.0) if inverted or not dark else light
    if not mask.any():
        raise BlankError("blank_picture")
    steps.append(Step("clean", to_bytes(light)))

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    extent = max(len(range(rows[0], rows[-1] + 1)), len(range(columns[0], columns[-1] + 1)))
    width = inks.pen_width(mask)
    boxed = "box" not in without
    is_line_drawing = width < _SOLID * extent and (inverted or not dark)
    redraw = "thickness" not in without and is_line_drawing
    # With the pen at its width the drawing, pen included, is to fill the box: solve for the scale.
    scale = SIZE / max(grey.shape)
    if boxed:
        scale = (BOX - PEN) / max(extent - width, 0.04 * extent) if redraw else BOX / extent
    if redraw:
        light = _magnified(mask, light, scale, (PEN / scale - width) / 2)
    else:
        light = _resized(light, scale * _FINE)
    steps.append(Step("thickness", to_bytes(_shown(light))))

    middle = _middle_of_bounds(light) if boxed else np.array(light.shape[::-1]) / 2
    image = _cut_out(light, middle)
    steps.append(Step("box", to_bytes(image)))
    if "centre" not in without:
        fine = _cut_out(light, middle, shrink=False)
        image = _cut_out(light, middle - shift_to_centre(fine))
    steps.append(Step("centre", to_bytes(image)))
    return Preparation(tuple(steps), to_bytes(image), SWITCHABLE)


def _ink(grey: np.ndarray, ground: np.ndarray, dark: bool) -> np.ndarray:
    """Return the ink alone, from 0 to 1, whatever its colour and the light on the paper."""
    difference = ground - grey if dark else grey - ground
    strong = float(np.percentile(difference, 99.5))
    if strong < _FAINTEST:
        # Thick strokes are part of their own ground: take the border's shade for the paper.
        border = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
        difference = border - grey if dark else grey - border
        strong = float(np.percentile(difference, 99.5))
    if strong < _FAINTEST:
        raise BlankError("blank_picture")
    return np.clip(difference / strong, 0.0, 1.0)


def _magnified(mask: np.ndarray, light: np.ndarray, scale: float, distance: float) -> np.ndarray:
    """Return the drawing at its final size, eight fine pixels to one, its strokes grown by a distance in old pixels."""
    factor = scale * _FINE
    fine = _resized(np.where(mask, np.maximum(light, 0.5), light * 0.9), factor) > 0.45
    if not fine.any():
        fine = _resized(mask.astype(float), factor) > 0.0
    return inks.grow(fine, distance * factor)


def _resized(image: np.ndarray, factor: float) -> np.ndarray:
    height, width = image.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.clip(np.asarray(Image.fromarray(image.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)), 0, 1)


def _middle_of_bounds(image: np.ndarray) -> np.ndarray:
    inside = image > 0.25 * image.max()
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return np.array([columns[0] + columns[-1] + 1, rows[0] + rows[-1] + 1]) / 2


def _cut_out(image: np.ndarray, middle: np.ndarray, shrink: bool = True) -> np.ndarray:
    """Return the 28x28 image around a point (x, y) of a fine one; black where the fine one ends."""
    side = SIZE * _FINE
    left, top = np.rint(middle - side / 2).astype(int)
    field = np.zeros((side, side))
    height, width = image.shape
    from_top, to_bottom = max(0, top), min(height, top + side)
    from_left, to_right = max(0, left), min(width, left + side)
    if from_top < to_bottom and from_left < to_right:
        field[from_top - top : to_bottom - top, from_left - left : to_right - left] = image[
            from_top:to_bottom, from_left:to_right
        ]
    return field.reshape(SIZE, _FINE, SIZE, _FINE).mean(axis=(1, 3)) if shrink else field


def _shown(image: np.ndarray) -> np.ndarray:
    """Return a step's picture, no larger than it is shown."""
    longest = max(image.shape)
    return _resized(image, min(1.0, 224 / longest))
