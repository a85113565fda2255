"""Keeps the server's process small: its script threads and sessions are as many as a class makes in an hour."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading

TIDY_SECONDS = 120.0
"""Between two collections. One takes some tenths of a second with the sessions of a class; Python by itself waits until
a quarter of all objects is new, and closed sessions stay until then."""

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
        threading.Thread(target=_tidy_for_ever, name="fvapp-tidy", daemon=True).start()


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
    mallopt = _from_glibc("mallopt")
    if mallopt:
        mallopt(_M_ARENA_MAX, _ARENAS)


def _tidy_for_ever() -> None:
    """Free closed sessions now and then, and give their memory back to the system."""
    trim, never = _from_glibc("malloc_trim"), threading.Event()
    while not never.wait(TIDY_SECONDS):
        gc.collect()
        if trim:
            trim(0)


def _from_glibc(name: str):
    """Return a function of the C library, or None where it has none of this name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
