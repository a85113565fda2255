"""Preloaded by scheduler and workers (``--preload`` names it): importing it starts to watch the
parent process.
"""

import gc

from distributed import Scheduler, Worker

from fvapp.engine.processes.guard import guard
from fvapp.engine.processes.memory import settle_process
from fvapp.engine.processes.parent_watch import watch
from fvapp.engine.processes.unpickling import GuardedTLS, guard_connections

LOOKS_EVERY_MS = 1_000
"""Between two looks of the scheduler for silent workers. Dask's own looks once in the time it
allows for silence.
"""

watch()
guard_connections()  # now: Dask listens before it calls `dask_setup`
# until the process settles; importing Keras then takes 2.3 s of CPU time instead of 3.0
gc.disable()


def dask_setup(server: Scheduler | Worker) -> None:
    """Guard a server; settle the scheduler. A worker does so once it has loaded Keras
    (:mod:`fvapp.worker.plugin`).
    """
    is_scheduler = isinstance(server, Scheduler)
    guard(server, is_scheduler)
    GuardedTLS.hears_workers = is_scheduler
    if is_scheduler:
        server.periodic_callbacks["worker-ttl"].callback_time = LOOKS_EVERY_MS
        settle_process()
