"""Turns a visitor's own examples, or their own text, into a data set."""

from collections.abc import Callable
from dataclasses import replace

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.loading import Dataset
from fvapp.core.examples import ExampleSet
from fvapp.core.settings import RunSettings
from fvapp.core.texts.strips import labels_of_text, make_strips, partition_strips


def make_own_dataset(name: str, examples: ExampleSet) -> Dataset:
    """Return a visitor's examples as a data set; the held-back examples are its test set.

    A text is turned into strips; a short text has no test set.
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
    """Return the data set that a run is trained and tested on, without added examples.

    A run that mixes the visitor's own text into another text is tested on that other text.

    Args:
        load: returns a shipped data set.
    """
    if settings.uses_only_own_data:
        return make_own_dataset(settings.dataset, examples)
    data = settings.dataset_info
    return (
        replace(load(data.base_dataset), name=data.name) if data.base_dataset else load(data.name)
    )
