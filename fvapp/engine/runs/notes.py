"""Reads, writes and merges a workspace's notes, which are small JSON values stored as text."""

import json
from typing import Any

from fvapp.core.errors import EngineError


def read_note(text: str | None) -> object | None:
    """Return a note's value from its JSON text, or None if the text is None or damaged."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def is_readable_note(text: str) -> bool:
    """Return whether the text of a note is valid JSON."""
    return text == "null" or read_note(text) is not None


def write_note(value: object, most_kb: int) -> str:
    """Return a note's value as JSON text.

    Raises:
        EngineError: ``note_too_large``: the text is larger than `most_kb` kilobytes.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > most_kb * 1024:
        raise EngineError("note_too_large", most=most_kb)
    return text


def name_of_note_part(name: str, classroom: str) -> str:
    """Return the name under which a class's part of a note (stored page data) is kept.

    Args:
        name: name of the whole note.
        classroom: id of the class; if it is empty, the result is `name`.
    """
    return f"{name}@{classroom}" if classroom else name


def is_note_part_of_class(name: str) -> bool:
    return "@" in name


def merge_changes(target: Any, before: Any, after: object, over: bool) -> object | None:
    """Return `target` with the changes from `before` to `after`.

    Each entry of a dictionary, and each row of a list, is changed independently.

    Args:
        over: whether to overwrite entries of `target` that differ from `before`.
    """
    if target == before:
        return after
    if isinstance(after, dict) and all(
        isinstance(value, dict | None) for value in (target, before)
    ):
        target = dict(target or {})
        before = before or {}
        for key in dict.fromkeys([*before, *after]):
            own = target.get(key)
            if before.get(key) == after.get(key) or not (over or own in (None, before.get(key))):
                continue
            target.pop(key, None)
            if key in after:
                target[key] = after[key]
        return target
    if isinstance(after, list) and all(
        isinstance(value, list | None) for value in (target, before)
    ):
        target = target or []
        before = before or []
        kept = [row for row in target if row in after or row not in before]
        return [*kept, *(row for row in after if row not in before and row not in kept)]
    return after if over else target


def note_value_without_parts(note: object | None, parts: list[object]) -> object | None:
    """Return a note's value without the entries that also occur in any of the given parts."""
    for part in parts:
        if isinstance(note, dict) and isinstance(part, dict):
            note = {key: value for key, value in note.items() if part.get(key) != value}
        elif isinstance(note, list) and isinstance(part, list):
            note = [row for row in note if row not in part]
        elif note == part:
            note = None
    return note
