"""Identifies a click by what it asks for, so that a duplicate is not taken for a second click."""

import zlib


def click_id(action: str, *parts: object) -> str:
    """Return an id of the request that a click makes; a duplicate click has the same id."""
    return f"{action}:{zlib.crc32(repr(parts).encode()):08x}"
