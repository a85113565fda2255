"""Runs a scheduler and workers as child processes, which end when the server ends.

Dask's nannies are not used: the server has to watch its children anyway, and a nanny costs 75 MB
per worker. Every port requires the cluster's TLS certificate. The ports can be reached only from
this machine, unless other PCs may join. The certificate does not protect Dask's HTTP server, so the
routes of the HTTP server are removed, and it can be reached only from this machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from fvapp.core.errors import EngineError
from fvapp.engine.processes.credentials import Credentials
from fvapp.engine.processes.dask_options import child_environment
from fvapp.engine.processes.parent_watch import FOLDER

SCHEDULER = "scheduler"
ILLEGAL_INSTRUCTION = (-signal.SIGILL, 0xC000001D)
"""Exit statuses of a process that ran an instruction unknown to the processor.

The first is that of POSIX, the second that of Windows.
"""
HERE = "127.0.0.1"
"""Address on which local workers listen, and which only this PC can reach."""


class Cluster:
    """A scheduler and its workers, which are child processes of this process.

    Args:
        credentials: the certificate of all these processes; its private folder also holds the logs.
        on_exit: called with a child's name and exit status, from a separate thread, when the child
            has ended.
        worker_ttl_seconds: seconds of silence after which the scheduler drops a worker.
        environ: environment variables of the children, to which Dask's options are added.
        port: port on which the scheduler listens, also for other PCs; None for any free port, on
            which only this PC can reach the scheduler.
        ports: range of the workers' ports, such as "8787:8850"; a firewall may open only these.
    """

    def __init__(
        self,
        credentials: Credentials,
        on_exit: Callable[[Cluster, str, int], None],
        worker_ttl_seconds: float,
        environ: Mapping[str, str] = os.environ,
        port: int | None = None,
        ports: str = "0",
    ) -> None:
        self.credentials = credentials
        self._on_exit = on_exit
        if credentials.folder is None:
            raise ValueError("credentials without a folder")
        self._folder = credentials.folder
        self._file = self._folder / "scheduler.json"
        self._environ = child_environment(environ, worker_ttl_seconds)
        self._port = port
        self._ports = ports
        self._address = f"tls://{HERE}:{port}" if port else None
        self._host = HERE
        # The cluster must keep its Popen objects: if Python freed a Popen object, the object's pipe
        # would close, which ends the child process.
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def start_scheduler(self) -> None:
        listens = [
            "--host",
            HERE if self._port is None else "0.0.0.0",
            "--port",
            str(self._port or 0),
        ]
        self._start_child(
            SCHEDULER,
            "scheduler",
            [*listens, "--scheduler-file", str(self._file)],
            guards_folder=True,
        )

    def join_scheduler(self, address: str, host: str) -> None:
        """Make workers that are started after this call join a scheduler on another PC.

        Args:
            address: the scheduler's address.
            host: address of this PC in the scheduler's network.
        """
        self._address = address
        self._host = host

    def start_worker(self, name: str) -> None:
        """Start a worker, which waits for the scheduler if the scheduler is not ready yet."""
        arguments = [self._address] if self._address else ["--scheduler-file", str(self._file)]
        arguments += [
            "--host",
            self._host,
            "--worker-port",
            self._ports,
            "--name",
            name,
            "--nthreads",
            "1",
        ]
        arguments += ["--memory-limit", "0", "--no-nanny", "--preload", "fvapp.worker.plugin"]
        self._start_child(name, "worker", arguments)

    def ask_workers_to_leave(self) -> None:
        """Ask the workers to exit as soon as their runs can continue on other workers."""
        for child in self._children.values():
            with suppress(OSError, ValueError):  # ignore a child process that has already ended
                if child.stdin:
                    child.stdin.write(b"leave")
                    child.stdin.flush()

    def wait_for_scheduler_address(self, seconds: float) -> str:
        """Wait until the scheduler has started, and return its address.

        Raises:
            EngineError: ``no_scheduler``: the scheduler ended, or did not start within `seconds`.
        """
        deadline = time.monotonic() + seconds
        scheduler = self._children[SCHEDULER]
        while time.monotonic() < deadline and scheduler.poll() is None:
            try:
                address = json.loads(self._file.read_text())["address"]
                return self._address or address
            except (OSError, ValueError):  # the address file is not complete yet
                try:
                    scheduler.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
        raise EngineError("no_scheduler")

    def kill_child(self, name: str) -> None:
        """Kill a child process that no longer answers; `on_exit` is called afterwards."""
        child = self._children.get(name)
        if child is not None:
            child.kill()

    def close(self, seconds: float = 5.0) -> None:
        """End all child processes, wait until they have ended, and remove their private folder."""
        with self._lock:
            self._is_closed = True
            children = list(self._children.values())
        for child in children:
            if child.stdin:
                child.stdin.close()
        deadline = time.monotonic() + seconds
        for child in children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.credentials.close()

    def _start_child(
        self, name: str, role: str, arguments: list[str], guards_folder: bool = False
    ) -> None:
        files = self.credentials
        # Each child is a new Python process. Forking a process that has already imported Keras
        # would be faster, but the child hangs if TensorFlow has computed anything before.
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{role}",
            "--preload",
            "fvapp.engine.processes.preload",
        ]
        command += [*arguments, "--protocol", "tls", "--no-dashboard"]
        command += ["--dashboard-address", f"{HERE}:0", "--tls-ca-file", str(files.authority_path)]
        command += ["--tls-cert", str(files.certificate_path), "--tls-key", str(files.key_path)]
        environ = self._environ | ({FOLDER: str(files.folder)} if guards_folder else {})
        with self._lock:
            if self._is_closed:
                return
            with open(self._folder / f"{name}.log", "ab") as log:
                child = self._children[name] = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env=environ,
                    cwd=files.folder,
                    # The children get their own process group, so that Ctrl-C reaches only the
                    # server, which then ends them. They stay in the server's session, because Linux
                    # divides the cores equally between sessions, whatever the niceness of their
                    # threads.
                    process_group=0,
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                )
        threading.Thread(
            target=self._wait_for_child_exit,
            args=(name, child),
            name=f"fvapp-wait-{name}",
            daemon=True,
        ).start()

    def _wait_for_child_exit(self, name: str, child: subprocess.Popen[bytes]) -> None:
        status = child.wait()
        if child.stdin:
            child.stdin.close()
        with self._lock:
            current = self._children.get(name) is child and not self._is_closed
        if current:
            self._on_exit(self, name, status)
