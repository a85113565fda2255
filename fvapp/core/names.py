"""Names that visitors give."""

import re
import unicodedata

MOST_CHARACTERS = 60
FORMULA_BEGINS = ("=", "+", "-", "@")

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")  # fillers, a braille cell without dots, an empty note
# Mostly variation selectors.
_UNSEEN_MARKS = "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"

# Cyrillic, Greek and Armenian letters with the Latin ones that they look like: of Unicode's confusables.txt (UTS #39).
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԌԜѴаеҽһіјорсѕуүхԁԛԝѵгΑΒΕΖΗΙͿΚΜΝΟΡΤΥΧϜαιϳορυνγՕՏՍոսօհցք",
    "ABESIJKMHOPCTYYXGWVaeehijopcsyyxdqwvrABEZHIJKMNOPTYXFaijopuvyOSUnuohgf",
)


def clean_name(text: str) -> str:
    """Return a name as it may be kept: one line, at most 60 characters, none that cannot be seen.

    Control and format characters go, among them those that turn the direction of the text around them, and letters
    without a shape. A mark that chooses how an emoji or a letter looks stays behind it. HTML and Markdown stay: callers
    escape a name before showing it.
    """
    seen = "".join(each if each.isprintable() and each not in _BLANK else " " for each in text)
    return " ".join(re.sub(rf"(?<!\S){_UNSEEN_MARKS}+", "", seen).split())[:MOST_CHARACTERS].strip()


def count_seen(name: str) -> int:
    """Return how many characters of a clean name can be seen."""
    return len(re.sub(_UNSEEN_MARKS, "", name))


def as_read(name: str) -> str:
    """Return a name as one reads it: case, spaces, what cannot be seen and a letter's look-alike make no other name."""
    letters = "".join(re.sub(_UNSEEN_MARKS, "", clean_name(name)).split())
    return unicodedata.normalize("NFKC", letters).translate(_LOOKS_LIKE).casefold()


def as_cell(text: str) -> str:
    """Return a text for a cell of a table that can be saved as CSV: never a formula for who opens it in a spreadsheet.

    A word joiner, which nobody sees, goes before the characters with which a formula begins (OWASP, "CSV injection").
    """
    return f"\N{WORD JOINER}{text}" if text.startswith(FORMULA_BEGINS) else text
