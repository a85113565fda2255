"""Twelve test images of each data set that a training is watched by: the same for every run.

The rule, followed once by ``python -m fvapp build twelve``: ten networks of the standard settings, with seeds 1 to 10,
say after the first steps and epochs of their training what they take the first 500 test images for. An image turns
right at the moment from which on more than half of the ten are always right. Each class gives one, so that they turn
one after the other, and the two classes that turn last give one besides that never does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fvapp.core.datasets.loading import Dataset

AMONG = 500
"""The first so many test images are chosen from."""

TWELVE: Mapping[str, tuple[int, ...]] = {
    "fashion_mnist": (370, 2, 48, 283, 17, 50, 418, 40, 183, 331, 209, 493),
    "mnist": (3, 29, 38, 213, 33, 8, 412, 54, 255, 233, 151, 479),
}
"""Numbers of test images, in the order in which they are shown: by class."""


def twelve_images(dataset: Dataset) -> np.ndarray:
    """Return the images, uint8 [12, 28, 28]; none, [0, 28, 28], of a part of a data set that does not reach so far."""
    numbers = TWELVE[dataset.name]
    return np.asarray(dataset.x_test[list(numbers)] if len(dataset.x_test) > max(numbers) else dataset.x_test[:0])
