"""Computes how many workers, and how many threads per worker, suit this machine or container."""

import os
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psutil

from fvapp.core.errors import EngineError
from fvapp.core.processor import require_avx
from fvapp.engine.processes.containers import PROC, core_limit, memory_limit

WORKER_MB = 1_100  # memory of a worker: Keras, data sets, and a lesson's compiled programs
SERVER_MB = 650  # memory of the server and Dask's scheduler together
RESIDENT_MB = 900
"""Minimum memory of the machine or container, in MB, for a worker that always runs.

The server and the scheduler take 230 MB with one visitor. A worker takes 410 MB once it has trained
a network and answered questions.
"""
LEAST_MB = 500
"""Minimum memory, in MB, for starting a worker.

With less memory, the system would kill the worker or the server while the worker loads Keras.
"""
TRAINS_NOTHING = ("no_memory", "no_avx")
"""Codes of errors that prevent training, and that a restart cannot fix.

``no_memory``: there is too little memory for a worker. ``no_avx``: the processor lacks the AVX
instructions.
"""
ONLY_HERE = ("localhost", "127.0.0.1", "::1")  # addresses by which a PC reaches itself
EVERYWHERE = ("", "0.0.0.0", "::")  # each stands for all addresses of this machine

MOST_WORKERS = 8
MOST_THREADS = 2
"""Maximum number of threads per training run.

On an idle machine, two threads train the course notebook's network 1.5 times as fast as one thread,
and the small CNN 2.6 times as fast. More threads were not measured.
"""


def count_workers(environ: Mapping[str, str], proc: Path = PROC) -> int:
    """Return the number in ``FVAPP_WORKERS``, or else the number that cores and memory allow.

    Raises:
        EngineError: ``bad_limit``: the variable is not a whole number from 1 to 64.
    """
    asked = environ.get("FVAPP_WORKERS", "").strip()
    if asked:
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= 64):
            raise EngineError("bad_limit", name="FVAPP_WORKERS", value=asked[:40])
        return int(asked)
    return workers_that_fit(available_cores(proc), available_memory_mb(proc))


def check_machine_can_train(workers: int) -> None:
    """Check that this machine can train networks.

    Args:
        workers: how many workers the machine can run.

    Raises:
        EngineError: ``no_memory``: there is too little memory for a worker; ``no_avx``: the
            processor has no AVX instructions.
    """
    if not workers:
        raise EngineError("no_memory")
    require_avx()


def count_resident_workers(environ: Mapping[str, str]) -> int:
    """Return how many workers run even if there are no visitors.

    Their number is ``FVAPP_WORKERS``. If this variable is not set, one worker runs if the machine
    has at least `RESIDENT_MB` of memory.
    """
    asked = environ.get("FVAPP_WORKERS", "").strip()
    return count_workers(environ) if asked else int(available_memory_mb() >= RESIDENT_MB)


def workers_that_fit(cores: int, memory_mb: float) -> int:
    """Return how many workers the cores and the memory allow; 0 if there is too little memory."""
    if memory_mb < LEAST_MB:
        return 0
    return max(1, min(cores, int((memory_mb - SERVER_MB) / WORKER_MB), MOST_WORKERS))


def worker_memory_share(workers: int, memory_mb: float, most_mb: float) -> tuple[float, bool]:
    """Return each worker's share of the memory in MB, and whether one more worker would fit.

    Args:
        workers: number of workers that share the memory.
        memory_mb: memory of the machine or container.
        most_mb: the largest share of a worker, in MB.
    """
    left = memory_mb - SERVER_MB
    share = min(most_mb, left / max(1, workers))
    return share, left >= (workers + 1) * share


def threads_per_training() -> int:
    """Return the number of threads per training run, which is the same in all local workers.

    Sums of floats depend on the number of threads, so a run's curve can be reproduced only with the
    same number.
    """
    return min(MOST_THREADS, available_cores())


def available_cores(proc: Path = PROC) -> int:
    """Return the number of cores that CPU affinity and container limits allow; at least 1."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    limit = core_limit(proc)
    return cores if limit is None else max(1, min(cores, int(limit)))


def machine_slowdown_factor(proc: Path = PROC) -> float:
    """Return how many times slower than a full core this machine is: 10 if it has 0.1 cores."""
    limit = core_limit(proc)
    return 1.0 if limit is None else max(1.0, 1 / limit)


def lan_address() -> str | None:
    """Return this machine's address on the local network, or None if it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; the address is reserved for documentation
            # (RFC 5737).
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def is_port_free(port: int) -> bool:
    """Return whether a port is free, so that a program can listen on it."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        if os.name != "nt":  # on Windows, SO_REUSEADDR would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except (OSError, OverflowError):
            return False
    return True


def available_memory_mb(proc: Path = PROC) -> float:
    """Return this machine's memory in MB, or the container's memory limit if that is lower."""
    limit = memory_limit(proc)
    total = psutil.virtual_memory().total
    return (total if limit is None else min(total, limit)) / 2**20
