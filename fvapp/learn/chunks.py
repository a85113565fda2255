"""Calls a function on any number of images, a few hundred at a time."""

from collections.abc import Callable

import numpy as np

MOST_IMAGES = 256
"""Images per call: more are no faster, and a CNN's layers would take hundreds of megabytes."""


def call_in_chunks(function: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> np.ndarray:
    """Return the result of `function` for all images, one row each.

    Args:
        function: takes images, uint8 [n, 28, 28], and returns an array of n rows.
        images: uint8 [n, 28, 28], n above 0.
    """
    return np.concatenate(
        [
            np.asarray(function(images[begin : begin + MOST_IMAGES]))
            for begin in range(0, len(images), MOST_IMAGES)
        ]
    )
