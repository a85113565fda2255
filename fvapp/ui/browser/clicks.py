"""Identifies a click by what it asks for, so that a duplicate is not taken for a second click."""

import zlib


def click_id(action: str, *parts: object) -> str:
    """Return a name for what a click asks for; a repeat within a moment is a duplicate click."""
    return f"{action}:{zlib.crc32(repr(parts).encode()):08x}"
