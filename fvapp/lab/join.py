"""``python -m fvapp lab join FILE``: let this PC train for a room's app until Ctrl-C is pressed."""

import argparse
import json
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from fvapp.core.datasets import PICTURED, load_dataset
from fvapp.core.errors import EngineError
from fvapp.core.places import AppFolders
from fvapp.engine.processes.cluster import ILLEGAL_INSTRUCTION, Cluster
from fvapp.engine.processes.machine import check_machine_can_train, count_workers
from fvapp.engine.processes.room import JoinFile, read_join_file
from fvapp.engine.processes.supervisor import RestartBackoff
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers.protocol import SAYS, VARIABLE_OF_PC
from fvapp.engine.workers.versions import compare_versions, required_versions
from fvapp.lab.reaching import connect_to_scheduler

PORTS = "8787:8850"
"""Range of ports on which the workers on this PC listen.

The teacher's PC connects to the workers, so a firewall must allow this.
"""
TRIES_EVERY = 2.0  # seconds between two attempts to reach the app
LEAVES_WITHIN = 20.0  # maximum seconds for this PC's workers to return their runs to the app
CALLED_WITHIN = 60.0  # seconds for the app to connect to a worker before a firewall is suspected
PASSES = ("lab_no_name", "lab_no_answer", "lab_not_started")
"""Codes of errors that may go away by themselves, for example if the teacher's PC is still off.

The codes are in the order of progress: the later a code, the further the attempt to connect got.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the join file and the workers' ports."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="that `lab new` wrote on the teacher's PC"
    )
    parser.add_argument(
        "--ports", default=PORTS, metavar="FIRST:LAST", help=f"of the workers (default: {PORTS})"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Train runs of the app on this PC until Ctrl-C is pressed.

    Raises:
        FvappError: the join file, a package version, an image or the certificate is invalid.
    """
    file = read_join_file(args.file)
    check_join_file(file)
    workers = count_workers(os.environ)
    check_machine_can_train(workers)
    # A PC that shuts down sends SIGTERM. As with Ctrl-C, this program then returns its runs to the
    # app, so that they continue elsewhere.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def print_sentence(key: str, **values: object) -> None:
        print(f"{time.strftime('%H:%M:%S')}  {t(key, **values)}", flush=True)

    lent = _LentWorkers(file, workers, args.ports, print_sentence)
    try:
        lent.run_workers()
    except KeyboardInterrupt:
        print_sentence("lab.join.leaving")
        lent.hand_over_runs()
    finally:
        lent.close_cluster()
    print_sentence("lab.join.left")
    return 0


def check_join_file(file: JoinFile) -> None:
    """Check the package versions, the expiry date and the images, without using the network.

    Raises:
        FvappError: the first problem that was found.
    """
    compare_versions(file.versions, required_versions())
    if file.until <= time.time():
        raise EngineError("lab_expired")
    check_dataset_images()


def check_dataset_images() -> None:
    """Check that the images of all data sets are intact.

    Raises:
        DatasetError: some images are damaged.
    """
    for name in PICTURED:
        load_dataset(name, AppFolders.from_environ())


def find_scheduler(file: JoinFile, reach_with: Callable[[str, int], str]) -> tuple[str, str]:
    """Return the scheduler's address, and the address by which the scheduler knows this PC.

    Raises:
        EngineError: no address works. The error is from the attempt that came closest to success.
    """
    troubles = []
    for host in file.addresses:
        try:
            return f"tls://{host}:{file.port}", reach_with(host, file.port)
        except EngineError as error:
            troubles.append(error)
    raise max(
        troubles,
        key=lambda error: PASSES.index(error.code) if error.code in PASSES else len(PASSES),
    )


class _LentWorkers:
    """The workers on this PC, which train runs for the app. A worker that ends is replaced."""

    def __init__(self, file: JoinFile, workers: int, ports: str, say: Callable[..., None]) -> None:
        self._join_file = file
        self._print_sentence = say
        self._credentials = file.write_certificates_to_folder()
        environ = os.environ | {VARIABLE_OF_PC: socket.gethostname()}
        self._ended_workers: SimpleQueue[tuple[str, int]] = SimpleQueue()
        ttl = DEFAULT_TIMING.worker_ttl_seconds
        self._port_range = ports
        self._worker_cluster = Cluster(
            self._credentials,
            lambda _, *ended: self._ended_workers.put(ended),
            ttl,
            environ,
            ports=ports,
        )
        # For each running worker, by name: how long to wait before replacing it if it ends.
        self._running_workers: dict[str, RestartBackoff] = {}
        self._due_worker_starts = [(0.0, RestartBackoff(DEFAULT_TIMING)) for _ in range(workers)]
        self._read_log_lengths: dict[str, int] = {}  # log characters read so far, by worker
        self._connected_workers: set[str] = set()  # names of workers that the app connected to
        self._last_printed_sentence = ""
        self._worker_count = workers

    def run_workers(self) -> None:
        """Start workers when they are due, and replace workers that end, until interrupted."""
        while True:
            now = time.monotonic()
            due = [start for start in self._due_worker_starts if start[0] <= now]
            if due:
                self._worker_cluster.join_scheduler(*self._search_for_app())
                since = time.monotonic()
            for start in due:
                self._due_worker_starts.remove(start)
                # Each worker gets a new name, because the scheduler may still remember the old one.
                name = f"{socket.gethostname()}-{secrets.token_hex(3)}"
                self._running_workers[name] = start[1]
                self._worker_cluster.start_worker(name)
            self._report_worker_messages()
            if not self._connected_workers and now - since > CALLED_WITHIN:
                self._print_sentence_once(
                    "lab.join.not_called", ports=self._port_range.replace(":", "–")
                )
            with suppress(Empty):
                self._schedule_worker_restart(*self._ended_workers.get(timeout=1.0))

    def hand_over_runs(self) -> None:
        """Return this PC's runs to the app; wait until done, or until Ctrl-C is pressed again."""
        self._worker_cluster.ask_workers_to_leave()
        deadline = time.monotonic() + LEAVES_WITHIN
        with suppress(Empty, KeyboardInterrupt):
            while self._running_workers:
                name, _ = self._ended_workers.get(timeout=max(0.0, deadline - time.monotonic()))
                self._running_workers.pop(name, None)

    def close_cluster(self) -> None:
        self._worker_cluster.close()

    def _search_for_app(self) -> tuple[str, str]:
        while True:
            try:
                found = find_scheduler(
                    self._join_file, partial(connect_to_scheduler, credentials=self._credentials)
                )
            except EngineError as error:
                if error.code not in PASSES:
                    raise
                self._print_sentence_once(f"errors.{error.code}", **error.values)
                time.sleep(TRIES_EVERY)
            else:
                self._print_sentence_once(
                    "lab.join.found", address=found[0].removeprefix("tls://"), n=self._worker_count
                )
                return found

    def _schedule_worker_restart(self, name: str, status: int) -> None:
        backoff = self._running_workers.pop(name)
        now = time.monotonic()
        self._due_worker_starts.append((now + backoff.restart_delay_after_death(now), backoff))
        self._connected_workers.discard(name)
        self._print_sentence_once(
            "errors.illegal_instruction" if status in ILLEGAL_INSTRUCTION else "lab.join.ended"
        )

    def _report_worker_messages(self) -> None:
        for name in self._running_workers:
            log = self._credentials.key_path.with_name(f"{name}.log")
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            lines = text[self._read_log_lengths.get(name, 0) :].splitlines()
            self._read_log_lengths[name] = len(text)
            for error in (
                json.loads(line.removeprefix(SAYS)) for line in lines if line.startswith(SAYS)
            ):
                if error is None:
                    self._connected_workers.add(name)
                    self._print_sentence_once(
                        "lab.join.trains", n=len(self._connected_workers), all=self._worker_count
                    )
                else:
                    self._print_sentence_once(f"errors.{error[0]}", **error[1])

    def _print_sentence_once(self, key: str, **values: object) -> None:
        if f"{key}{values}" != self._last_printed_sentence:
            self._last_printed_sentence = f"{key}{values}"
            self._print_sentence(key, **values)
