"""Provides the fixed twelve test images that a run classifies repeatedly while it trains.

``python -m fvapp build twelve`` chose these images once for each data set. Ten networks with the
standard settings and seeds 1 to 10 classified the first 500 test images after their first training
steps and after each epoch. An image counts as learned from the moment after which more than half of
the ten networks always classify it correctly. Each class contributes one image, chosen so that the
images are learned one after another. The two classes that are learned last also contribute an image
that is never learned.
"""

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.loading import Dataset

FIRST_IMAGES = 500
"""Number of images at the start of the test set from which the fixed twelve images are chosen."""

COUNT = 12


def twelve_image_indices(dataset: Dataset) -> list[int]:
    """Return the indices of the fixed twelve test images of a data set, in the order of classes.

    If no images were chosen for a data set, its classes take turns to contribute their first
    images, up to a total of `COUNT`. If a shortened data set lacks any of these images, the list is
    empty.
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
    """Return the fixed twelve test images that the app shows for a data set, uint8 [n, 28, 28].

    n is 12 unless the data set has too few test images.
    """
    return dataset.x_test[twelve_image_indices(dataset)]
