"""The one engine of this server.

It is a module-level object, not a cached resource of Streamlit, because any visitor can clear those
for everybody.
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
    """Return the engine, created by the first call; its processes are started by ``start``.

    Raises:
        EngineError: ``bad_limit``, ``bad_arithmetic`` or ``lab_...``: an environment variable is
            invalid.
    """
    global _engine
    with _lock:
        if _engine is None:
            from fvapp.engine.embedded import EmbeddedEngine

            _engine = EmbeddedEngine()
            atexit.register(_close, _engine)
        return _engine


def set_engine(engine: EmbeddedEngine | None) -> None:
    """Replace the engine, for tests of the pages; with None the next call creates a new one."""
    global _engine
    with _lock:
        _engine = engine


def _close(engine: EmbeddedEngine) -> None:
    """Shut down the processes when the interpreter exits."""
    # By then the helper threads of Dask's callbacks are gone, and tornado would complain at length.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    engine.close()
