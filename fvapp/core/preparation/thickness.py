"""Measures how thick the strokes in a bitmap are, and redraws them with another pen."""

import numpy as np
from scipy import ndimage

from fvapp.core.preparation.steps import SIZE

_FINE = 4  # subpixels per pixel in each direction, for soft edges
# Minimum width of a line, as a share of the usual stroke width. A thinner line is only a corner at
# the end of a stroke.
_THINNEST = 0.4


def estimate_pen_width(mask: np.ndarray) -> float:
    """Return an estimate of the width, in pixels, of the pen that drew a mask; 0 for an empty mask.

    Along the middle of a stroke, the distance from the edge of the ink is half the pen's width. The
    distance is smaller at the ends and larger at crossings, so the upper quartile of its local
    maxima is used. For 25 drawn digits with pens from 5 to 44 pixels wide, the estimate is 0.97 to
    1.03 times the true width.
    """
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    middles = inside[_distance_maxima(inside)]
    return float(2 * np.percentile(middles, 75) - 0.5) if len(middles) else 0.0


def distance_from_ink(mask: np.ndarray, growth: float) -> np.ndarray:
    """Return each pixel's distance from the ink (negative inside) after the ink grew by `growth`.

    If a negative `growth` would make a thin stroke vanish, the stroke's middle is kept, as thick as
    the usual stroke becomes.
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
    """Return the middles of strokes: the local maxima of the distance from the ink's edge."""
    return (inside > 0) & (inside >= ndimage.maximum_filter(inside, 3))


def draw_image_from_distances(distance: np.ndarray, middle: np.ndarray, scale: float) -> np.ndarray:
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
    # The matrix is given by its diagonal: the scales of rows and columns.
    sampled = ndimage.affine_transform(
        distance, (step, step), first, (side, side), order=1, mode="constant", cval=1e3
    )
    fine = np.clip(0.5 - sampled * scale * _FINE, 0, 1)
    return fine.reshape(SIZE, _FINE, SIZE, _FINE).mean(axis=(1, 3))
