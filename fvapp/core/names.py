"""Names that visitors give: cleaning, counting and comparing them."""

import re
import unicodedata
from itertools import accumulate

MOST_CHARACTERS = 60
FORMULA_BEGINS = ("=", "+", "-", "@")

# Characters that show nothing: Hangul fillers, a braille cell without dots, an empty note.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# Marks without a shape, mostly variation selectors.
_INVISIBLE_MARKS = "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"

# Emoji as in Unicode's emoji-zwj-sequences.txt and emoji-sequences.txt (UTS #51). An emoji is a row
# of joined parts, each with an optional mark and skin tone; or a flag of two letters or of a
# region; or a digit on a key.
_JOINER = "\u200d"
_PART = "[\u2190-\u27ff\u2900-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f|[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|{_PART}(?:{_JOINER}{_PART}){{0,6}}"
)
_CHARACTER = re.compile(f"{_EMOJI.pattern}|.", re.DOTALL)

# Cyrillic, Greek and Armenian letters, and the Latin letters that look alike (Unicode's UTS #39).
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԌԜѴаеҽһіјорсѕуүхԁԛԝѵгΑΒΕΖΗΙͿΚΜΝΟΡΤΥΧϜαιϳορυνγՕՏՍոսօհցք",
    "ABESIJKMHOPCTYYXGWVaeehijopcsyyxdqwvrABEZHIJKMNOPTYXFaijopuvyOSUnuohgf",
)


def clean_name(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a name fit to keep: one line, visible, at most `most` code points.

    Control and format characters are removed, including those that change the direction of the
    surrounding text, and letters without a shape. A variation selector stays after its emoji or
    letter, and an emoji of several code points stays whole or is dropped. HTML and Markdown stay:
    callers escape a name before showing it.
    """
    shown = (
        character if _EMOJI.fullmatch(character) or _is_visible_character(character) else " "
        for character in _split_characters(text)
    )
    name = " ".join(re.sub(rf"(?<!\S){_INVISIBLE_MARKS}+", "", "".join(shown)).split())
    ends = accumulate(map(len, _split_characters(name)))
    return name[: max((end for end in ends if end <= most), default=0)].strip()


def count_visible_characters(name: str) -> int:
    """Return how many visible characters a clean name has; any emoji counts as one."""
    return len(_split_characters(re.sub(_INVISIBLE_MARKS, "", name)))


def _split_characters(text: str) -> list[str]:
    """Return the code points of a text, with those of an emoji kept together."""
    return [found[0] for found in _CHARACTER.finditer(text)]


def _is_visible_character(letter: str) -> bool:
    return letter.isprintable() and letter not in _BLANK


def lookalike_key(name: str) -> str:
    """Return a key that is equal for names that read alike.

    Case, spaces, invisible characters and look-alike letters make no difference.
    """
    letters = "".join(
        re.sub(f"{_INVISIBLE_MARKS}|{_JOINER}", "", clean_name(name, len(name))).split()
    )
    return unicodedata.normalize("NFKC", letters).translate(_LOOKS_LIKE).casefold()


def escape_csv_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula once its table is saved as CSV.

    An invisible word joiner goes before the characters that begin a formula (OWASP, "CSV
    injection").
    """
    return f"\N{WORD JOINER}{text}" if text.startswith(FORMULA_BEGINS) else text
