"""Names that visitors give."""

from __future__ import annotations

MOST_CHARACTERS = 60


def clean_name(text: str) -> str:
    """Return a name as it may be kept: one line, at most 60 characters, none that cannot be seen.

    Control and format characters go, among them those that turn the direction of the text around them. What HTML or
    Markdown would read stays; whoever shows a name escapes it.
    """
    seen = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(seen.split())[:MOST_CHARACTERS].strip()
