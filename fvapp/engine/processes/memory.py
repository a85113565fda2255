"""Keeps server, scheduler and workers small over the hours of a lesson.

What a closed session or a finished training leaves behind are few objects in a circle, with megabytes in them: Python
by itself collects them when a quarter of all objects is new, and after the imports of Streamlit or Keras that is never
soon.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from functools import cache

TIDY_SECONDS = 120.0
"""Between two collections. One takes some tenths of a second with the sessions of a class."""

LARGE = 65_536
"""Bytes from which a block is one by itself, see `unmap_large_blocks`; a picture of 280x280 pixels is larger."""

_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_settled = False


def settle_process() -> None:
    """Make garbage collections short and regular.

    Called once what the process needs is imported; may be called again. What is imported is taken out of the garbage
    collector's sight: a full collection walks over every object of every module, whoever asks for it.
    """
    global _settled
    if not _settled:
        _settled = True
        gc.freeze()
        gc.enable()
        threading.Thread(target=_tidy_for_ever, name="fvapp-tidy", daemon=True).start()


def tidy() -> None:
    """Free what is garbage, and give its memory back to the system.

    After a training this takes 2 ms. A process that trained five networks in turn, 200 times, stayed at 368 MB with it
    and grew to 533 MB without.
    """
    gc.collect()
    _call_glibc("malloc_trim", 0)


@cache
def unmap_large_blocks() -> None:
    """Have every block from `LARGE` on given back to the system the moment it is freed.

    glibc raises that size by itself with each larger block that is freed, up to 32 MB; pictures and messages then lie
    between what sessions keep, and leave holes. For a process with many sessions, not for one that trains: it makes and
    frees large blocks all the time, and each would cost a call of the system.

    A server with eight students for seven minutes, beside one without in the same run: 176 MB instead of 186 MB, 7 MB
    of holes instead of 26 MB, which then grew more slowly.
    """
    _call_glibc("mallopt", _M_MMAP_THRESHOLD, LARGE)


def _call_glibc(name: str, *numbers: int) -> None:
    """Call a function of glibc's allocator; elsewhere there is none."""
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function:
            function(*numbers)


def _tidy_for_ever() -> None:
    never = threading.Event()
    while not never.wait(TIDY_SECONDS):
        tidy()
