"""How many training processes this machine or container can handle."""

import os
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psutil

from fvapp.core.errors import EngineError
from fvapp.core.processor import require_avx
from fvapp.engine.processes.containers import PROC, core_limit, memory_limit

WORKER_MB = 1_100  # memory of a worker: Keras, both data sets, and a lesson's compiled programs
SERVER_MB = 650  # memory of the server: Streamlit, the scheduler and some reserve
RESIDENT_MB = 900
"""With at least this much memory in machine or container, one worker always runs.

Server and scheduler take 230 MB with one visitor; a worker takes 410 MB once it has trained and
answered.
"""
LEAST_MB = 500
"""With less memory no worker is started: the system would kill it or the server as Keras loads."""
TRAINS_NOTHING = ("no_memory", "no_avx")
"""Codes of errors that a restart cannot fix."""
ONLY_HERE = ("localhost", "127.0.0.1", "::1")  # names by which this machine reaches itself
EVERYWHERE = ("", "0.0.0.0", "::")  # values for listening at all addresses of this machine

MOST_WORKERS = 8
MOST_THREADS = 2
"""Maximum number of threads per training run.

On an idle machine, two threads train the notebook's network 1.5 times, and the small CNN 2.6 times,
as fast as one thread; more threads were not measured.
"""


def count_workers(environ: Mapping[str, str], proc: Path = PROC) -> int:
    """Return ``FVAPP_WORKERS``, or the number of workers that cores and memory allow.

    Raises:
        EngineError: ``bad_limit``: the variable is not a whole number from 1 to 64.
    """
    asked = environ.get("FVAPP_WORKERS", "").strip()
    if asked:
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= 64):
            raise EngineError("bad_limit", name="FVAPP_WORKERS", value=asked[:40])
        return int(asked)
    return workers_that_fit(available_cores(proc), available_memory_mb(proc))


def check_machine(workers: int) -> None:
    """Check that this machine can train.

    Raises:
        EngineError: ``no_memory``: there is no memory for a worker; as :func:`require_avx`.
    """
    if not workers:
        raise EngineError("no_memory")
    require_avx()


def count_resident_workers(environ: Mapping[str, str], proc: Path = PROC) -> int:
    """Return how many workers run even without visitors: ``FVAPP_WORKERS``, else one if it fits."""
    asked = environ.get("FVAPP_WORKERS", "").strip()
    return count_workers(environ, proc) if asked else int(available_memory_mb(proc) >= RESIDENT_MB)


def workers_that_fit(cores: int, memory_mb: float) -> int:
    """Return how many workers the cores and the memory allow; 0 if there is no memory for any."""
    if memory_mb < LEAST_MB:
        return 0
    return max(1, min(cores, int((memory_mb - SERVER_MB) / WORKER_MB), MOST_WORKERS))


def worker_memory_share(workers: int, memory_mb: float, most_mb: float) -> tuple[float, bool]:
    """Return the MB each worker may grow to, at most `most_mb`, and whether one more then fits."""
    left = memory_mb - SERVER_MB
    share = min(most_mb, left / max(1, workers))
    return share, left >= (workers + 1) * share


def threads_per_training(proc: Path = PROC) -> int:
    """Return the number of threads per training run, the same in every worker at all times.

    Sums of floats depend on the number of threads, so only the same number gives the same curve.
    """
    return min(MOST_THREADS, available_cores(proc))


def available_cores(proc: Path = PROC) -> int:
    """Return the number of cores that affinity and the container's quota allow; at least 1."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    limit = core_limit(proc)
    return cores if limit is None else max(1, min(cores, int(limit)))


def machine_slowness(proc: Path = PROC) -> float:
    """Return how many times slower than a dedicated core this machine is: 10 with 0.1 cores."""
    limit = core_limit(proc)
    return 1.0 if limit is None else max(1.0, 1 / limit)


def lan_address() -> str | None:
    """Return this machine's address on the local network, or None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # a documentation address (RFC 5737); a datagram socket sends nothing here
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def is_port_free(port: int) -> bool:
    """Return whether a port is free to listen at."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        if os.name != "nt":  # on Windows the option lets two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except (OSError, OverflowError):
            return False
    return True


def available_memory_mb(proc: Path = PROC) -> float:
    """Return the memory of machine or container in MB, whichever is smaller."""
    limit = memory_limit(proc)
    total = psutil.virtual_memory().total
    return (total if limit is None else min(total, limit)) / 2**20
