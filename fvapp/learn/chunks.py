"""Calls a function on any number of images, a few hundred images at a time."""

from collections.abc import Callable

import numpy as np

MOST_IMAGES = 256
"""Maximum number of images per call.

More images per call are no faster, and a CNN's layers would take hundreds of megabytes.
"""


def call_in_chunks(function: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> np.ndarray:
    """Return the results of `function` for all images, with one row per image.

    Args:
        function: takes n images, uint8 [n, 28, 28], and returns an array with n rows.
        images: one or more images, uint8 [n, 28, 28].
    """
    return np.concatenate(
        [
            np.asarray(function(images[begin : begin + MOST_IMAGES]))
            for begin in range(0, len(images), MOST_IMAGES)
        ]
    )
