"""Check what a run file says of the twelve test images."""

from __future__ import annotations

from collections.abc import Mapping

MOST_MOMENTS = 50  # of one event
MOST_IMAGES = 20
MOST_OUTPUTS = 20
MOST_STEPS = 60_000_000  # of a run


def bad_field(values: Mapping[str, object]) -> str | None:
    """Return the name of the field of an event that is none of `Guesses`, or None when all is well."""
    steps, labels, shares = (values.get(name) for name in ("steps", "labels", "shares"))
    if not _is_list(steps, MOST_MOMENTS) or not all(_is_number(step, MOST_STEPS, whole=True) for step in steps):
        return "steps"
    if not steps or sorted(set(steps)) != list(steps):
        return "steps"
    lengths = set()
    for name, rows, most, whole in (("labels", labels, MOST_OUTPUTS - 1, True), ("shares", shares, 1, False)):
        if not _is_list(rows, MOST_MOMENTS) or len(rows) != len(steps):
            return name
        for row in rows:
            if not _is_list(row, MOST_IMAGES) or not all(each is None or _is_number(each, most, whole) for each in row):
                return name
            lengths.add(len(row))
        if len(lengths) != 1:
            return name
    return None


def _is_list(value: object, most: int) -> bool:
    return isinstance(value, list | tuple) and len(value) <= most


def _is_number(value: object, most: float, whole: bool) -> bool:
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 <= value <= most
