"""Notes of a workspace: small JSON values kept as text."""

from __future__ import annotations

import json

from fvapp.core.errors import EngineError


def read(text: str | None) -> object | None:
    """Return the value of a note; None where there is none, or where it was damaged on the disk."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def write(value: object, most_kb: int) -> str:
    """Return the text of a note.

    Raises:
        EngineError: ``note_too_large``.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > most_kb * 1024:
        raise EngineError("note_too_large", most=most_kb)
    return text


def merged(ours: str, theirs: str) -> str:
    """Return one note of two that were written apart; of an entry that both have, ours counts.

    Entries of objects are told apart by their names; items of lists are put one after the other; of anything else ours
    counts.
    """
    own, other = read(ours), read(theirs)
    if isinstance(own, dict) and isinstance(other, dict):
        return json.dumps({**other, **own}, ensure_ascii=False, separators=(",", ":"))
    if isinstance(own, list) and isinstance(other, list):
        return json.dumps(
            [*own, *(item for item in other if item not in own)], ensure_ascii=False, separators=(",", ":")
        )
    return theirs if own is None else ours
