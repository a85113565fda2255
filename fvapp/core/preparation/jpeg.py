"""What a JPEG file would cost to decode, read from its markers before anything is decoded (ITU-T T.81, annex B)."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)  # 00 and D0-D7 belong to the pixels' code
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_ALONE = (0x01, _START_OF_IMAGE)  # markers without a segment behind them


def count_scans(data: bytes) -> int:
    """Return how many scans the first image of a file has; a thumbnail inside of a segment does not count.

    An image of one scan is decoded row by row. With more of them the decoder keeps all coefficients, two bytes each,
    whatever size is wanted, and goes through all of them again for each scan, which may be a few bytes: 3,000 scans of
    15 million pixels, 180 kB, took a minute.
    """
    scans, place = 0, 0
    while marker := _MARKER.search(data, place):
        kind, place = marker[1][0], marker.end()
        if kind == _END_OF_IMAGE:
            break
        scans += kind == _START_OF_SCAN
        if kind not in _ALONE:
            place += int.from_bytes(data[place : place + 2], "big")
    return scans
