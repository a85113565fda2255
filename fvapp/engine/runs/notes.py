"""Notes of a workspace: small JSON values kept as text."""

import json

from fvapp.core.errors import EngineError


def read(text: str | None) -> object | None:
    """Return the value of a note, or None if there is none or it was damaged on disk."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def is_whole(text: str) -> bool:
    """Return whether a note can be read."""
    return text == "null" or read(text) is not None


def write(value: object, most_kb: int) -> str:
    """Return the text of a note.

    Raises:
        EngineError: ``note_too_large``.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > most_kb * 1024:
        raise EngineError("note_too_large", most=most_kb)
    return text
