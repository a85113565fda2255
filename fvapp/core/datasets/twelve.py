"""The twelve test images of each data set that show how training goes: the same in every run.

The rule, applied once by ``python -m fvapp build twelve``: ten networks of the standard settings,
with seeds 1 to 10, classify the first 500 test images after the first steps and epochs of their
training. An image turns right at the moment from which more than half of the ten are always right.
Each class contributes one image, so that they turn one after the other; the two classes that turn
last contribute one more that never does.
"""

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.loading import Dataset

FIRST_IMAGES = 500
"""The twelve are chosen from this many test images, the first of the test set."""

COUNT = 12


def twelve_image_indices(dataset: Dataset) -> list[int]:
    """Return the indices of the twelve test images, in the order in which they are shown: by class.

    A data set without chosen images gets the first images of each class in turn, up to `COUNT`. The
    list is empty for a part of a data set that ends before the last of these images.
    """
    info = DATASETS[dataset.name]
    numbers = list(info.twelve) or _first_of_each_class_in_turn(dataset.y_test, info.class_count)
    return numbers if len(dataset.x_test) > max(numbers, default=0) else []


def _first_of_each_class_in_turn(labels: np.ndarray, classes: int) -> list[int]:
    of_class = [np.flatnonzero(labels == label)[:COUNT].tolist() for label in range(classes)]
    turns = sorted(
        (turn, label, number)
        for label, row in enumerate(of_class)
        for turn, number in enumerate(row)
    )
    return [number for _, number in sorted((label, number) for _, label, number in turns[:COUNT])]


def twelve_images(dataset: Dataset) -> np.ndarray:
    """Return the twelve test images of a data set, uint8 [n, 28, 28]."""
    return dataset.x_test[twelve_image_indices(dataset)]
