"""Alters training images and labels according to the settings of a run.

The settings can make a class rare, make labels wrong, put a white mark on the images of a class, or
swap the frequent and the rare wording of a fact in a text.
"""

from collections.abc import Iterator

import numpy as np

from fvapp.core.settings import RunSettings
from fvapp.core.texts.exchanging import swap_fact_wording_in_strips

MARK = slice(1, 4)
"""The rows, and likewise the columns, of the white square that marks an image."""


def alter_training_images(
    images: np.ndarray, labels: np.ndarray, settings: RunSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels that a network learns from.

    An image gets the white mark if its training label is the marked class, even if the label is
    wrong.

    Args:
        images: uint8 [n, 28, 28], without validation images; labels: uint8 or uint16 [n].

    Returns:
        The same arrays if `settings` alter nothing, otherwise copies.
    """
    form = settings.dataset_info.text
    if settings.exchange and form:
        images, labels = swap_fact_wording_in_strips(images, labels, form)
    rows, taught = alter_training_labels(labels, settings)
    if len(rows) < len(labels):
        images = images[rows]
    if settings.marked_class != "none":
        images = images.copy() if len(rows) == len(labels) else images
        images[taught == settings.marked_class, MARK, MARK] = 255
    return images, taught


def alter_training_labels(
    labels: np.ndarray, settings: RunSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the training images to keep, int [m], and their labels, [m].

    Only the first images of the rare class are kept. The run's seed decides which labels become
    wrong. If the share of wrong labels is raised, labels that were wrong before stay wrong.

    Args:
        labels: the correct labels, uint8 or uint16 [n].
    """
    rows = np.arange(len(labels))
    if settings.rare_class != "none":
        rare = np.flatnonzero(labels == settings.rare_class)
        rows = np.delete(rows, rare[round(settings.rare_share * len(rare)) :])
    if not settings.wrong_labels:
        return rows, labels if len(rows) == len(labels) else labels[rows]
    kind = np.result_type(labels, np.min_scalar_type(settings.class_count - 1))
    taught = labels[rows].astype(kind)
    generator = np.random.default_rng(settings.seed)
    wrong = generator.permutation(len(taught))[: round(settings.wrong_labels * len(taught))]
    taught[wrong] = (
        taught[wrong] + generator.integers(1, settings.class_count, len(wrong))
    ) % settings.class_count
    return rows, taught


def add_white_mark_to_images(images: np.ndarray) -> np.ndarray:
    """Return copies of images, uint8 [n, 28, 28], each with a small white mark in the corner."""
    marked = images.copy()
    marked[:, MARK, MARK] = 255
    return marked


def find_alteration_problems(
    labels: np.ndarray, settings: RunSettings
) -> Iterator[tuple[str, int | None]]:
    """Yield each problem with the altered training data, as a keyword and the affected class.

    The class is None if the problem affects no particular class.

    Args:
        labels: the correct labels of the training images, uint8 [n].
    """
    rows, taught = alter_training_labels(labels, settings)
    right = labels[rows]
    there = np.bincount(right, minlength=settings.class_count)
    wrong = np.bincount(right[taught != right], minlength=settings.class_count)
    if isinstance(settings.rare_class, int) and not there[settings.rare_class]:
        yield "no_image", settings.rare_class
    yield from (
        ("all_wrong", int(label)) for label in np.flatnonzero((there > 0) & (wrong == there))
    )
    if isinstance(settings.marked_class, int) and settings.augmentation:
        yield "mark_varied", None
