"""Dask's options for schedulers and workers on all PCs, which Dask reads from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from fvapp.core.tables import read_toml_table
from fvapp.engine.processes.machine import threads_per_training

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


def child_environment(environ: Mapping[str, str], worker_ttl_seconds: float) -> dict[str, str]:
    """Return the environment variables with which to start a scheduler or a worker.

    Args:
        environ: the environment variables to which Dask's options are added.
        worker_ttl_seconds: seconds of silence after which the scheduler drops a worker.
    """
    return {
        **environ,
        **read_toml_table(__file__, "dask_options.toml"),
        "TF_NUM_INTRAOP_THREADS": str(threads_per_training()),
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{worker_ttl_seconds}s",
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(_PACKAGE_ROOT), environ.get("PYTHONPATH")))
        ),
    }
