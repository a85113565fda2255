"""Turns a visitor's own examples, or the visitor's own text, into a data set."""

from collections.abc import Callable
from dataclasses import replace

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.loading import Dataset
from fvapp.core.examples import ExampleSet
from fvapp.core.settings import RunSettings
from fvapp.core.texts.strips import labels_of_text, make_strips, partition_strips


def make_own_dataset(name: str, examples: ExampleSet) -> Dataset:
    """Return a visitor's own examples as a data set; the held-back examples are its test set.

    A visitor's own text becomes text strips (images of a few characters). A short text gives a data
    set without a test set.
    """
    form = DATASETS[name].text
    if form is None:
        return Dataset(
            name, *examples.images_and_labels("learn"), *examples.images_and_labels("test")
        )
    labels = labels_of_text(examples.text, form)
    parts = partition_strips(len(labels), form)
    train, test = ((make_strips(labels, places, form), labels[places]) for places in parts)
    return Dataset(name, *train, *test)


def load_run_dataset(
    settings: RunSettings, examples: ExampleSet, load: Callable[[str], Dataset]
) -> Dataset:
    """Return the data set for training and testing a run, without the visitor's added examples.

    If the visitor's own text is mixed into a shipped text, the run is tested on the shipped text.

    Args:
        load: returns the shipped data set of a given name.
    """
    if settings.uses_only_own_data:
        return make_own_dataset(settings.dataset, examples)
    data = settings.dataset_info
    return (
        replace(load(data.base_dataset), name=data.name) if data.base_dataset else load(data.name)
    )
