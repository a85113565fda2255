"""Describes the characters (signs) of a text data set, and converts typed text to them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

SIDE = 28
"""Number of rows, and of columns, of a text strip (an image of a few characters)."""

_GAP = " "
SHOWN_GAP = "␣"
# Marks that end a sentence. The script of take-home pages that write text uses them, too.
STOPS = frozenset(".!?;:…。．！？；：")
SILENT = frozenset("'’‘`´")
PARTING = frozenset(',，、-–—_"“”„«»「」『』《》()（）[]/…·~')
"""Punctuation marks that become a space when a text is cleaned.

Like the marks in `STOPS` and `SILENT`, they are never reported as dropped.
"""


@dataclass(frozen=True)
class TextForm:
    """The form of a text data set: its characters (signs), and how images of text show them.

    Attributes:
        signs: the characters (signs), each once; the position of a character is its label.
        language: tag of the language of the text, as in :mod:`fvapp.i18n`.
        whites: number of white pixels in a row of a text strip (an image of text). The columns of
            these pixels encode a character. One pixel per row allows 28 different characters, two
            pixels allow 378.
        context: number of characters that a text strip encodes.
        beginning: the clean text that a network continues when it writes; the text of the data set
            does not contain these words.
        piece: a written sequence of this many characters counts as copied if the text contains the
            same sequence.
        fact: a fact that the text usually gets wrong, as three texts: the beginning of its
            sentence, the usual ending and the correct ending. Empty if the text has no such fact.
        kinds: groups of characters. In charts, each group has a colour, and all other characters
            share another colour.
    """

    signs: str
    language: str
    whites: int = 1
    context: int = 20
    beginning: str = ""
    piece: int = 40
    fact: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.whites not in (1, 2) or not 0 < self.context <= SIDE:
            raise ValueError("a row has one or two white pixels, and a strip at most 28 rows")
        if self.spare_sign_count < 0 or not 2 <= len(set(self.signs)) == len(self.signs):
            raise ValueError("signs must be unique, and a row must be able to encode each of them")

    @property
    def spare_sign_count(self) -> int:
        """The number of further characters that a row of an image of text could encode."""
        return comb(SIDE, self.whites) - len(self.signs)

    @property
    def word_gap(self) -> str:
        """The space between words; empty if the text has no spaces."""
        return _GAP if _GAP in self.signs else ""

    @cached_property
    def full_stop(self) -> str:
        """The full stop; empty if the text form has no full stop."""
        return next((sign for sign in ".。" if sign in self.signs), "")

    @cached_property
    def label_by_sign(self) -> dict[str, int]:
        """The label of each character (sign)."""
        return {sign: label for label, sign in enumerate(self.signs)}

    @cached_property
    def white_pixel_columns(self) -> np.ndarray:
        """The columns of the white pixels that encode each character, int [characters, whites].

        With two white pixels per character, the first 196 characters have one pixel in each half of
        the row.
        """
        half = SIDE // 2
        ways = sorted(
            combinations(range(SIDE), self.whites),
            key=lambda columns: columns[0] >= half or columns[-1] < half,
        )
        return np.array(ways[: len(self.signs)])

    @property
    def visible_signs(self) -> tuple[str, ...]:
        """The text that shows each character on its own; for a space, a visible mark."""
        return tuple(SHOWN_GAP if sign == _GAP else sign for sign in self.signs)

    def colour_group(self, label: int) -> int:
        """Return the index of a character's group in `kinds`; ``len(kinds)`` without a group."""
        sign = self.signs[label]
        return next(
            (number for number, kind in enumerate(self.kinds) if sign in kind), len(self.kinds)
        )


def is_wide_character(character: str) -> bool:
    """Return whether a character belongs to a script with thousands of characters, like Chinese."""
    return (
        unicodedata.category(character) == "Lo" and unicodedata.east_asian_width(character) == "W"
    )


class CleanText(NamedTuple):
    """A text that consists only of the characters of a text form.

    Attributes:
        dropped_characters: the characters of the original text that were dropped, each once, in
            order of appearance.
    """

    text: str
    dropped_characters: str


def clean_text(text: str, form: TextForm) -> CleanText:
    """Return a text in the form in which a network reads it.

    Letters become lower case and lose their accents, marks that end a sentence become a full stop,
    and apostrophes are removed. Other characters that are not in `form` become a space.
    """
    text = text.lower()
    characters = dict.fromkeys(text)
    read_as = {character: _replacement_character(character, form) for character in characters}
    known = STOPS | SILENT | PARTING
    dropped = "".join(
        character
        for character in characters
        if not read_as[character].strip()
        and character not in known
        and not (character.isspace() or unicodedata.combining(character))
    )
    text = text.translate({ord(character): sign for character, sign in read_as.items()})
    text = re.sub(" +", _GAP, text)  # done first, because the next pattern is slow on many spaces
    if form.full_stop:
        text = re.sub(
            rf" ?(?:{re.escape(form.full_stop)} ?)+", form.full_stop + form.word_gap, text
        )
    return CleanText(text.lstrip(_GAP + form.full_stop), dropped)


def _replacement_character(character: str, form: TextForm) -> str:
    if character in form.label_by_sign:
        return character
    if character in STOPS:
        return form.full_stop or form.word_gap
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", character)
        if letter in form.label_by_sign
    )
    if folded or character in SILENT or unicodedata.combining(character):
        return folded
    return form.word_gap
