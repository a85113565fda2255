"""Names that visitors give."""

from __future__ import annotations

MOST_CHARACTERS = 60
FORMULA_BEGINS = ("=", "+", "-", "@")


def clean_name(text: str) -> str:
    """Return a name as it may be kept: one line, at most 60 characters, none that cannot be seen.

    Control and format characters go, among them those that turn the direction of the text around them. What HTML or
    Markdown would read stays; whoever shows a name escapes it.
    """
    seen = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(seen.split())[:MOST_CHARACTERS].strip()


def as_cell(text: str) -> str:
    """Return a text for a cell of a table that can be saved as CSV: never a formula for who opens it in a spreadsheet.

    A word joiner, which nobody sees, goes before the characters with which a formula begins (OWASP, "CSV injection").
    """
    return f"\N{WORD JOINER}{text}" if text.startswith(FORMULA_BEGINS) else text
