"""Cleans, measures and compares the names that visitors give."""

import re
import unicodedata
from itertools import accumulate

MOST_CHARACTERS = 60
FORMULA_BEGINS = ("=", "+", "-", "@")

# Characters that look blank: Hangul fillers, a braille cell without dots, a null notehead.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# Marks that are invisible on their own, mostly variation selectors.
_INVISIBLE_MARKS = "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"

# Emoji, as listed in Unicode's emoji-zwj-sequences.txt and emoji-sequences.txt (UTS #51). An emoji
# is a sequence of joined parts, each with an optional variation selector and skin tone; or a flag,
# spelt as a region's code or as two letters; or a keycap, such as a digit in a square.
_JOINER = "\u200d"
_PART = "[\u2190-\u27ff\u2900-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f|[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|{_PART}(?:{_JOINER}{_PART}){{0,6}}"
)
_CHARACTER = re.compile(f"{_EMOJI.pattern}|.", re.DOTALL)

# Maps Cyrillic, Greek and Armenian letters to the Latin letters that they look like (UTS #39).
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԌԜѴаеҽһіјорсѕуүхԁԛԝѵгΑΒΕΖΗΙͿΚΜΝΟΡΤΥΧϜαιϳορυνγՕՏՍոսօհցք",
    "ABESIJKMHOPCTYYXGWVaeehijopcsyyxdqwvrABEZHIJKMNOPTYXFaijopuvyOSUnuohgf",
)


def clean_name(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a cleaned name: one line of visible characters, at most `most` code points long.

    Control and format characters are removed, including characters that change the direction of the
    surrounding text. Letters that look blank are removed, too. A variation selector is kept after
    an emoji or a letter. An emoji of several code points is kept whole or dropped. HTML and
    Markdown are kept, so callers must escape a name before they show it.
    """
    shown = (
        character
        if _EMOJI.fullmatch(character) or (character.isprintable() and character not in _BLANK)
        else " "
        for character in _split_characters(text)
    )
    name = " ".join(re.sub(rf"(?<!\S){_INVISIBLE_MARKS}+", "", "".join(shown)).split())
    ends = accumulate(map(len, _split_characters(name)))
    return name[: max((end for end in ends if end <= most), default=0)].strip()


def count_visible_characters(name: str) -> int:
    """Return the number of visible characters in a clean name; every emoji counts as one."""
    return len(_split_characters(re.sub(_INVISIBLE_MARKS, "", name)))


def _split_characters(text: str) -> list[str]:
    """Return the characters of a text; the code points of an emoji form one character."""
    return [found[0] for found in _CHARACTER.finditer(text)]


def lookalike_key(name: str) -> str:
    """Return a key that is equal for names that look alike.

    Case, spaces, invisible characters and look-alike letters make no difference.
    """
    letters = "".join(
        re.sub(f"{_INVISIBLE_MARKS}|{_JOINER}", "", clean_name(name, len(name))).split()
    )
    return unicodedata.normalize("NFKC", letters).translate(_LOOKS_LIKE).casefold()


def escape_csv_cell(text: str) -> str:
    """Return a text for a CSV file, changed if a spreadsheet would interpret it as a formula.

    A text that begins like a formula gets an invisible word joiner in front (OWASP, "CSV
    Injection").
    """
    return f"\N{WORD JOINER}{text}" if text.startswith(FORMULA_BEGINS) else text
