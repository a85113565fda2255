"""What is set once for the server's process, whose threads are as many as there are visitors."""

from __future__ import annotations

import ctypes
import gc
import sys

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2

_settled = False


def settle_process() -> None:
    """Make garbage collections short and keep memory from scattering; called at every script run, acts at the first."""
    global _settled
    if not _settled:
        _settled = True
        _freeze_imports()
        _share_arenas()


def _freeze_imports() -> None:
    """Take the imported modules out of the garbage collector's sight.

    A full collection walks over every object of every module; with them frozen it is fast whoever asks for it.
    """
    gc.collect()
    gc.freeze()


def _share_arenas() -> None:
    """Let all threads take memory from the same few places.

    Streamlit runs every script in a new thread, and glibc gives threads arenas of their own, eight for each core, which
    keep what was freed in them.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt:
            mallopt(_M_ARENA_MAX, _ARENAS)
