"""The table of data sets: each file ``data/<name>/dataset.toml`` is a row.

A visitor's own data set has no such file. Its name encodes the names of its classes, and its row is
derived from its name. Its images are the visitor's own examples, or the drawings of a whole class
of students. A visitor's own text is a data set, too. Its name encodes the shipped text into which
it can be mixed, and the characters that it adds to those of the shipped text.

In each language, ``datasets/<name>.toml`` holds the texts about a data set (one for each key in
`WORDS`) and the names of its classes. This module is not in :mod:`fvapp.core.datasets`, because the
settings import this module and that package imports the settings.
"""

import unicodedata
from base64 import b32decode, b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from fvapp.core.colours import CLASSES
from fvapp.core.errors import CatalogueKey, DatasetError
from fvapp.core.names import clean_name, count_visible_characters, lookalike_key
from fvapp.core.schema import read_as_type
from fvapp.core.tables import read_toml_table
from fvapp.core.texts.signs import TextForm, is_wide_character
from fvapp.core.texts.strips import partition_strips

MOST_CLASSES = 378
"""Maximum number of classes of a data set.

In a text data set, each class is a character, encoded by two white pixels in a row of 28 pixels.
There are 378 such pairs of pixels.
"""

MOST_DATASET_NAME = 2_000
"""Maximum length of a data set's name, in ASCII characters; only visitors' own texts come close."""

FEWEST_OWN = 2
MOST_OWN = 6
"""Minimum (`FEWEST_OWN`) and maximum (`MOST_OWN`) number of classes of a visitor's own data set."""

MOST_OWN_NAME = 16
"""Maximum number of characters in a class name of a visitor's own data set."""

_MARKUP = frozenset("\\`*_{}[]<>()#|~$:&")
"""Characters of Markdown and HTML markup, which class names must not contain.

Class names are checked because they may come from a file.
"""

TEXT_FILE = "text.txt"
"""Name of the file that contains the text of a text data set, in the data set's folder."""

OWN = "own"
CLASS = "class"
"""Name prefixes of data sets drawn by one visitor (`OWN`) or by a whole school class (`CLASS`).

In a data set's name, a hyphen follows, and then the names of its classes, encoded as letters and
digits. The prefixes are also the names of catalogue files.
"""

OWN_TEXT = "own_text"
CLASS_TEXT = "class_text"
"""Name prefixes of texts typed by one visitor (`OWN_TEXT`) or by a school class (`CLASS_TEXT`)."""

OWN_PIECE = 20
"""Number of consecutive characters that count as copied if a visitor's own text contains them."""

USUAL_MIXING = 5
"""Number of times that training reads a visitor's own text for each reading of the stories.

This was tried with a text of 1.7 kB and ten epochs. If training reads the text five times, the
network later writes names from the text, slightly changed. Reading the text once leaves no trace.
If training reads the text ten times, the network copies whole sentences.
"""

CARD_WORDS = ("lead", "learned", "tested", "off", "not_a", "not_b", "not_c", "credits")
"""Catalogue keys of the texts on every model card.

For a shipped model of pictures, there is also ``judge``: a sentence about the network that decides
whether a drawing is unlike the training images.
"""

WORDS = ("name", "choice", "about", "intro", "of", "what", "hint", *CARD_WORDS)
"""Catalogue keys of the texts that every data set has.

Some data sets also have ``unlike`` (an image looks unlike the training images) or ``crowd`` (how
well people recognise the images).
"""

Way = Literal["lines", "areas"]
"""The form in which drawings and photos become images: lines (MNIST) or areas (Fashion-MNIST)."""


@dataclass(frozen=True)
class DatasetInfo:
    """A row of the table: one data set.

    Attributes:
        name: value of the setting `dataset`: ASCII letters, digits and underscores, and a hyphen if
            the data set is a visitor's own.
        english_names: names of its classes, in the order of the labels, for the command line and
            machine-readable files.
        train_images, test_images: number of training images and of test images.
        way: how drawings and photos are prepared for its networks: as lines or as areas.
        ships_model: whether ``models/`` has a network trained on it. For a data set of pictures,
            that network also notices when a picture is unlike its training set.
        in_keras: whether ``keras.datasets`` has it under the same name. If not, exported code reads
            ``<name>.npz``.
        twelve: indices of the twelve test images that pages show during training; if empty, the
            first images of each class are shown.
        speaks_english: whether its classes keep their English names in every language.
        sample: a 7x7-pixel picture for diagrams.
        is_own: whether a visitor or a class of students drew its images, or typed its text, in the
            app. The number of images is then stored with each run instead of in the row.
        is_shared: whether it belongs to a class of students. Nobody can add an example to it or
            take it home as a file.
        base_dataset: for a visitor's own text, the data set into whose text it can be mixed; else
            empty.
        no_data_error: code of the error that is raised if it contains nothing to learn from.
        eyes: the data set whose shipped model lends its convolutions to a network with borrowed
            filters.
        usual: default settings that differ from those of other data sets, by kind of network.
        text: for a data set of text, how the text becomes strips (images of a few characters). The
            app ships with the text, but not with the strips. None for a data set of pictures.
        licence: SPDX identifier of its licence.
        terms: address of the text of the licence; if empty, the homepage is shown instead.
        homepage: address at which its authors describe it; empty if it was made for this app.
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
    is_own: bool = False
    is_shared: bool = False
    base_dataset: str = ""
    no_data_error: str = "no_examples"
    usual: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    text: TextForm | None = None

    @property
    def text_form(self) -> TextForm:
        """The description of how text becomes strips, the images of a text data set.

        Raises:
            ValueError: the data set has pictures.
        """
        if self.text is None:
            raise ValueError(self.name)
        return self.text

    @cached_property
    def class_count(self) -> int:
        return len(self.english_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of all classes, as :meth:`class_name` returns them."""
        return tuple(map(self.class_name, range(self.class_count)))

    def class_name(self, label: int) -> str:
        """Return the name of a class, or the catalogue key of the name if it is translated."""
        return (
            self.english_names[label]
            if self.speaks_english
            else self.dataset_text_key(f"classes.{label}")
        )

    @property
    def class_colours(self) -> tuple[str, ...]:
        """The colour of each class in charts; characters of the same kind share a colour."""
        kinds = (
            map(self.text.colour_group, range(self.class_count))
            if self.text
            else range(self.class_count)
        )
        return tuple(CLASSES[kind % len(CLASSES)] for kind in kinds)

    @property
    def file_stem(self) -> str:
        """The name, without extension, of the files with the data set's texts and images."""
        return self.name.partition("-")[0]

    def dataset_text_key(self, word: str) -> CatalogueKey:
        """Return the catalogue key of one of the texts about the data set, such as its "hint"."""
        return CatalogueKey(f"datasets.{self.file_stem}.{word}")


class _DatasetTable(dict[str, DatasetInfo]):
    """The table of data sets, by name.

    The row of a visitor's own data set is made when it is looked up, and is never listed.
    """

    def __missing__(self, name: str) -> DatasetInfo:
        return _read_own_dataset_row(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


def clean_own_class_name(text: str) -> str:
    """Return the cleaned name of a class in a visitor's own data set.

    Raises:
        DatasetError: ``own_class_name``: the name is empty, is too long or contains markup.
    """
    name = clean_name(unicodedata.normalize("NFC", text))
    if not count_visible_characters(name) or len(name) > MOST_OWN_NAME or _MARKUP & {*name}:
        raise DatasetError("own_class_name", most=MOST_OWN_NAME)
    return name


def make_own_dataset_name(names: Sequence[str], of: str = OWN) -> str:
    """Return the name of a visitor's own data set.

    Args:
        names: names of its classes, as typed.
        of: who drew the images: `OWN` for a visitor, `CLASS` for a school class.

    Raises:
        DatasetError: ``own_classes``: there are too few or too many classes; ``own_class_twice``:
            two names look alike; ``own_class_name``: see :func:`clean_own_class_name`.
    """
    if not FEWEST_OWN <= len(names) <= MOST_OWN:
        raise DatasetError("own_classes", least=FEWEST_OWN, most=MOST_OWN)
    clean = [clean_own_class_name(name) for name in names]
    if len({lookalike_key(name) for name in clean}) < len(clean):
        raise DatasetError("own_class_twice")
    return _pack_dataset_name(of, clean)


def make_own_text_name(base: str, signs: str = "", of: str = OWN_TEXT) -> str:
    """Return the name of a visitor's own text.

    Args:
        base: the data set into whose text it can be mixed.
        signs: the characters that it adds to those of `base`, in any order.
        of: who wrote the text: `OWN_TEXT` for a visitor, `CLASS_TEXT` for a school class.
    """
    return _pack_dataset_name(of, (base, "".join(sorted(signs))))


def _pack_dataset_name(of: str, lines: Sequence[str]) -> str:
    packed = b32encode("\n".join(lines).encode()).decode()
    return f"{of}-{packed.rstrip('=').lower()}"


_OWN_KINDS: Mapping[str, Mapping[str, Any]] = {
    OWN: {},
    CLASS: {"is_shared": True, "no_data_error": "class_set_gone"},
    OWN_TEXT: {"no_data_error": "no_text"},
    CLASS_TEXT: {"is_shared": True, "no_data_error": "class_text_gone"},
}


@lru_cache(1_000)
def _read_own_dataset_row(name: str) -> DatasetInfo:
    """Return the row of a visitor's own data set, or raise KeyError for any other name."""
    try:
        of, _, packed = name.partition("-")
        names = tuple(b32decode(packed.upper() + "=" * (-len(packed) % 8)).decode().split("\n"))
        if of in (OWN_TEXT, CLASS_TEXT):
            return _read_own_text_row(name, of, *names)
        if of not in _OWN_KINDS or make_own_dataset_name(names, of) != name:
            raise KeyError(name)
    except (AttributeError, DatasetError, TypeError, ValueError):
        # `name` may come from an untrusted source and have any type, so reading it may raise any of
        # the errors caught here.
        raise KeyError(name) from None
    return DatasetInfo(
        name,
        names,
        0,
        0,
        "",
        "",
        speaks_english=True,
        is_own=True,
        usual=_FEW_DRAWINGS,
        **_OWN_KINDS[of],
    )


def _read_own_text_row(name: str, of: str, base: str, signs: str) -> DatasetInfo:
    read = _SHIPPED_ROWS[base].text
    if (
        read is None
        or make_own_text_name(base, signs, of) != name
        or not all(map(is_wide_character, signs))
    ):
        raise KeyError(name)
    piece = min(OWN_PIECE, read.piece)
    # `replace` raises ValueError if the added characters are too many for the text data set.
    form = replace(read, signs=read.signs + signs, piece=piece, fact=())
    return DatasetInfo(
        name,
        form.visible_signs,
        0,
        0,
        "",
        speaks_english=True,
        is_own=True,
        base_dataset=base,
        text=form,
        usual={"dense": {"mixing": USUAL_MIXING}},
        **_OWN_KINDS[of],
    )


# Defaults for visitors' own data sets, which have few drawings. On 3 classes of 20 drawings each
# (everyday things, drawn by many people), the test accuracy of a dense network is 82% after 5
# epochs, 86% after 20, and 90% after 100 with augmentation. There is no validation, because a
# single image would count for 17 percentage points. A network with borrowed filters does not
# improve after 20 epochs. On 3 classes of 15 pieces of clothing each, its test accuracy is 88.8%
# with augmentation and 88.3% without; a dense network reaches 85.4%.
_VARIED = {"epochs": 100, "augmentation": True, "validation_split": 0.0}
_FEW_DRAWINGS = {
    "dense": _VARIED,
    "cnn": _VARIED,
    "borrowed": {"epochs": 20, "validation_split": 0.0},
}


def _read_dataset_row(file: Path) -> DatasetInfo:
    values = read_toml_table(file, file.name)
    return read_as_type(
        DatasetInfo,
        {
            "name": file.parent.name,
            **(_derive_text_row_values(file, values) if "text" in values else {}),
            **values,
        },
    )


def _derive_text_row_values(file: Path, values: Mapping[str, object]) -> dict[str, object]:
    """Return the class names and the numbers of strips (images) of a text data set's row."""
    form = read_as_type(TextForm, values["text"])
    strips = partition_strips(len(file.with_name(TEXT_FILE).read_text(encoding="utf-8")), form)
    counts = {"train_images": len(strips.train), "test_images": len(strips.test)}
    return {"english_names": form.visible_signs, "speaks_english": True, **counts}


_ROWS = map(_read_dataset_row, sorted((Path(__file__).parents[1] / "data").glob("*/dataset.toml")))

_SHIPPED_ROWS = {row.name: row for row in _ROWS}

DATASETS: Mapping[str, DatasetInfo] = _DatasetTable(_SHIPPED_ROWS)

PICTURED = tuple(name for name, info in DATASETS.items() if not info.text)
"""Names of the data sets whose images ship.

Text data sets are not included: their images, the text strips, are made from the text on first use.
"""

READY_MADE = tuple(name for name, info in DATASETS.items() if info.ships_model)
"""Names of the data sets for which a trained model ships; the model has the same name."""

SHIPPED = tuple(name for name in READY_MADE if name in PICTURED)
"""Names of the data sets whose shipped model also detects pictures unlike its training images."""
