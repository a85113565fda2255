"""The table of data sets. A row says all that the code asks about one: it is ``dataset.toml`` in
``data/<name>/``.

An own data set has no row: its name says what its classes are called, and the row is made of that.
    Its images are the
visitor's own examples, or the drawings of a class.

Its words are ``datasets/<name>.toml`` in each language, with a text for each of `WORDS` and the
names of its classes. The table lies outside :mod:`fvapp.core.datasets`, which reads the settings,
because the settings read this table.
"""

import unicodedata
from base64 import b32decode, b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from fvapp.core.colours import CLASSES
from fvapp.core.errors import DatasetError, Term
from fvapp.core.names import as_read, clean_name, count_seen
from fvapp.core.schema import read
from fvapp.core.tables import read_table
from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import split

MOST_CLASSES = 196
"""A data set has 2 to so many: as many as the signs that two white pixels in a row tell apart."""

FEWEST_OWN = 2
MOST_OWN = 6
"""Classes of an own data set."""

MOST_OWN_NAME = 16
"""Characters of the name of such a class."""

_MARKUP = frozenset("\\`*_{}[]<>()#|~$:&")
"""Of Markdown and HTML: names stand on pages, in files, and come from files that others wrote."""

TEXT_FILE = "text.txt"
"""The text of a data set of text, in its folder."""

OWN = "own"
CLASS = "class"
"""Begin the names of the visitor's own data sets and of those that a class has drawn; a hyphen and
the names of the classes follow, packed as letters and digits. Their words are in files of these
names.
"""

CARD_WORDS = ("lead", "learned", "off", "not_a", "not_b", "not_c", "credits")
"""What a model card says of a network of the data set; ``judge`` where a model ships, which says
what is unlike.
"""

WORDS = ("name", "choice", "about", "intro", "of", "what", "hint", *CARD_WORDS)
"""What is said of every data set; ``unlike`` where a model ships, ``crowd`` where people were
tested on it.
"""

Way = Literal["lines", "areas"]
"""How drawings and photos become images: lines as MNIST's digits were made, areas as
Fashion-MNIST's clothes.
"""


@dataclass(frozen=True)
class DatasetInfo:
    """One data set.

    Attributes:
        name: value of the setting `dataset`; ASCII letters, digits and underscores, a hyphen where
            it is an own one.
        english_names: of its classes, in the order of the labels, for the command line and files
            that programs read.
        train_images, test_images: how many images it has.
        way: how what somebody draws or photographs is prepared for its networks.
        ships_model: whether ``models/`` has a network for it, which of pictures also tells what is
            unlike all of them.
        in_keras: whether ``keras.datasets`` has it under its name; else exported code reads
            ``<name>.npz``.
        twelve: numbers of the test images that a training is watched by; without them the first
            ones of each class.
        speaks_english: whether its classes are called by their English names in every language.
        sample: a picture of 7x7 pixels for diagrams.
        own: whether its images are drawn here, by the visitor or a class: only its runs know how
            many there were.
        shared: whether they are a class's: nobody adds to them, or takes them away in files.
        lacking: code of the error that says that there is nothing of it to learn from.
        eyes: the data set whose model that ships lends its convolutions to a network with borrowed
            filters.
        usual: settings that are another thing by default than on other data sets, by the kind of
            network.
        text: how its strips are made from its text, which is all that ships of it; None where it
            has pictures.
        licence: its SPDX identifier.
        terms: address of the licence's text; else that of the homepage is named.
        homepage: where its authors describe it; empty where it was made here.
    """

    name: str
    english_names: tuple[str, ...]
    train_images: int
    test_images: int
    licence: str
    homepage: str = ""
    terms: str = ""
    way: Way = "lines"
    ships_model: bool = False
    in_keras: bool = False
    twelve: tuple[int, ...] = ()
    speaks_english: bool = False
    sample: tuple[str, ...] = (
        "...#...",
        "..#.#..",
        ".#...#.",
        "#######",
        "#.....#",
        "#.....#",
        "#######",
    )
    eyes: str = "mnist"
    own: bool = False
    shared: bool = False
    lacking: str = "no_examples"
    usual: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    text: TextForm | None = None

    @property
    def classes(self) -> int:
        return len(self.english_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What each class is called, as :meth:`class_name`."""
        return tuple(map(self.class_name, range(self.classes)))

    def class_name(self, label: int) -> str:
        """Return what a class is called: a catalogue key as `Term`, or the name itself."""
        return self.english_names[label] if self.speaks_english else self.term(f"classes.{label}")

    @property
    def colours(self) -> tuple[str, ...]:
        """The colour of each class in charts, which signs of one kind share."""
        kinds = map(self.text.kind, range(self.classes)) if self.text else range(self.classes)
        return tuple(CLASSES[kind % len(CLASSES)] for kind in kinds)

    @property
    def file(self) -> str:
        """What files of its words and images are called."""
        return self.name.partition("-")[0]

    def term(self, word: str) -> Term:
        """Return the catalogue key of one of its words."""
        return Term(f"datasets.{self.file}.{word}")


class _Table(dict[str, DatasetInfo]):
    """The rows by name. Those of own data sets are made when asked for, and are not counted among
    the others.
    """

    def __missing__(self, name: str) -> DatasetInfo:
        return _own_info(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


def own_class_name(text: str) -> str:
    """Return the name of a class of an own data set as it is kept.

    Raises:
        DatasetError: ``own_class_name``: it is empty, too long or has a character of markup.
    """
    name = clean_name(unicodedata.normalize("NFC", text))
    if not count_seen(name) or len(name) > MOST_OWN_NAME or _MARKUP & {*name}:
        raise DatasetError("own_class_name", most=MOST_OWN_NAME)
    return name


def own_name(names: Sequence[str], of: str = OWN) -> str:
    """Return the name of an own data set.

    Args:
        names: of its classes, as typed.
        of: `OWN` or `CLASS`.

    Raises:
        DatasetError: ``own_classes``, ``own_class_twice``: too few or many of them; two that one
            reads alike; as :func:`own_class_name`.
    """
    if not FEWEST_OWN <= len(names) <= MOST_OWN:
        raise DatasetError("own_classes", least=FEWEST_OWN, most=MOST_OWN)
    clean = [own_class_name(name) for name in names]
    if len({as_read(name) for name in clean}) < len(clean):
        raise DatasetError("own_class_twice")
    packed = b32encode("\n".join(clean).encode()).decode()
    return f"{of}-{packed.rstrip('=').lower()}"


_OWN_KINDS: Mapping[str, Mapping[str, Any]] = {
    OWN: {},
    CLASS: {"shared": True, "lacking": "class_set_gone"},
}


@lru_cache(1_000)
def _own_info(name: str) -> DatasetInfo:
    """Return the row of an own data set, or raise KeyError for what is no such name."""
    try:
        of, _, packed = name.partition("-")
        names = tuple(b32decode(packed.upper() + "=" * (-len(packed) % 8)).decode().split("\n"))
        if of not in _OWN_KINDS or own_name(names, of) != name:
            raise KeyError(name)
    except (AttributeError, DatasetError, ValueError):  # also of what is no text
        raise KeyError(name) from None
    return DatasetInfo(
        name,
        names,
        0,
        0,
        "",
        "",
        speaks_english=True,
        own=True,
        usual=_FEW_DRAWINGS,
        **_OWN_KINDS[of],
    )


# Measured on drawings of everyday things by many hands, 3 classes of 20: 82% after 5 epochs, 86%
# after 20, 90% after 100 with augmentation. Of so few, one validation image would be 17 points.
# Borrowed filters learn no more after 20 epochs, with augmentation or without (88.8% and 88.3% of 3
# x 15 pieces of clothing; the dense network there 85.4%).
_VARIED = {"epochs": 100, "augmentation": True, "validation_split": 0.0}
_FEW_DRAWINGS = {
    "dense": _VARIED,
    "cnn": _VARIED,
    "borrowed": {"epochs": 20, "validation_split": 0.0},
}


def _row(file: Path) -> DatasetInfo:
    values = read_table(file, file.name)
    return read(
        DatasetInfo,
        {
            "name": file.parent.name,
            **(_of_text(file, values) if "text" in values else {}),
            **values,
        },
    )


def _of_text(file: Path, values: Mapping[str, object]) -> dict[str, object]:
    """Return what a row of text says of itself: its classes are the signs, and its strips are
    counted.
    """
    form = read(TextForm, values["text"])
    strips = split(len(file.with_name(TEXT_FILE).read_text(encoding="utf-8")), form)
    counts = {"train_images": len(strips.train), "test_images": len(strips.test)}
    return {"english_names": form.shown, "speaks_english": True, **counts}


_ROWS = map(_row, sorted((Path(__file__).parents[1] / "data").glob("*/dataset.toml")))

DATASETS: Mapping[str, DatasetInfo] = _Table({row.name: row for row in _ROWS})

PICTURED = tuple(name for name, info in DATASETS.items() if not info.text)
"""Those whose images ship; the strips of the others are made when somebody opens them."""

READY_MADE = tuple(name for name, info in DATASETS.items() if info.ships_model)
"""Those for which a model ships, which goes by the name of its data set."""

SHIPPED = tuple(name for name in READY_MADE if name in PICTURED)
"""Those whose model also tells what is unlike anything in its training set."""
