"""A click that comes twice is told from two clicks by what it asks for."""

import zlib


def click_id(what: str, *parts: object) -> str:
    """Return a name for what a click asks for: the same again within a moment is the same click,
    come twice.
    """
    return f"{what}:{zlib.crc32(repr(parts).encode()):08x}"
