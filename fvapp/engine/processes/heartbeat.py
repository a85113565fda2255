"""Notice a scheduler that exists but does not answer: frozen, or on a machine whose cable was pulled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from fvapp.engine.timing import Timing

if TYPE_CHECKING:
    from distributed import Client

MISSES = 3


def watch_scheduler(client: Client, timing: Timing, ended: threading.Event, lost: Callable[[], None]) -> None:
    """Start to ask the scheduler of `client` regularly whether it is there, until the client is closed.

    TCP by itself keeps a silent connection for minutes, and what is sent into it meanwhile is not missed.

    Args:
        ended: set when nobody wants to know any more.
        lost: called once, after `MISSES` questions in a row without an answer.
    """

    def ask() -> None:
        misses = 0
        while misses < MISSES:
            if ended.wait(timing.ping_every) or client.status != "running":
                return  # a broken connection is noticed by its status
            misses = 0 if _answers(client, timing.ping_within) else misses + 1
        lost()

    threading.Thread(target=ask, name="fvapp-ping", daemon=True).start()


def _answers(client: Client, seconds: float) -> bool:
    try:
        client.sync(client.scheduler.identity, n_workers=0, callback_timeout=seconds)
    except (TimeoutError, OSError, RuntimeError):
        return False
    return True
