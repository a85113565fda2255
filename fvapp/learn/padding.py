"""Calls with any number of images, of which a compiled function sees only a few sizes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fvapp.core.layers import IMAGE_SHAPE

SIZES = (1, 4, 32, 256)
"""Each is traced once, by the first call that needs it. A page asks about one to four images at a time."""


def call_padded(function: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> np.ndarray:
    """Return what `function` makes of images, a row each, calling it with 1, 4, 32 or 256 images at a time.

    Args:
        function: from uint8 [size, 28, 28] to an array of as many rows.
        images: uint8 [n, 28, 28], of any n above 0.
    """
    parts = []
    for begin in range(0, len(images), SIZES[-1]):
        part = images[begin : begin + SIZES[-1]]
        padded = np.zeros((next(size for size in SIZES if size >= len(part)), *IMAGE_SHAPE), np.uint8)
        padded[: len(part)] = part
        parts.append(np.asarray(function(padded))[: len(part)])
    return np.concatenate(parts)
