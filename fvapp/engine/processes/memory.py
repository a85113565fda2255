"""Limits the memory that the server, scheduler and workers use during a lesson.

A closed session or a finished training run leaves objects in reference cycles, which hold
megabytes. Python collects such cycles only when a quarter of all objects are new. In a process that
has imported Streamlit or Keras, it takes very long until so many objects are new.
"""

import ctypes
import gc
import sys
import threading
from functools import cache

import psutil

TIDY_SECONDS = 120.0
"""Seconds between two garbage collections.

With a whole class of visitors, a garbage collection takes some tenths of a second.
"""

LARGE = 65_536
"""Minimum size, in bytes, of a block of memory that is mapped separately.

A picture of 280x280 pixels is larger than this.
"""

_M_MMAP_THRESHOLD = -3  # defined in glibc's malloc.h
_MADV_DONTNEED = 4  # defined in Linux's mman-common.h


@cache
def shorten_garbage_collections() -> None:
    """Make Python collect garbage at regular intervals from now on, and keep collections quick.

    Call this function after the process has imported all its modules; further calls do nothing. The
    function hides all existing objects from the garbage collector, whose full collections would
    otherwise visit every object of every module.
    """
    gc.freeze()
    gc.enable()
    threading.Thread(target=_free_garbage_forever, name="fvapp-tidy", daemon=True).start()


def free_garbage() -> None:
    """Collect Python's garbage, and return the freed memory to the operating system.

    After a training run this takes 2 ms. A worker that trained five networks in turn, 200 times,
    stayed at 368 MB if it called this function after each run, and otherwise grew to 533 MB.
    """
    gc.collect()
    _call_glibc("malloc_trim", 0)


@cache
def unmap_large_blocks() -> None:
    """Make glibc return blocks of at least `LARGE` bytes to the system as soon as they are freed.

    By default, glibc raises the minimum size of such blocks, up to 32 MB, whenever a larger block
    is freed. Pictures and messages are then allocated between the memory of sessions, and leave
    holes when freed. Call this function in the server, not in workers: training allocates large
    blocks all the time, and each block would cost a system call.

    After seven minutes with eight students, a server used 176 MB with this call (7 MB in holes) and
    186 MB without it (26 MB in holes). With the call, the holes also grew more slowly.
    """
    _call_glibc("mallopt", _M_MMAP_THRESHOLD, LARGE)


def unmap_libraries() -> None:
    """Free the memory pages of shared libraries that were read when the libraries were loaded.

    For TensorFlow these pages take 340 MB: tables of symbols, and code that runs once. The system
    keeps the pages in its file cache for the next worker while there is room, and maps a page again
    when it is used again. Pages that this process has changed, such as relocated addresses, stay
    mapped, because the changes would be lost.
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
    """Call a function of the C library glibc; do nothing on systems without this function."""
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function:
            function(*map(ctypes.c_long, numbers))


def _free_garbage_forever() -> None:
    never = threading.Event()
    while not never.wait(TIDY_SECONDS):
        free_garbage()
