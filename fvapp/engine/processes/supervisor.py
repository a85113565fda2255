"""Start scheduler, workers and the connection to them, and replace whatever dies.

Everything that happens is posted to the engine's inbox; nothing here touches runs.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil

from fvapp.core.errors import EngineError
from fvapp.engine.inbox import Inbox
from fvapp.engine.processes.cluster import SCHEDULER, Cluster
from fvapp.engine.processes.credentials import Credentials, make_credentials
from fvapp.engine.processes.heartbeat import watch_scheduler
from fvapp.engine.processes.hosts import Hosts
from fvapp.engine.timing import Timing
from fvapp.engine.workers.connection import Connection, Unreachable
from fvapp.engine.workers.protocol import TOPIC, read_message

if TYPE_CHECKING:
    from distributed import Client

HELLO_TRIES = 5


class RestartBackoff:
    """How long to wait before replacing a worker: not at all, unless several die in a short time. Pure."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._deaths: deque[float] = deque()

    def after_death(self, now: float) -> float:
        """Note a death at the time `now`; return how many seconds to wait."""
        self._deaths.append(now)
        while self._deaths[0] < now - self._timing.deaths_within:
            self._deaths.popleft()
        beyond = len(self._deaths) - self._timing.deaths_before_rest
        return 0.0 if beyond < 0 else min(60.0, self._timing.restart_backoff * 2**beyond)


class Supervisor:
    """One cluster at a time.

    Args:
        connection: holds the client while there is one.
        clock: a monotonic clock, in seconds.
        environ: environment for the processes.
    """

    def __init__(
        self,
        connection: Connection,
        inbox: Inbox,
        timing: Timing,
        clock: Callable[[], float],
        hosts: Hosts,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._connection, self._inbox, self._timing, self._clock = connection, inbox, timing, clock
        self._hosts, self._environ = hosts, environ
        self._lock = threading.Lock()
        self._cluster: Cluster | None = None
        self._backoff = RestartBackoff(timing)
        self._due: dict[str, float] = {}  # workers to start, and when
        self._after_first: list[str] = []  # those of them that wait for the first one
        self._expected: dict[str, float] = {}  # workers that have not answered yet, and when they were started
        self._names: dict[str, str] = {}  # of our own workers by address
        self._numbers = hosts.workers  # of names given to workers so far
        self._retired: set[str] = set()  # names of workers that have been replaced
        self._greeting = ThreadPoolExecutor(2, thread_name_prefix="fvapp-greet")
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to start everything and return; ``connected`` or ``broken`` will be posted."""
        threading.Thread(target=self._start, name="fvapp-start", daemon=True).start()

    def tick(self) -> None:
        """Start the workers that are due, kill those that never answered, and notice a lost connection."""
        now = self._clock()
        with self._lock:
            due = [name for name, time in self._due.items() if time <= now]
            for name in due:
                del self._due[name]
                self._start_worker(name)
            late = [name for name, since in self._expected.items() if now - since > self._timing.start_within]
            for name in late:
                self._cluster.kill(name)
            client = self._connection.client
            lost = client is not None and client.status not in ("running", "newly-created")
        if lost:
            self._inbox.post("broken")

    def first_is_warm(self) -> None:
        """Start the workers that were waiting for the first one."""
        with self._lock:
            for name in self._after_first:
                if name in self._due:
                    self._due[name] = self._clock()
            self._after_first = []

    def greet(self, address: str) -> None:
        """Ask a worker whether it is there; if so, ``worker_came`` will be posted."""
        if not self._ended.is_set():
            self._greeting.submit(self._say_hello, address)

    def kill(self, address: str) -> None:
        """Kill one of our workers, or whatever is left of it: a frozen one that is no longer listed would linger."""
        with self._lock:
            name = self._names.pop(address, None)
            if name is not None and self._cluster is not None:
                self._cluster.kill(name)

    def memory_mb(self, address: str) -> float | None:
        """Return the resident memory of one of our workers in MB, or None if it is gone or on another machine."""
        with self._lock:
            name = self._names.get(address)
            process_id = self._cluster.process_id(name) if name is not None and self._cluster is not None else None
        try:
            return None if process_id is None else psutil.Process(process_id).memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            return None

    def start_successor(self, address: str) -> str:
        """Start a worker to replace another and return its name; ``worker_came`` will be posted.

        The other goes on until it is killed.
        """
        with self._lock:
            self._retired.add(self._names.get(address, ""))
        return self.start_another()

    def start_another(self) -> str:
        """Start a worker beside those that are there and return its name; ``worker_came`` follows."""
        with self._lock:
            self._numbers += 1
            name = f"worker-{self._numbers}"
            self._start_worker(name)
        return name

    def retire(self, address: str) -> None:
        """End a worker of ours; none takes its place."""
        with self._lock:
            self._retired.add(self._names.get(address, ""))
        self.kill(address)

    def drop(self, then: Callable[[], None]) -> None:
        """Drop client and cluster, as after ``broken``; `then` is called once the processes are gone."""
        client, cluster = self._take_away()
        if cluster is not None:
            cluster.close()
        if client is not None:
            # Closing waits for a scheduler that no longer exists, so do not wait for that.
            threading.Thread(target=_close, args=(client,), name="fvapp-close", daemon=True).start()
        then()

    def close(self) -> None:
        self._ended.set()
        client, cluster = self._take_away()
        if client is not None:
            _close(client)
        if cluster is not None:
            cluster.close()
        self._greeting.shutdown(wait=False, cancel_futures=True)

    # Inside

    def _take_away(self) -> tuple[Client | None, Cluster | None]:
        """Forget client and cluster with all that is known of its workers; return both."""
        with self._lock:
            taken = self._connection.client, self._cluster
            self._connection.client = self._cluster = None
            self._after_first = []
            for known in (self._due, self._expected, self._names, self._retired):
                known.clear()
        return taken

    def _start(self) -> None:
        try:
            if not (self._hosts.scheduler or self._hosts.workers):
                raise EngineError("no_memory")
            if self._hosts.scheduler:
                self._connect(self._hosts.scheduler, self._hosts.credentials)
            else:
                self._start_here()
        except EngineError as error:
            self._inbox.post("broken", error.code)
        except (OSError, TimeoutError):  # a process cannot be started, or the scheduler does not answer
            self._inbox.post("broken", "no_scheduler")

    def _start_here(self) -> None:
        credentials = make_credentials()
        cluster = Cluster(credentials, self._child_ended, self._timing.worker_ttl, self._environ)
        with self._lock:
            if self._ended.is_set():
                cluster.close()
                return
            self._cluster = cluster
            cluster.start_scheduler()
            if not self._hosts.on_demand:
                # Start with one: two that load and compile on two cores would both be ready late.
                first, *rest = [f"worker-{number}" for number in range(1, self._hosts.workers + 1)]
                self._start_worker(first)
                self._after_first = rest
                self._due = dict.fromkeys(rest, self._clock() + self._timing.others_follow_after)
        self._connect(cluster.wait_for_address(self._timing.scheduler_within), credentials)

    def _connect(self, address: str, credentials: Credentials) -> None:
        from distributed import Client, Security  # 0.5 s: not before the first paint

        for name in ("distributed", "distributed.client"):  # whatever matters arrives as messages
            logging.getLogger(name).setLevel(logging.CRITICAL)
        security = Security(
            tls_ca_file=str(credentials.ca),
            tls_client_cert=str(credentials.certificate),
            tls_client_key=str(credentials.key),
            require_encryption=True,
        )
        client = Client(address, security=security, set_as_default=False, timeout=self._timing.scheduler_within)
        client.subscribe_topic(TOPIC, lambda event: self._inbox.post(*read_message(event[1])))
        client.subscribe_topic("all", lambda event: self._heard(event[1]))
        with self._lock:
            ended = self._ended.is_set()
            self._connection.client = None if ended else client
        if ended:
            _close(client)
            return
        self._inbox.post("connected")
        watch_scheduler(client, self._timing, self._ended, lambda: self._inbox.post("broken"))
        for known in client.scheduler_info(n_workers=-1)["workers"]:
            self.greet(known)

    def _heard(self, message: Mapping[str, object]) -> None:
        """Handle the scheduler's news of its workers; runs on the client's event loop and must not block."""
        if message.get("action") == "add-worker":
            self.greet(message["worker"])
        elif message.get("action") == "remove-worker":
            self._inbox.post("worker_gone", message["worker"])

    def _say_hello(self, address: str) -> None:
        """Call a worker's handler: only one that answers gets runs, as some other Dask worker may have joined."""
        for _ in range(HELLO_TRIES):
            if self._connection.client is None or self._ended.is_set():
                return
            try:
                answer = self._connection.call(address, "hello", seconds=5)
            except (Unreachable, EngineError):
                self._ended.wait(1.0)
                continue
            with self._lock:
                if self._expected.pop(answer["name"], None) is not None:
                    self._names[address] = answer["name"]
            self._inbox.post("worker_came", address, str(answer["name"]), answer["warm"], answer["versions"])
            return
        self.kill(address)

    def _start_worker(self, name: str) -> None:
        if self._cluster is not None:
            self._expected[name] = self._clock()
            self._cluster.start_worker(name)

    def _child_ended(self, cluster: Cluster, name: str) -> None:
        with self._lock:
            if cluster is not self._cluster or self._ended.is_set():
                return
            if name in self._retired:
                self._retired.discard(name)
                return
            if name != SCHEDULER:
                now = self._clock()
                self._expected.pop(name, None)
                self._due[name] = now + self._backoff.after_death(now)
                return
        self._inbox.post("broken")


def _close(client: Client) -> None:
    try:
        client.close(timeout=2)
    except (TimeoutError, OSError, RuntimeError):
        return  # its scheduler or loop is gone already
