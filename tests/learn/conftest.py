"""A thousand real images, enough to train on in a moment."""

from dataclasses import replace

import pytest

from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.places import Places


@pytest.fixture(scope="session")
def full_dataset(home) -> Dataset:
    """Fashion-MNIST as it ships."""
    return load_dataset("fashion_mnist", Places(home))


@pytest.fixture(scope="session")
def dataset(full_dataset) -> Dataset:
    """Fashion-MNIST with 1,000 training and 500 test images."""
    return replace(
        full_dataset,
        x_train=full_dataset.x_train[:1_000],
        y_train=full_dataset.y_train[:1_000],
        x_test=full_dataset.x_test[:500],
        y_test=full_dataset.y_test[:500],
    )
