"""Detects when the scheduler no longer answers, for example because a cable was pulled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fvapp.engine.timing import Timing

if TYPE_CHECKING:
    from distributed import Client

MISSES = 3  # unanswered pings in a row after which the scheduler counts as lost


def watch_scheduler(
    client: Client,
    timing: Timing,
    ended: threading.Event,
    lost: Callable[[], None],
    listed: Callable[[Mapping[str, Mapping[str, object]]], None],
) -> None:
    """Ping the scheduler of `client` regularly, in a thread, until the client is closed.

    Pings are needed because TCP keeps a dead connection open for minutes without reporting an
    error.

    Args:
        ended: set when the engine has been closed.
        lost: called once, after `MISSES` unanswered pings in a row or when another scheduler
            answers. In the latter case the client has reconnected automatically to a new scheduler,
            which does not know the old scheduler's workers.
        listed: receives what the scheduler knows about each worker, by address.
    """

    def ping_until_lost() -> None:
        misses = 0
        first = None
        while misses < MISSES:
            answer = _ask_scheduler_identity(client, timing.ping_timeout_seconds)
            if answer is None:
                misses += 1
            elif answer["id"] != (first := first or answer["id"]):
                break
            else:
                misses = 0
                listed(answer["workers"])
            if ended.wait(timing.ping_interval_seconds) or client.status != "running":
                return  # the client has stopped, which the supervisor notices
        lost()

    threading.Thread(target=ping_until_lost, name="fvapp-ping", daemon=True).start()


def _ask_scheduler_identity(client: Client, seconds: float) -> Mapping[str, Any] | None:
    try:
        scheduler: Any = client.scheduler
        return client.sync(scheduler.identity, callback_timeout=seconds)
    except Exception:  # Dask raises any exception that the scheduler raised
        return None
