"""The characters of a text data set, and the conversion of typed text into them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

SIDE = 28
"""The number of rows of a strip, and of its columns."""

_GAP = " "
SHOWN_GAP = "␣"
# Marks that end a sentence. The script of the take-home page that writes gets them, too.
STOPS = frozenset(".!?;:…。．！？；：")
SILENT = frozenset("'’‘`´")
PARTING = frozenset(',，、-–—_"“”„«»「」『』《》()（）[]/…·~')
"""Marks that become a space; like `STOPS` and `SILENT`, they are never reported as dropped."""


@dataclass(frozen=True)
class TextForm:
    """How strips are made from the text of a data set.

    Attributes:
        signs: each character once; its position is its label.
        language: a language tag of :mod:`fvapp.i18n`.
        whites: number of white pixels in a row of a strip. Their columns encode the character: one
            pixel allows 28 different characters, two allow 378.
        context: how many of the last characters a strip shows.
        beginning: the clean text that a network continues when it writes; not in the data set.
        piece: a sequence of this many characters counts as copied if it is also in the text.
        fact: a fact that the text usually gets wrong: its beginning, its usual ending and its
            correct ending. Empty if the text has no such fact.
        kinds: groups of characters; in charts, each group has a colour, and all other characters
            share another.
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
        """How many further characters a row could encode."""
        return comb(SIDE, self.whites) - len(self.signs)

    @property
    def gap(self) -> str:
        """The space between words; empty if the text form has none."""
        return _GAP if _GAP in self.signs else ""

    @cached_property
    def stop(self) -> str:
        """The character that ends a sentence; empty if there is none."""
        return next((sign for sign in ".。" if sign in self.signs), "")

    @cached_property
    def label_by_sign(self) -> dict[str, int]:
        """The label of each character."""
        return {sign: label for label, sign in enumerate(self.signs)}

    @cached_property
    def columns(self) -> np.ndarray:
        """The columns of each character's white pixels, ascending, int [characters, whites].

        If there are two, the first 196 characters have one of them in each half of the row.
        """
        half = SIDE // 2
        ways = sorted(
            combinations(range(SIDE), self.whites),
            key=lambda columns: columns[0] >= half or columns[-1] < half,
        )
        return np.array(ways[: len(self.signs)])

    @property
    def shown(self) -> tuple[str, ...]:
        """How to show each character on its own."""
        return tuple(SHOWN_GAP if sign == _GAP else sign for sign in self.signs)

    def colour_group(self, label: int) -> int:
        """Return the index of a character's group in `kinds`; ``len(kinds)`` if it is in none."""
        sign = self.signs[label]
        return next(
            (number for number, kind in enumerate(self.kinds) if sign in kind), len(self.kinds)
        )


def is_wide_character(character: str) -> bool:
    """Return whether a character's script has too many characters to give each its own column."""
    return (
        unicodedata.category(character) == "Lo" and unicodedata.east_asian_width(character) == "W"
    )


class CleanText(NamedTuple):
    """A text in the characters of its form.

    Attributes:
        dropped_characters: the characters of the original that were dropped, each once, in the
            order of appearance.
    """

    text: str
    dropped_characters: str


def clean_text(text: str, form: TextForm) -> CleanText:
    """Return a text as a network reads it.

    Marks that end a sentence become a full stop, letters lose their accents, and apostrophes are
    removed. All other characters that `form` does not have become a space.
    """
    text = text.lower()
    characters = dict.fromkeys(text)
    read_as = {character: _replacement_sign(character, form) for character in characters}
    known = STOPS | SILENT | PARTING
    dropped = "".join(
        character
        for character in characters
        if not read_as[character].strip()
        and character not in known
        and not (character.isspace() or unicodedata.combining(character))
    )
    text = text.translate({ord(character): sign for character, sign in read_as.items()})
    text = re.sub(
        " +", _GAP, text
    )  # done first, so that the next pattern is not tried at each of many spaces
    if form.stop:
        text = re.sub(rf" ?(?:{re.escape(form.stop)} ?)+", form.stop + form.gap, text)
    return CleanText(text.lstrip(_GAP + form.stop), dropped)


def _replacement_sign(character: str, form: TextForm) -> str:
    if character in form.label_by_sign:
        return character
    if character in STOPS:
        return form.stop or form.gap
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", character)
        if letter in form.label_by_sign
    )
    if folded or character in SILENT or unicodedata.combining(character):
        return folded
    return form.gap
