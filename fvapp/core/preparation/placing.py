"""Gives digits the same size and position as in MNIST's training images.

MNIST's authors (LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist) write: "size normalized
to fit in a 20x20 pixel box while preserving their aspect ratio ... centered in a 28x28 image by
computing the center of mass of the pixels, and translating the image so as to position this point
at the center of the 28x28 field".
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from fvapp.core.preparation.steps import SIZE

BOX = 20.0  # side of the square box that a digit fills, in pixels
# Position of a digit's centre of mass, in pixels from the left and the top. In MNIST, the centres
# lie evenly between 14.0 and 15.0.
MIDDLE = 14.5
# Stroke width, in pixels, with which digits have as much ink as MNIST's training images, whose mean
# brightness is 0.131. This was measured with 600 digits written on a tablet (UCI's pen digits):
# their mean brightness is 0.123 when drawn 2.3 pixels wide and 0.140 when drawn 2.6 pixels wide.
PEN = 2.4
# A drawing smaller than this share of the canvas's side is a dot, which is not enlarged.
_SMALLEST = 0.04


def fit_strokes_to_box(
    strokes: Sequence[np.ndarray], pen: float, square: float
) -> list[np.ndarray]:
    """Return strokes scaled to fill the 20x20 box when drawn with `pen`, and centred in the image.

    The aspect ratio stays the same.

    Args:
        pen: the pen's width in pixels of the 28x28 image.
        square: side of the square that the strokes were drawn on, in the strokes' unit.
    """
    low, high = bounding_box(strokes)
    extent = max(float((high - low).max()), _SMALLEST * square)
    scale = (BOX - pen) / extent
    return [(stroke - (low + high) / 2) * scale + SIZE / 2 for stroke in strokes]


def pen_width_in_box(strokes: Sequence[np.ndarray], pen: float) -> float:
    """Return the pen's width, in image pixels, after scaling the drawing to fill the 20x20 box."""
    low, high = bounding_box(strokes)
    return pen * BOX / (max(float((high - low).max()), _SMALLEST * SIZE) + pen)


def bounding_box(strokes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and the largest coordinates, (x, y), of all points of the strokes."""
    return (
        np.min([stroke.min(axis=0) for stroke in strokes], axis=0),
        np.max([stroke.max(axis=0) for stroke in strokes], axis=0),
    )


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    """Return an image's centre of mass (x, y) in pixels, or its middle if the image has no ink."""
    height, width = image.shape
    total = image.sum()
    if total <= 0:
        return np.array([width / 2, height / 2])
    x = (image.sum(axis=0) * (np.arange(width) + 0.5)).sum() / total
    y = (image.sum(axis=1) * (np.arange(height) + 0.5)).sum() / total
    return np.array([x, y])


def shift_to_centre_of_mass(image: np.ndarray) -> np.ndarray:
    """Return the shift (x, y) that moves a 28x28 image's centre of mass to its place in MNIST.

    The shift never moves the 20x20 box out of the image. It is rounded to a multiple of 1/1024
    pixel, because the last digits of a centre of mass depend on the order of summation.
    """
    most = (SIZE - BOX) / 2
    return np.rint(np.clip(MIDDLE - centre_of_mass(image), -most, most) * 1024) / 1024


def cut_window_around(picture: np.ndarray, middle: np.ndarray, scale: float) -> np.ndarray:
    """Return the 28x28 image around a point of a picture, by averaging the pixels of the picture.

    Args:
        middle: the point (x, y) of the picture that becomes the middle of the image.
        scale: pixels of the image per pixel of the picture.

    Returns:
        `float` [28, 28]; beyond the picture, pixels have the median value of the picture's border.
    """
    side = SIZE / scale
    margin = int(np.ceil(side)) + 1
    border = float(
        np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]))
    )
    padded = Image.fromarray(np.pad(picture.astype(np.float32), margin, constant_values=border))
    left, top = np.clip(middle - side / 2 + margin, 0, np.array(padded.size) - side)
    return np.asarray(
        padded.resize((SIZE, SIZE), Image.Resampling.BOX, box=(left, top, left + side, top + side))
    )
