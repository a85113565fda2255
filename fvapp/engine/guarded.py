"""Preloaded by scheduler and workers (``--preload fvapp.engine.guarded``): importing it begins to guard the process."""

from __future__ import annotations

import gc

from distributed import Scheduler, Worker

from fvapp.engine.guard import watch
from fvapp.engine.process import settle_process

watch()
gc.disable()  # until the process settles: Keras is imported in 2.3 s of processor time instead of 3.0


def dask_setup(server: Scheduler | Worker) -> None:
    """Settle the scheduler; a worker does so once it has loaded Keras, see :mod:`fvapp.engine.worker`."""
    if isinstance(server, Scheduler):
        settle_process()
