"""Selects the first images of a data set for a run, and splits off the last for validation."""

import math
from typing import NamedTuple

import numpy as np

from fvapp.core.datasets.altering import alter_training_images
from fvapp.core.datasets.loading import Dataset
from fvapp.core.errors import CatalogueKey, SettingsError
from fvapp.core.examples import NO_EXAMPLES, ExampleSet
from fvapp.core.settings import RunSettings
from fvapp.core.texts.own import MOST_SIGNS
from fvapp.core.texts.signs import SIDE
from fvapp.core.texts.strips import (
    MOST_TRAINED,
    labels_of_text,
    make_packed_strips,
    pack_images,
    unpack_images,
)

MOST_MIXED = 80_000
"""Maximum number of text strips in an epoch that mixes a visitor's own text with stories.

A text strip is an image of a few characters.
"""


class TrainingArrays(NamedTuple):
    """The images and labels that a run uses for training and for validation.

    The arrays are views of a data set, or copies if the data are altered. The validation arrays may
    be empty.

    Attributes:
        epoch_image_indices: indices of the training images that make up an epoch, int32 [n]; None
            if an epoch has every image once. With indices, `x_train` is packed by `pack_images`:
            int32 [images, 28]. Unused blank images at the end give all mixtures of texts the same
            number of images, so that one compiled program serves all mixtures.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    epoch_image_indices: np.ndarray | None = None

    @property
    def images_per_epoch(self) -> int:
        """The number of training images in an epoch, including repetitions."""
        return len(self.x_train if self.epoch_image_indices is None else self.epoch_image_indices)

    def training_images_at(self, places: np.ndarray) -> np.ndarray:
        """Return the training images at the given indices, uint8 [n, 28, 28]."""
        images = self.x_train[places]
        return images if self.epoch_image_indices is None else unpack_images(images)


def validation_split_sizes(images: int, validation_split: float) -> tuple[int, int]:
    """Return the numbers of training and validation images; validation gets the last images.

    Keras' ``fit(validation_split=...)`` gives the same numbers, rounding included
    (``keras.src.trainers.data_adapters.array_slicing.train_validation_split``).

    Raises:
        SettingsError: one of the two parts is empty. Keras also raises an error in this case.
    """
    if not validation_split:
        return images, 0
    training = math.floor(images * (1.0 - validation_split))
    if training in (0, images):
        raise SettingsError(
            "too_few_to_split", field=CatalogueKey("settings.validation_split.label"), images=images
        )
    return training, images - training


def run_split_sizes(settings: RunSettings) -> tuple[int, int]:
    """Return the numbers of training and validation images, before images are altered or removed.

    The result is (0, 0) for a visitor's own data set, whose size is stored only with the run.
    """
    if settings.dataset_info.is_own:
        return 0, 0
    return validation_split_sizes(settings.image_count, settings.validation_split)


def select_training_arrays(dataset: Dataset, settings: RunSettings) -> TrainingArrays:
    """Return the images of a data set that a run uses, with the validation images split off.

    Raises:
        SettingsError: the data set has fewer images than the settings ask for, or too few to split.
    """
    available = len(dataset.x_train)
    train_images = settings.train_images
    if train_images is not None and train_images > available:
        raise SettingsError(
            "too_few_images",
            field=CatalogueKey("settings.train_images.label"),
            wanted=f"{train_images:,}",
            available=f"{available:,}",
        )
    images = available if train_images is None else train_images
    training, _ = validation_split_sizes(images, settings.validation_split)
    return TrainingArrays(
        dataset.x_train[:training],
        dataset.y_train[:training],
        dataset.x_train[training:images],
        dataset.y_train[training:images],
    )


def make_altered_training_arrays(
    dataset: Dataset, settings: RunSettings, examples: ExampleSet = NO_EXAMPLES
) -> TrainingArrays:
    """Return a run's training images, altered according to its settings, and validation images.

    The validation images are not altered.

    Args:
        examples: the visitor's own examples, which are never altered. Each example is repeated
            `example_weight` times. The examples follow the images of the data set, or replace them.

    Raises:
        SettingsError: see :func:`select_training_arrays`.
    """
    arrays = select_training_arrays(dataset, settings)
    images, labels = alter_training_images(arrays.x_train, arrays.y_train, settings)
    if isinstance(settings.mixing, int):
        learned = arrays._replace(x_train=images, y_train=labels)
        return _mix_own_text(learned, settings.mixing, settings, examples.text)
    if settings.examples != "none":
        own = [
            np.repeat(part, settings.example_weight, axis=0)
            for part in examples.images_and_labels("learn")
        ]
        both = zip((images, labels), own, strict=True)
        images, labels = own if settings.examples == "only" else map(np.concatenate, both)
    return arrays._replace(x_train=images, y_train=labels)


def _mix_own_text(
    arrays: TrainingArrays, times: int, settings: RunSettings, text: str
) -> TrainingArrays:
    """Return the strips (images) of a shipped text, then the strips of the visitor's own text.

    Each strip of the visitor's own text is stored once, but listed `times` times in
    `epoch_image_indices`. If an epoch would have more than `MOST_MIXED` strips, `MOST_MIXED` of
    them are chosen at random with the run's seed.
    """
    form = settings.dataset_info.text_form
    labels = labels_of_text(text, form)
    places = np.arange(form.context, len(labels))
    stories = len(arrays.y_train)
    used = stories + len(places)
    rows = np.concatenate([np.arange(stories), np.repeat(np.arange(stories, used), times)])
    if len(rows) > MOST_MIXED:
        generator = np.random.default_rng(settings.seed)
        rows = np.sort(generator.permutation(rows)[:MOST_MIXED])
    images = np.zeros((MOST_TRAINED + MOST_SIGNS, SIDE), np.int32)
    images[:stories] = pack_images(arrays.x_train)
    images[stories:used] = make_packed_strips(labels, places, form)
    signs = np.zeros(len(images), labels.dtype)
    signs[:used] = np.concatenate([arrays.y_train, labels[places]])
    return arrays._replace(x_train=images, y_train=signs, epoch_image_indices=rows.astype(np.int32))
