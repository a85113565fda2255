"""The child processes on this machine: one scheduler and some workers, which end with the server.

Dask's nannies are not used: the server has to watch its children anyway, and a nanny costs 75 MB per worker. Every port
is bound to this machine and requires the certificate. The HTTP routes, which it does not protect, are removed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from fvapp.core.errors import EngineError
from fvapp.engine.processes.credentials import Credentials
from fvapp.engine.processes.machine import count_threads
from fvapp.engine.processes.parent_watch import FOLDER

SCHEDULER = "scheduler"
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
_HEALTH_ONLY = '["distributed.http.health"]'

_ENVIRONMENT = {
    "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": _HEALTH_ONLY,
    "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": _HEALTH_ONLY,
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",  # a run is never silently restarted
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "1000",
    # The last events of each topic, which nobody reads: with 1,000 the scheduler grows by a fifth in an hour's lesson.
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "100",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__LOG_LENGTH": "60",  # the default keeps growing for an hour
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    # Each process checks fifty times a second whether its loop is late, only to log it: 5% of a core in all when
    # idle, 1.3% at twice a second.
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # For glibc: threads share freed memory. The weights that go in and out of each compiled call come from memory that
    # is kept; larger blocks (between two convolutional layers) are mapped and returned.
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
}


class Cluster:
    """The scheduler and workers of one start.

    Args:
        credentials: their certificate; the private folder takes their logs too.
        on_exit: called with the child's name, from a thread of its own, when a child ended.
        worker_ttl: seconds of silence after which the scheduler gives a worker up. It looks once in that time, so a
            frozen worker is noticed within twice as much.
        environ: environment the children start from.
    """

    def __init__(
        self,
        credentials: Credentials,
        on_exit: Callable[[Cluster, str], None],
        worker_ttl: float,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.credentials = credentials
        self._on_exit = on_exit
        self._file = credentials.folder / "scheduler.json"
        self._environ = {
            **environ,
            **_ENVIRONMENT,
            "TF_NUM_INTRAOP_THREADS": str(count_threads()),
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{worker_ttl}s",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), environ.get("PYTHONPATH")))),
        }
        # Kept as long as the cluster: a garbage-collected Popen would close the pipe and end its child.
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def start_scheduler(self) -> None:
        self._start(SCHEDULER, "scheduler", ["--port", "0", "--scheduler-file", str(self._file)], guards_folder=True)

    def start_worker(self, name: str) -> None:
        """Start a worker, which waits for the scheduler by itself."""
        arguments = ["--scheduler-file", str(self._file), "--name", name, "--nthreads", "1", "--memory-limit", "0"]
        arguments += ["--no-nanny", "--preload", "fvapp.worker.plugin"]
        self._start(name, "worker", arguments)

    def wait_for_address(self, seconds: float) -> str:
        """Return the scheduler's address.

        Raises:
            EngineError: ``no_scheduler``, when it ended or took longer than `seconds`.
        """
        deadline = time.monotonic() + seconds
        scheduler = self._children[SCHEDULER]
        while time.monotonic() < deadline and scheduler.poll() is None:
            try:
                return json.loads(self._file.read_text())["address"]
            except (OSError, ValueError):  # not written yet, or only in part
                try:
                    scheduler.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
        raise EngineError("no_scheduler")

    def process_id(self, name: str) -> int | None:
        """Return the process id of a running child."""
        child = self._children.get(name)
        return child.pid if child is not None and child.poll() is None else None

    def kill(self, name: str) -> None:
        """Kill a child that no longer answers; `on_exit` is called afterwards."""
        child = self._children.get(name)
        if child is not None:
            child.kill()

    def close(self, seconds: float = 5.0) -> None:
        """End all children, wait until they are gone, and remove the private folder."""
        with self._lock:
            self._closed = True
            children = list(self._children.values())
        for child in children:
            child.stdin.close()
        deadline = time.monotonic() + seconds
        for child in children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.credentials.remove()

    def _start(self, name: str, role: str, arguments: list[str], guards_folder: bool = False) -> None:
        files = self.credentials
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", "--preload", "fvapp.engine.processes.preload"]
        command += [*arguments, "--host", "127.0.0.1", "--protocol", "tls", "--no-dashboard"]
        command += ["--dashboard-address", "127.0.0.1:0", "--tls-ca-file", str(files.ca)]
        command += ["--tls-cert", str(files.certificate), "--tls-key", str(files.key)]
        environ = self._environ | ({FOLDER: str(files.folder)} if guards_folder else {})
        with self._lock:
            if self._closed:
                return
            with open(files.folder / f"{name}.log", "ab") as log:
                child = self._children[name] = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env=environ,
                    cwd=files.folder,
                    # Ctrl-C is meant for the server alone, which then ends its children. Not a session of their own:
                    # Linux shares the cores between sessions, whatever the niceness of a thread in one of them.
                    process_group=0,
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                )
        threading.Thread(target=self._wait, args=(name, child), name=f"fvapp-wait-{name}", daemon=True).start()

    def _wait(self, name: str, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        child.stdin.close()
        with self._lock:
            current = self._children.get(name) is child and not self._closed
        if current:
            self._on_exit(self, name)
