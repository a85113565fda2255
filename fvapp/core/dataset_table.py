"""The table of data sets. A row says all that the code asks about one; `data/<name>/` holds its files.

Its words are ``datasets/<name>.toml`` in each language, with a text for each of `WORDS` and the names of its classes.
The table lies outside :mod:`fvapp.core.datasets`, which reads the settings, because the settings read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fvapp.core.errors import Term

MOST_CLASSES = 12
"""A data set has 2 to so many."""

CARD_WORDS = ("lead", "learned", "off", "not_a", "not_b", "not_c", "credits")
"""What a model card says of a network of the data set; ``judge`` where a model ships, which says what is unlike."""

WORDS = ("name", "choice", "about", "intro", "of", "what", "hint", *CARD_WORDS)
"""What is said of every data set; ``unlike`` where a model ships, ``crowd`` where people were tested on it."""

Way = Literal["lines", "areas"]
"""How drawings and photos become images: lines as MNIST's digits were made, areas as Fashion-MNIST's clothes."""


@dataclass(frozen=True)
class DatasetInfo:
    """One data set.

    Attributes:
        name: value of the setting `dataset`; ASCII letters, digits and underscores.
        english_names: of its classes, in the order of the labels, for the command line and files that programs read.
        train_images, test_images: how many images it has.
        way: how what somebody draws or photographs is prepared for its networks.
        ships_model: whether ``models/`` has a network for it, which also tells what is unlike anything in it.
        in_keras: whether ``keras.datasets`` has it under its name; else exported code reads ``<name>.npz``.
        twelve: numbers of the test images that a training is watched by; without them the first ones of each class.
        speaks_english: whether its classes are called by their English names in every language.
        sample: a picture of 7x7 pixels for diagrams.
        licence: its SPDX identifier.
        terms: address of the licence's text; else that of the homepage is named.
        homepage: where its authors describe it.
    """

    name: str
    english_names: tuple[str, ...]
    train_images: int
    test_images: int
    licence: str
    homepage: str
    terms: str = ""
    way: Way = "lines"
    ships_model: bool = False
    in_keras: bool = False
    twelve: tuple[int, ...] = ()
    speaks_english: bool = False
    sample: tuple[str, ...] = ("...#...", "..#.#..", ".#...#.", "#######", "#.....#", "#.....#", "#######")

    @property
    def classes(self) -> int:
        return len(self.english_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What each class is called: a catalogue key as `Term`, or the name itself."""
        if self.speaks_english:
            return self.english_names
        return tuple(self.term(f"classes.{label}") for label in range(self.classes))

    def term(self, word: str) -> Term:
        """Return the catalogue key of one of its words."""
        return Term(f"datasets.{self.name}.{word}")


_CLOTHES = ("T-shirt/top", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")

DATASETS: Mapping[str, DatasetInfo] = {
    info.name: info
    for info in (
        DatasetInfo(
            name="fashion_mnist",
            english_names=_CLOTHES,
            train_images=60_000,
            test_images=10_000,
            licence="MIT",
            homepage="https://github.com/zalandoresearch/fashion-mnist",
            terms="https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE",
            way="areas",
            ships_model=True,
            in_keras=True,
            twelve=(370, 2, 48, 283, 17, 50, 418, 40, 183, 331, 209, 493),
            sample=(".##.##.", "#######", "#######", ".#####.", ".#####.", ".#####.", ".#####."),
        ),
        DatasetInfo(
            name="mnist",
            english_names=tuple("0123456789"),
            train_images=60_000,
            test_images=10_000,
            licence="CC-BY-SA-3.0",
            homepage="https://yann.lecun.com/exdb/mnist/",
            terms="https://creativecommons.org/licenses/by-sa/3.0/",
            ships_model=True,
            in_keras=True,
            twelve=(3, 29, 38, 213, 33, 8, 412, 54, 255, 233, 151, 479),
            sample=(".......", ".#####.", ".....#.", "....#..", "...#...", "..#....", "..#...."),
        ),
    )
}

SHIPPED = tuple(name for name, info in DATASETS.items() if info.ships_model)
"""Those for which a model ships, which goes by the name of its data set."""
