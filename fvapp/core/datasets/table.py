"""The table of data sets: names, classes, sizes, licences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DatasetInfo:
    """One data set.

    Attributes:
        name: value of the setting `dataset`.
        class_names: catalogue keys of the ten classes, in the order of the labels.
        english_names: the same in English, for the command line and files that programs read.
        train_images, test_images: how many images it has.
        licence: its SPDX identifier.
        homepage: where its authors describe it.
    """

    name: str
    class_names: tuple[str, ...]
    english_names: tuple[str, ...]
    train_images: int
    test_images: int
    licence: str
    homepage: str


def _keys(name: str) -> tuple[str, ...]:
    return tuple(f"classes.{name}.{label}" for label in range(10))


DATASETS: Mapping[str, DatasetInfo] = {
    info.name: info
    for info in (
        DatasetInfo(
            name="fashion_mnist",
            class_names=_keys("fashion_mnist"),
            english_names=(
                "T-shirt/top",
                "Trousers",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
            train_images=60_000,
            test_images=10_000,
            licence="MIT",
            homepage="https://github.com/zalandoresearch/fashion-mnist",
        ),
        DatasetInfo(
            name="mnist",
            class_names=_keys("mnist"),
            english_names=tuple("0123456789"),
            train_images=60_000,
            test_images=10_000,
            licence="CC-BY-SA-3.0",
            homepage="https://yann.lecun.com/exdb/mnist/",
        ),
    )
}
