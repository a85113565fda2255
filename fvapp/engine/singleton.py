"""Holds this server's only engine.

The engine is a module-level object, not one of Streamlit's cached resources, because any visitor
can clear cached resources for everybody.
"""

from __future__ import annotations

import atexit
import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine


_lock = threading.Lock()
_engine: EmbeddedEngine | None = None


def get_engine() -> EmbeddedEngine:
    """Return the engine, which the first call creates without starting its processes.

    Raises:
        EngineError: ``bad_limit``, ``bad_arithmetic`` or ``lab_...``: an environment variable is
            invalid.
    """
    global _engine
    with _lock:
        if _engine is None:
            from fvapp.engine.embedded import EmbeddedEngine

            _engine = EmbeddedEngine()
            atexit.register(_close_engine, _engine)
        return _engine


def set_engine(engine: EmbeddedEngine | None) -> None:
    """Replace the engine in tests; after `set_engine(None)`, `get_engine` creates a new engine."""
    global _engine
    with _lock:
        _engine = engine


def _close_engine(engine: EmbeddedEngine) -> None:
    """Close the engine, which ends its processes, when the interpreter exits."""
    # At exit, the threads for Dask's callbacks have already ended, so tornado would log long,
    # useless tracebacks.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    engine.close()
