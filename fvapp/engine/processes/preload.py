"""Preloaded by scheduler and workers (``--preload`` names it): importing it starts to watch the parent process."""

from __future__ import annotations

import gc

from distributed import Scheduler, Worker

from fvapp.engine.processes.memory import settle_process
from fvapp.engine.processes.parent_watch import watch

watch()
gc.disable()  # until the process settles; importing Keras then takes 2.3 s of CPU time instead of 3.0


def dask_setup(server: Scheduler | Worker) -> None:
    """Settle the scheduler; a worker does so once it has loaded Keras, see :mod:`fvapp.worker.plugin`."""
    if isinstance(server, Scheduler):
        settle_process()
