"""Choose twelve test images to show during training: ``python -m fvapp build twelve``."""

import argparse
from collections.abc import Callable, Iterator

import numpy as np

from fvapp.core.datasets import FIRST_IMAGES, SHIPPED, Dataset, load_dataset
from fvapp.core.inspection import frames_from_bytes, network_of_run
from fvapp.core.places import AppFolders
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train

SEEDS = range(1, 11)
FIRST = 3
LAST = 13
"""The earliest and the latest target moment, `FIRST` and `LAST`, as indices of a film's frames.

A film is a series of saved weights. Frame 3 is saved after 7 training steps, when the first classes
are learned, and frame 13 after epoch 3.
"""

NEVER = 2  # number of chosen images that most networks never classify correctly


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define no arguments, because the command takes none."""


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Train networks, choose twelve test images by their answers, and print the images' indices.

    Return the exit status.
    """
    places = AppFolders.from_environ()
    for name in SHIPPED:
        dataset = load_dataset(name, places)
        labels = dataset.y_test[:FIRST_IMAGES]
        chosen = choose_twelve_images(
            find_learning_moments(np.stack([*_correct_answers_by_moment(dataset)])), labels
        )
        print(f"{name}: twelve = {list(chosen)}", flush=True)
    return 0


def find_learning_moments(right: np.ndarray) -> np.ndarray:
    """Return, for each image, the moment from which most networks classify it correctly.

    An image without such a moment gets the number of moments.

    Args:
        right: whether each answer is correct, bool [networks, moments, images].
    """
    held = np.flip(np.logical_and.accumulate(np.flip(right.mean(axis=0) > 0.5, axis=0)), axis=0)
    return np.where(held.any(axis=0), held.argmax(axis=0), len(held))


def choose_twelve_images(moments: np.ndarray, labels: np.ndarray) -> tuple[int, ...]:
    """Return the indices of twelve test images to show during training, sorted by class.

    Each class gets a target moment. The target moments are spread evenly from `FIRST` to `LAST`,
    and classes that are learned earlier get earlier target moments. For each class, the chosen
    image is the one that is classified correctly from the moment closest to the class's target
    moment. The last two classes also get an image that is never classified correctly.

    Args:
        moments: the result of :func:`find_learning_moments`.
        labels: labels of the images.
    """
    classes = np.unique(labels)
    order = sorted(classes, key=lambda label: moments[labels == label].mean())
    wanted = np.linspace(FIRST, LAST, len(order)).round()
    chosen = [
        _image_nearest_to_moment(moments, labels == label, moment)
        for label, moment in zip(order, wanted, strict=True)
    ]
    chosen += [
        _image_nearest_to_moment(moments, labels == label, moments.max())
        for label in order[-NEVER:]
    ]
    return tuple(sorted(chosen, key=lambda image: (labels[image], image)))


def _image_nearest_to_moment(moments: np.ndarray, among: np.ndarray, wanted: float) -> int:
    return int(np.where(among, np.abs(moments - wanted), np.inf).argmin())


def _correct_answers_by_moment(dataset: Dataset) -> Iterator[np.ndarray]:
    """Yield, for each network, which images it classifies correctly at each moment of training.

    Each array is bool [moments, images].
    """
    images = dataset.x_test[:FIRST_IMAGES]
    labels = dataset.y_test[:FIRST_IMAGES]
    for seed in SEEDS:
        settings = RunSettings(dataset=dataset.name, seed=seed)
        frames = frames_from_bytes(
            train(settings, dataset, emit=lambda event: None).film_frames or b""
        )
        found = [
            network_of_run(settings, frame.weights).logits(images).argmax(axis=1)
            for frame in frames
        ]
        yield np.stack(found) == labels
