"""Makes an id for each click from what it requests, so that duplicates can be ignored."""

import zlib


def click_id(action: str, *parts: object) -> str:
    """Return an id for the request that a click makes; a duplicate click gets the same id."""
    return f"{action}:{zlib.crc32(repr(parts).encode()):08x}"
