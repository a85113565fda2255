"""The signs of a text, and any typed text as a text of these signs alone."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

SIDE = 28
"""Rows and columns of a strip."""

_GAP = " "
_SHOWN_GAP = "␣"
# The script of the page that writes is given the same.
STOPS = frozenset(".!?;:…。．！？；：")
SILENT = frozenset("'’‘`´")
PARTING = frozenset(',，、-–—_"“”„«»「」『』《》()（）[]/…·~')
"""Of these nobody is told that they were dropped."""


@dataclass(frozen=True)
class TextForm:
    """How a data set of text is read.

    Attributes:
        signs: each sign once; its place is its label.
        language: of :mod:`fvapp.i18n`.
        whites: white pixels in a row of a strip, which say which sign it is: with one there are 28
            signs, with two 14 x 14.
        context: how many of the last signs a strip shows.
        beginning: clean and not in the text: what a network is given to write on from.
        piece: signs from which what also stands in the text counts as copied.
        fact: what the text tells mostly falsely: how it begins, goes on as a rule, and should go
            on. Empty where it tells nothing of the kind.
        kinds: signs that a chart shows in one colour; all others share one.
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
        if not 2 <= len(set(self.signs)) == len(self.signs) <= self.base**self.whites:
            raise ValueError(
                "each sign stands once, and there are no more than a row can tell apart"
            )

    @property
    def base(self) -> int:
        """How many columns each white pixel of a row has."""
        return SIDE // self.whites

    @property
    def gap(self) -> str:
        """What parts words; empty where the signs have no gap."""
        return _GAP if _GAP in self.signs else ""

    @cached_property
    def stop(self) -> str:
        """What ends a sentence; empty where the signs have nothing that does."""
        return next((sign for sign in ".。" if sign in self.signs), "")

    @cached_property
    def labels(self) -> dict[str, int]:
        """The label of each sign."""
        return {sign: label for label, sign in enumerate(self.signs)}

    @property
    def shown(self) -> tuple[str, ...]:
        """What stands for each sign where it stands alone."""
        return tuple(_SHOWN_GAP if sign == _GAP else sign for sign in self.signs)

    def kind(self, label: int) -> int:
        """Return the number of the kind that a sign is of; one past the last for all others."""
        sign = self.signs[label]
        return next(
            (number for number, kind in enumerate(self.kinds) if sign in kind), len(self.kinds)
        )


class CleanText(NamedTuple):
    """A text of the signs of its form.

    Attributes:
        dropped: what it had besides, each character once, in the order in which they came.
    """

    text: str
    dropped: str


def clean(text: str, form: TextForm) -> CleanText:
    """Return a text as a network reads it.

    Marks that end a sentence become the stop, accents fold, apostrophes go, and everything else is
    a gap.
    """
    text = text.lower()
    characters = dict.fromkeys(text)
    read_as = {character: _read_as(character, form) for character in characters}
    known = STOPS | SILENT | PARTING
    dropped = "".join(
        each
        for each in characters
        if not read_as[each].strip()
        and each not in known
        and not (each.isspace() or unicodedata.combining(each))
    )
    text = text.translate({ord(character): sign for character, sign in read_as.items()})
    if form.stop:
        text = re.sub(rf" *(?:{re.escape(form.stop)} *)+", form.stop + form.gap, text)
    return CleanText(re.sub(" +", _GAP, text).lstrip(_GAP + form.stop), dropped)


def _read_as(character: str, form: TextForm) -> str:
    if character in form.labels:
        return character
    if character in STOPS:
        return form.stop or form.gap
    folded = "".join(
        each for each in unicodedata.normalize("NFKD", character) if each in form.labels
    )
    if folded or character in SILENT or unicodedata.combining(character):
        return folded
    return form.gap
