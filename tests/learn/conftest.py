"""A data set of a thousand real images, on which a network trains in a moment."""

from dataclasses import replace

import pytest

from fvapp.core.datasets import Dataset


@pytest.fixture(scope="session")
def dataset(fashion) -> Dataset:
    """Fashion-MNIST with 1,000 training and 500 test images."""
    cut = {"x_train": 1_000, "y_train": 1_000, "x_test": 500, "y_test": 500}
    return replace(fashion, **{part: getattr(fashion, part)[:count] for part, count in cut.items()})
