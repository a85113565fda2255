"""Which images a run trains on: the first ones, with the last share kept for validation."""

import math
from typing import NamedTuple

import numpy as np

from fvapp.core.datasets.altering import alter_images
from fvapp.core.datasets.loading import Dataset
from fvapp.core.errors import SettingsError, Term
from fvapp.core.examples import NO_EXAMPLES, ExampleSet
from fvapp.core.settings import RunSettings


class TrainingArrays(NamedTuple):
    """Views of a data set, copied only if altered. The validation arrays may be empty."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray


def split_validation(images: int, validation_split: float) -> tuple[int, int]:
    """Return how many of `images` are for training and how many, the last ones, for validation.

    The same numbers as Keras' ``fit(validation_split=...)``, rounding included
    (``keras.src.trainers.data_adapters.array_slicing.train_validation_split``).

    Raises:
        SettingsError: one of the two parts would be empty; Keras raises too.
    """
    if not validation_split:
        return images, 0
    training = math.floor(images * (1.0 - validation_split))
    if training in (0, images):
        raise SettingsError(
            "too_few_to_split", field=Term("settings.validation_split.label"), images=images
        )
    return training, images - training


def count_split(settings: RunSettings) -> tuple[int, int]:
    """Return how many images are for training and for validation, before any are altered.

    (0, 0) for a visitor's own data set: only its run knows how many images there were.
    """
    if settings.data.own:
        return 0, 0
    return split_validation(settings.images, settings.validation_split)


def training_arrays(
    dataset: Dataset, train_images: int | None, validation_split: float
) -> TrainingArrays:
    """Select the first `train_images` images (None: all) and split off the validation images.

    Raises:
        SettingsError: the data set has fewer images, or too few to split.
    """
    available = len(dataset.x_train)
    if train_images is not None and train_images > available:
        raise SettingsError(
            "too_few_images",
            field=Term("settings.train_images.label"),
            wanted=f"{train_images:,}",
            available=f"{available:,}",
        )
    images = available if train_images is None else train_images
    training, _ = split_validation(images, validation_split)
    return TrainingArrays(
        dataset.x_train[:training],
        dataset.y_train[:training],
        dataset.x_train[training:images],
        dataset.y_train[training:images],
    )


def taught_arrays(
    dataset: Dataset, settings: RunSettings, examples: ExampleSet = NO_EXAMPLES
) -> TrainingArrays:
    """Return what a run learns from, altered as its settings say, and its unaltered validation.

    Args:
        examples: the visitor's own, which are never altered: each as often as it counts, after the
            other images or alone.

    Raises:
        SettingsError: as :func:`training_arrays`.
    """
    arrays = training_arrays(dataset, settings.train_images, settings.validation_split)
    images, labels = alter_images(arrays.x_train, arrays.y_train, settings)
    if settings.examples != "none":
        own = [np.repeat(part, settings.example_weight, axis=0) for part in examples.part("learn")]
        both = zip((images, labels), own, strict=True)
        images, labels = own if settings.examples == "only" else map(np.concatenate, both)
    return arrays._replace(x_train=images, y_train=labels)
