"""A visitor's own data set: nothing but their examples."""

from fvapp.core.datasets.loading import Dataset
from fvapp.core.examples import ExampleSet


def own_dataset(name: str, examples: ExampleSet) -> Dataset:
    """Return a data set of what is learned from and, as its test images, what is held back."""
    return Dataset(name, *examples.part("learn"), *examples.part("test"))
