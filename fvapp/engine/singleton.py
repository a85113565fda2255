"""The one engine of this server.

A module-level object and not a cached resource of Streamlit: any visitor can clear those for everybody.
"""

from __future__ import annotations

import atexit
import logging
import threading

from fvapp.engine.api import Engine

_lock = threading.Lock()
_engine: Engine | None = None


def get_engine() -> Engine:
    """Return the engine; the first call makes it. Its processes come with ``start``.

    Raises:
        EngineError: ``bad_limit`` or ``no_certificate``; a variable of the environment is no good.
    """
    global _engine
    with _lock:
        if _engine is None:
            from fvapp.engine.embedded import EmbeddedEngine

            _engine = EmbeddedEngine()
            atexit.register(_close, _engine)
        return _engine


def set_engine(engine: Engine | None) -> None:
    """Put another engine in its place, for tests of the pages; None: the next call makes a new one."""
    global _engine
    with _lock:
        _engine = engine


def _close(engine: Engine) -> None:
    """End the processes with the interpreter."""
    # Dask's callbacks find their helper threads gone by then, and tornado would tell so at length.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    engine.close()
