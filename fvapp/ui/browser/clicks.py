"""Identifies a click by what it asks for, so that a duplicate is not taken for a second click."""

import zlib


def click_id(what: str, *parts: object) -> str:
    """Return a name for what a click asks for; the same again within a moment is a duplicate."""
    return f"{what}:{zlib.crc32(repr(parts).encode()):08x}"
