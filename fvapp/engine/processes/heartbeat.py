"""Notice a scheduler that exists but does not answer: frozen, or on a machine whose cable was
pulled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fvapp.engine.timing import Timing

if TYPE_CHECKING:
    from distributed import Client

MISSES = 3


def watch_scheduler(
    client: Client,
    timing: Timing,
    ended: threading.Event,
    lost: Callable[[], None],
    listed: Callable[[Mapping[str, Mapping[str, object]]], None],
) -> None:
    """Start to ask the scheduler of `client` regularly whether it is there, until the client is
    closed.

    TCP by itself keeps a silent connection for minutes, and what is sent into it meanwhile is not
    missed.

    Args:
        ended: set when nobody wants to know any more.
        lost: called once, after `MISSES` questions in a row without an answer, or when another
            scheduler answers: the client has connected again by itself, and knows nothing of those
            who were with the first.
        listed: takes what the scheduler knows of each worker, by address.
    """

    def ask() -> None:
        misses = 0
        first = None
        while misses < MISSES:
            answer = _identity(client, timing.ping_within)
            if answer is None:
                misses += 1
            elif answer["id"] != (first := first or answer["id"]):
                break
            else:
                misses = 0
                listed(answer["workers"])
            if ended.wait(timing.ping_every) or client.status != "running":
                return  # a broken connection is noticed by its status
        lost()

    threading.Thread(target=ask, name="fvapp-ping", daemon=True).start()


def _identity(client: Client, seconds: float) -> Mapping[str, Any] | None:
    try:
        scheduler: Any = client.scheduler
        return client.sync(scheduler.identity, callback_timeout=seconds)
    except Exception:  # Dask raises whatever the other side raised
        return None
