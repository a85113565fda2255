"""Limits the memory that server, scheduler and workers take over the hours of a lesson.

A closed session or a finished training run leaves a few objects in reference cycles that hold
megabytes. Python collects them only when a quarter of all objects are new; in a process that has
imported Streamlit or Keras, that takes very long.
"""

import ctypes
import gc
import sys
import threading
from functools import cache

import psutil

TIDY_SECONDS = 120.0
"""Seconds between garbage collections; each takes some tenths of a second with a whole class."""

LARGE = 65_536
"""Blocks of this many bytes or more are mapped separately; a 280x280-pixel picture is larger."""

_M_MMAP_THRESHOLD = -3  # from glibc's malloc.h
_MADV_DONTNEED = 4  # from Linux's mman-common.h


@cache
def settle_process() -> None:
    """Make garbage collections short and regular from now on.

    Call this once everything the process needs is imported; further calls do nothing. It hides the
    imported objects from the garbage collector, whose full collections would otherwise visit every
    object of every module.
    """
    gc.freeze()
    gc.enable()
    threading.Thread(target=_free_garbage_forever, name="fvapp-tidy", daemon=True).start()


def free_garbage() -> None:
    """Free garbage and return its memory to the system.

    After a training run this takes 2 ms. A process that trained five networks in turn, 200 times,
    stayed at 368 MB with these calls, and grew to 533 MB without them.
    """
    gc.collect()
    _call_glibc("malloc_trim", 0)


@cache
def unmap_large_blocks() -> None:
    """Return every block of at least `LARGE` bytes to the system as soon as it is freed.

    By default, glibc raises this threshold, up to 32 MB, whenever a larger block is freed. Pictures
    and messages then end up between the memory of sessions, and leave holes. Call this in a process
    with many sessions, not in one that trains: training allocates large blocks all the time, and
    each would cost a system call.

    After seven minutes with eight students, a server took 176 MB with this call and 186 MB without
    it; 7 MB and 26 MB of these were holes. With the call, the holes also grew more slowly.
    """
    _call_glibc("mallopt", _M_MMAP_THRESHOLD, LARGE)


def unmap_libraries() -> None:
    """Unmap the pages of shared libraries that this process read while loading them.

    For TensorFlow these pages take 340 MB: tables of symbols, and code that runs once. The system
    keeps them in its file cache for the next worker while there is room, and maps again whatever is
    used again. Pages that this process has changed, such as relocated addresses, stay mapped,
    because the changes would be lost.
    """
    if sys.platform == "linux":
        for mapping in psutil.Process().memory_maps(grouped=False):
            if (
                ".so" in mapping.path
                and "w" not in mapping.perms
                and not mapping.anonymous
                and not mapping.swap
            ):
                begin, end = (int(address, 16) for address in mapping.addr.split("-"))
                _call_glibc("madvise", begin, end - begin, _MADV_DONTNEED)


def _call_glibc(name: str, *numbers: int) -> None:
    """Call a function of glibc, if there is one."""
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function:
            function(*map(ctypes.c_long, numbers))


def _free_garbage_forever() -> None:
    never = threading.Event()
    while not never.wait(TIDY_SECONDS):
        free_garbage()
