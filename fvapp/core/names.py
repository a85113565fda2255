"""Names that visitors give."""

import re
import unicodedata
from itertools import accumulate

MOST_CHARACTERS = 60
FORMULA_BEGINS = ("=", "+", "-", "@")

# fillers, a braille cell without dots, an empty note
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# Mostly variation selectors.
_UNSEEN_MARKS = "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"

# Emoji as Unicode's emoji-zwj-sequences.txt and emoji-sequences.txt (UTS #51) have them: parts of
# which each may have a mark and a skin, with joiners between; two letters of a flag; a flag of a
# region; a digit on a key.
_JOINER = "\u200d"
_PART = "[\u2190-\u27ff\u2900-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f|[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|{_PART}(?:{_JOINER}{_PART}){{0,6}}"
)
_CHARACTER = re.compile(f"{_EMOJI.pattern}|.", re.DOTALL)

# Cyrillic, Greek and Armenian letters with the Latin ones that they look like: of Unicode's
# confusables.txt (UTS #39).
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԌԜѴаеҽһіјорсѕуүхԁԛԝѵгΑΒΕΖΗΙͿΚΜΝΟΡΤΥΧϜαιϳορυνγՕՏՍոսօհցք",
    "ABESIJKMHOPCTYYXGWVaeehijopcsyyxdqwvrABEZHIJKMNOPTYXFaijopuvyOSUnuohgf",
)


def clean_name(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a name as it may be kept: one line, none that cannot be seen, no more than `most` code
    points.

    Control and format characters go, among them those that turn the direction of the text around
    them, and letters without a shape. A mark that chooses how an emoji or a letter looks stays
    behind it, and an emoji of several code points stays whole or goes. HTML and Markdown stay:
    callers escape a name before showing it.
    """
    shown = (
        each if _EMOJI.fullmatch(each) or _is_seen(each) else " " for each in _characters(text)
    )
    name = " ".join(re.sub(rf"(?<!\S){_UNSEEN_MARKS}+", "", "".join(shown)).split())
    ends = accumulate(map(len, _characters(name)))
    return name[: max((end for end in ends if end <= most), default=0)].strip()


def count_seen(name: str) -> int:
    """Return how many characters of a clean name can be seen; an emoji is one, of however many code
    points.
    """
    return len(_characters(re.sub(_UNSEEN_MARKS, "", name)))


def _characters(text: str) -> list[str]:
    """Return the code points of a text, those of an emoji together."""
    return [found[0] for found in _CHARACTER.finditer(text)]


def _is_seen(letter: str) -> bool:
    return letter.isprintable() and letter not in _BLANK


def as_read(name: str) -> str:
    """Return a name as one reads it: case, spaces, what cannot be seen and a letter's look-alike
    make no other name.
    """
    letters = "".join(re.sub(f"{_UNSEEN_MARKS}|{_JOINER}", "", clean_name(name, len(name))).split())
    return unicodedata.normalize("NFKC", letters).translate(_LOOKS_LIKE).casefold()


def as_cell(text: str) -> str:
    """Return a text for a cell of a table that can be saved as CSV: never a formula for who opens
    it in a spreadsheet.

    A word joiner, which nobody sees, goes before the characters with which a formula begins (OWASP,
    "CSV injection").
    """
    return f"\N{WORD JOINER}{text}" if text.startswith(FORMULA_BEGINS) else text
