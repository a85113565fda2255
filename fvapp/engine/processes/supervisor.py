"""Starts the scheduler and workers, connects to them, and replaces workers that die.

The supervisor reports starts and losses of these processes to the engine's inbox. The
engine's thread decides how these events affect runs.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fvapp.core.errors import EngineError
from fvapp.engine.inbox import Inbox, SchedulerConnected, SchedulerLost, WorkerGone, WorkerRefused
from fvapp.engine.processes.cluster import ILLEGAL_INSTRUCTION, SCHEDULER, Cluster
from fvapp.engine.processes.credentials import Credentials, make_credentials
from fvapp.engine.processes.greeting import WorkerGreeter
from fvapp.engine.processes.heartbeat import watch_scheduler
from fvapp.engine.processes.hosts import TrainingHosts
from fvapp.engine.processes.machine import check_machine_can_train, is_port_free
from fvapp.engine.timing import Timing
from fvapp.engine.workers.connection import WorkerConnection
from fvapp.engine.workers.protocol import TOPIC, message_from_plain

if TYPE_CHECKING:
    from distributed import Client

_log = logging.getLogger(__name__)


class RestartBackoff:
    """Computes how long to wait before a dead worker is replaced: longer after repeated deaths."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._deaths: deque[float] = deque()

    def restart_delay_after_death(self, now: float) -> float:
        """Record a worker's death at the time `now`; return the seconds until its replacement."""
        self._deaths.append(now)
        while self._deaths[0] < now - self._timing.death_window_seconds:
            self._deaths.popleft()
        beyond = len(self._deaths) - self._timing.deaths_until_delayed_restart
        return 0.0 if beyond < 0 else min(60.0, self._timing.restart_delay_seconds * 2**beyond)


class Supervisor:
    """Runs the scheduler and the workers as a cluster, one cluster at a time.

    Attributes:
        greeter: says "hello" to workers, and remembers what the scheduler reports about them.

    Args:
        connection: the connection whose Dask client the supervisor sets and removes.
        clock: a monotonic clock, in seconds.
        environ: environment variables for the processes.
    """

    def __init__(
        self,
        connection: WorkerConnection,
        inbox: Inbox,
        timing: Timing,
        clock: Callable[[], float],
        hosts: TrainingHosts,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._connection = connection
        self._inbox = inbox
        self._timing = timing
        self._clock = clock
        self._hosts = hosts
        self._environ = environ
        self._lock = threading.Lock()
        self._cluster: Cluster | None = None
        self._backoff = RestartBackoff(timing)
        self._due_starts: dict[str, float] = {}  # when to start workers, by the workers' names
        # start times of workers that have not answered yet
        self._awaited_workers: dict[str, float] = {}
        self._worker_names: dict[str, str] = {}  # names of local workers, by address
        self._given_name_count = 0  # number of names given to workers so far
        # names of local workers that are restarted if they die
        self._permanent_workers: set[str] = set()
        self._end_event = threading.Event()
        self.greeter = WorkerGreeter(
            connection, inbox, self._end_event, self._note_worker_answer, self.kill_worker
        )

    def start_processes(self) -> None:
        """Start all processes in a thread, and post ``SchedulerConnected`` or ``SchedulerLost``."""
        threading.Thread(
            target=self._start_processes_or_report, name="fvapp-start", daemon=True
        ).start()

    def check_processes(self) -> None:
        """Start workers that are due, kill workers that never answered, report lost connections."""
        now = self._clock()
        with self._lock:
            due = [name for name, time in self._due_starts.items() if time <= now]
            for name in due:
                del self._due_starts[name]
                self._start_worker(name)
            late = [
                name
                for name, since in self._awaited_workers.items()
                if now - since > self._timing.worker_start_timeout_seconds
            ]
            if self._cluster:
                for name in late:
                    self._cluster.kill_child(name)
            client = self._connection.client
            lost = client is not None and client.status not in ("running", "newly-created")
        if lost:
            self._inbox.post_message(SchedulerLost())

    def count_local_workers(self) -> int:
        """Return the number of local workers that run or start, except workers that are leaving."""
        with self._lock:
            return len(self._permanent_workers)

    def kill_worker(self, address: str) -> None:
        """Kill a local worker, which may be frozen, even if the scheduler has dropped it."""
        with self._lock:
            name = self._worker_names.pop(address, None)
            if name is not None and self._cluster is not None:
                self._cluster.kill_child(name)

    def dismiss_worker(self, address: str) -> None:
        """End a worker that is no longer needed, on this PC or another PC."""
        with self._lock:
            ours = address in self._worker_names
        if ours:
            self.kill_worker(address)
        else:
            self.greeter.end_worker(address)

    def start_successor(self, address: str) -> str:
        """Start a worker to replace the one at `address`; return the new worker's name.

        ``WorkerJoined`` is posted when the new worker answers. The old worker is not ended.
        """
        with self._lock:
            self._permanent_workers.discard(self._worker_names.get(address, ""))
        return self.start_another_worker()

    def start_another_worker(self) -> str:
        """Start one more worker and return its name; ``WorkerJoined`` is posted when it answers."""
        with self._lock:
            self._given_name_count += 1
            name = f"worker-{self._given_name_count}"
            if self._cluster is not None:
                self._permanent_workers.add(name)
            self._start_worker(name)
        return name

    def retire_worker(self, address: str) -> None:
        """Kill a local worker, and do not start another in its place."""
        with self._lock:
            self._permanent_workers.discard(self._worker_names.get(address, ""))
        self.kill_worker(address)

    def end_lost_cluster(self, then: Callable[[], None]) -> None:
        """End the cluster of a lost scheduler, then call `then`; the client ends in a thread."""
        client, cluster = self._detach_processes()
        if cluster is not None:
            cluster.close()
        if client is not None:
            # The client is closed in a thread, because closing it waits for the scheduler, which is
            # gone.
            threading.Thread(
                target=_close_client, args=(client,), name="fvapp-close", daemon=True
            ).start()
        then()

    def end_processes(self) -> None:
        self._end_event.set()
        client, cluster = self._detach_processes()
        if client is not None:
            _close_client(client)
        if cluster is not None:
            cluster.close()
        self.greeter.end_helper_threads()

    # Private methods

    def _detach_processes(self) -> tuple[Client | None, Cluster | None]:
        """Forget the client, the cluster and its workers; return the client and the cluster."""
        with self._lock:
            taken = self._connection.client, self._cluster
            self._connection.client = self._cluster = None
            for known in (
                self._due_starts,
                self._awaited_workers,
                self._worker_names,
                self._permanent_workers,
            ):
                known.clear()
        return taken

    def _start_processes_or_report(self) -> None:
        try:
            check_machine_can_train(self._hosts.max_workers)
            self._start_processes()
        except EngineError as error:
            _log.warning("the training processes could not be started: %s", error)
            self._inbox.post_message(SchedulerLost(error.code))
        # A process could not be started, or the scheduler did not answer in time.
        except OSError as error:
            _log.warning("the training processes could not be started: %r", error)
            self._inbox.post_message(SchedulerLost("no_scheduler"))

    def _start_processes(self) -> None:
        room = self._hosts.lab_join_file
        if room is not None and not is_port_free(room.port):
            raise EngineError("lab_port_taken")
        credentials = make_credentials() if room is None else room.write_certificates_to_folder()
        port = room.port if room else None
        cluster = Cluster(
            credentials, self._on_child_exit, self._timing.worker_ttl_seconds, self._environ, port
        )
        with self._lock:
            if self._end_event.is_set():
                cluster.close()
                return
            self._cluster = cluster
            cluster.start_scheduler()
        if self._hosts.resident_workers:  # start one worker now; others start on demand
            self.start_another_worker()
        self._connect_client(
            cluster.wait_for_scheduler_address(self._timing.scheduler_start_timeout_seconds),
            credentials,
        )

    def _connect_client(self, address: str, credentials: Credentials) -> None:
        from distributed import Client, Security  # imported only here, as the import takes 0.5 s

        from fvapp.engine.processes.unpickling import GuardedTLS, forbid_unpickling

        forbid_unpickling()
        GuardedTLS.unpickles = False
        # Dask's logs are muted, because everything important arrives as messages.
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        security = Security(
            tls_ca_file=str(credentials.authority_path),
            tls_client_cert=str(credentials.certificate_path),
            tls_client_key=str(credentials.key_path),
            require_encryption=True,
        )
        client = Client(
            address,
            security=security,
            set_as_default=False,
            timeout=self._timing.scheduler_start_timeout_seconds,
        )
        client.subscribe_topic(
            TOPIC, lambda event: self._inbox.post_message(message_from_plain(event[1]))
        )
        for topic in ("scheduler", "all"):
            client.subscribe_topic(
                topic, lambda event: self.greeter.handle_scheduler_news(event[1])
            )
        with self._lock:
            ended = self._end_event.is_set()
            self._connection.client = None if ended else client
        if ended:
            _close_client(client)
            return
        self._inbox.post_message(SchedulerConnected())
        watch_scheduler(
            client,
            self._timing,
            self._end_event,
            lambda: self._inbox.post_message(SchedulerLost()),
            self.greeter.record_listed_workers,
        )
        for known in client.scheduler_info(n_workers=-1)["workers"]:
            self.greeter.greet_worker(known)

    def _note_worker_answer(self, address: str, name: str) -> None:
        with self._lock:
            if self._awaited_workers.pop(name, None) is not None:
                self._worker_names[address] = name

    def _start_worker(self, name: str) -> None:
        if self._cluster is not None:
            self._awaited_workers[name] = self._clock()
            self._cluster.start_worker(name)

    def _on_child_exit(self, cluster: Cluster, name: str, status: int) -> None:
        with self._lock:
            if cluster is not self._cluster or self._end_event.is_set():
                return
            if name in self._permanent_workers:
                now = self._clock()
                self._awaited_workers.pop(name, None)
                self._due_starts[name] = now + self._backoff.restart_delay_after_death(now)
                if status in ILLEGAL_INSTRUCTION:
                    address = next(
                        (
                            address
                            for address, worker in self._worker_names.items()
                            if worker == name
                        ),
                        name,
                    )
                    self._inbox.post_message(WorkerGone(address))
                    self._inbox.post_message(
                        WorkerRefused(name, "", EngineError("illegal_instruction"))
                    )
                return
        if name == SCHEDULER:
            self._inbox.post_message(SchedulerLost())


def _close_client(client: Client) -> None:
    try:
        client.close(timeout=2)
    except (OSError, RuntimeError):
        return  # the client's scheduler or event loop has already ended
