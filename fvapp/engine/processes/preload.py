"""Secures schedulers and workers, which import this module first (Dask's option ``--preload``)."""

import gc

from distributed import Scheduler, Worker

from fvapp.engine.processes.guard import guard_server
from fvapp.engine.processes.memory import shorten_garbage_collections
from fvapp.engine.processes.parent_watch import watch_parent
from fvapp.engine.processes.unpickling import GuardedTLS, forbid_unpickling

LOOKS_EVERY_MS = 1_000
"""Milliseconds between the scheduler's checks for silent workers.

By default, Dask waits for the whole time-out between two checks.
"""

watch_parent()
forbid_unpickling()  # called on import, because Dask listens before it calls `dask_setup`
# Garbage collection stays off until `shorten_garbage_collections` is called, because importing
# Keras then takes 2.3 s of CPU time rather than 3.0 s.
gc.disable()


def dask_setup(server: Scheduler | Worker) -> None:
    """Secure a Dask server and, if it is a scheduler, finish its setup.

    A worker's setup is finished by the worker plugin, after Keras is loaded.
    """
    is_scheduler = isinstance(server, Scheduler)
    guard_server(server, is_scheduler)
    GuardedTLS.hears_workers = is_scheduler
    if is_scheduler:
        server.periodic_callbacks["worker-ttl"].callback_time = LOOKS_EVERY_MS
        shorten_garbage_collections()
