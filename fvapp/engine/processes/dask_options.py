"""Options of all schedulers and workers, on all PCs; Dask reads them from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from fvapp.engine.processes.machine import threads_per_training

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
_HEALTH_ONLY = '["distributed.http.health"]'

_OPTIONS = {
    "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": _HEALTH_ONLY,
    "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": _HEALTH_ONLY,
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",  # Dask never trains a run again by itself
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "1000",
    # Number of past events kept per topic, which nobody reads: with 1,000 the scheduler grows by a
    # fifth in an hour's lesson.
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "100",
    # with the default, this log keeps growing for an hour
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__LOG_LENGTH": "60",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    # Each process checks whether its loop is late, only to log it. At the default of 50 times a
    # second that takes 5% of a core in all when idle; at twice a second, 1.3%.
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # For glibc: threads share freed memory. The weights in and out of each compiled call use memory
    # that is kept; larger blocks (between two convolutional layers) are mapped, and returned.
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
}


def child_environment(environ: Mapping[str, str], worker_ttl: float) -> dict[str, str]:
    """Return the environment of a scheduler or a worker.

    Args:
        environ: the environment it starts from.
        worker_ttl: seconds of silence after which the scheduler gives up a worker.
    """
    return {
        **environ,
        **_OPTIONS,
        "TF_NUM_INTRAOP_THREADS": str(threads_per_training()),
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{worker_ttl}s",
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(_PACKAGE_ROOT), environ.get("PYTHONPATH")))
        ),
    }
