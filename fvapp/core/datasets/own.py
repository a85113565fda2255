"""A visitor's own data set: nothing but their examples."""

from fvapp.core.datasets.loading import Dataset
from fvapp.core.examples import ExampleSet


def own_dataset(name: str, examples: ExampleSet) -> Dataset:
    """Return the examples as a data set: to train on, and the held-back ones to test on."""
    return Dataset(
        name,
        *examples.part("learn"),
        *examples.part("test"),
    )
