"""The data sets as the pages use them: opened once a process, memory-mapped, for all visitors."""

from __future__ import annotations

import os
from functools import cache

from fvapp.core.datasets import Dataset, DatasetSummary, describe_dataset, load_dataset
from fvapp.core.places import Places


@cache
def places() -> Places:
    """Return the folders of this installation."""
    return Places.from_environ(os.environ)


def summary(name: str) -> DatasetSummary:
    """Return counts and source of a data set, as they are now: the full MNIST may arrive at any time."""
    return describe_dataset(name, places())


def training_images(name: str) -> int:
    """Return how many training images there are of a data set."""
    return summary(name).train_images


def open_dataset(name: str) -> Dataset:
    """Return a data set; opened anew when a better source has arrived."""
    return _open(name, summary(name).source)


@cache
def _open(name: str, source: str) -> Dataset:
    return load_dataset(name, places())
