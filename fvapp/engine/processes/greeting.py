"""Says "hello" to new workers: only those that answer, with the server's versions, get runs."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fvapp.core.errors import EngineError
from fvapp.core.schema import Whole, has_length_between, is_between, read_as_type, read_valid_fields
from fvapp.engine.inbox import Inbox, WorkerGone, WorkerJoined, WorkerRefused, WorkerSilent
from fvapp.engine.processes.cluster import HERE
from fvapp.engine.runs import WorkerState
from fvapp.engine.workers.connection import WorkerConnection, WorkerUnreachable
from fvapp.engine.workers.protocol import Speed
from fvapp.engine.workers.versions import compare_versions, required_versions

TRIES = 5  # number of "hello" commands, a second apart, to a worker that does not answer

_log = logging.getLogger(__name__)

_Word = Annotated[str, has_length_between(0, 200)]
_Words = Annotated[Mapping[_Word, _Word], has_length_between(0, 20)]
_SAYS = {
    "name": _Word,
    "warm": bool,
    "versions": _Words,
    "pc": _Word,
    "cores": Whole,
    "speed": Speed,
}
"""Fields of a worker's answer to "hello", with their types; see :class:`WorkerState`."""


@dataclass(frozen=True)
class _WorkerMetrics:
    """A worker's metrics as listed by the scheduler; any program could have sent them.

    Attributes:
        memory: the worker's memory in bytes.
    """

    memory: Annotated[float, is_between(0, 1e15)] = 0.0


class WorkerGreeter:
    """Says "hello" to workers, and remembers what the scheduler reports about them.

    Args:
        ended: set when the engine has been closed.
        answered: called with the address and name of each worker that has answered.
        gave_up: called with the address of each worker that has not answered.
    """

    def __init__(
        self,
        connection: WorkerConnection,
        inbox: Inbox,
        ended: threading.Event,
        answered: Callable[[str, str], None],
        gave_up: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._inbox = inbox
        self._end_event = ended
        self._on_answer = answered
        self._on_no_answer = gave_up
        self._lock = threading.Lock()
        # each worker's seconds of silence and memory in MB, by address
        self._silence_and_memory: dict[str, tuple[float, float]] = {}
        # workers in the scheduler's list that did not answer
        self._unreached_workers: set[str] = set()
        self._thread_pool = ThreadPoolExecutor(8, thread_name_prefix="fvapp-greet")

    def greet_worker(self, address: str) -> None:
        """Say "hello" to a worker in a thread; it posts ``WorkerJoined`` or ``WorkerRefused``."""
        if not self._end_event.is_set():
            self._thread_pool.submit(self._greet_and_admit_worker, address)

    def end_worker(self, address: str) -> None:
        """Ask a worker to end; if it is on another PC, that PC may start another worker."""
        if not self._end_event.is_set():
            self._thread_pool.submit(self._send_command, address, "end")

    def handle_scheduler_news(self, message: Mapping[str, Any]) -> None:
        """Handle a message from the scheduler that a worker was added, was removed, or is silent.

        The method is called in the event loop of Dask's client, so it must not block.
        """
        action = message.get("action")
        if action == "add-worker":
            self.greet_worker(message["worker"])
        elif action == "worker-ttl-timed-out":  # the scheduler sends this before "remove-worker"
            for address in message["workers"]:
                self._inbox.post_message(WorkerSilent(address))
        elif action == "remove-worker":
            with self._lock:
                self._unreached_workers.discard(message["worker"])
            self._inbox.post_message(WorkerGone(message["worker"]))

    def record_listed_workers(self, workers: Mapping[str, Mapping[str, Any]]) -> None:
        """Store the scheduler's list of workers; say "hello" again to those that did not answer."""
        now = time.time()
        with self._lock:
            self._silence_and_memory = {
                address: (
                    max(0.0, now - listing["last_seen"]),
                    read_valid_fields(_WorkerMetrics, listing["metrics"]).memory / 2**20,
                )
                for address, listing in workers.items()
            }
            again = self._unreached_workers & workers.keys()
            self._unreached_workers -= again
        for address in again:
            self.greet_worker(address)

    def worker_silence_seconds(self, address: str) -> float:
        """Return how many seconds a worker had been silent when the scheduler was last asked."""
        with self._lock:
            return self._silence_and_memory.get(address, (0.0, 0.0))[0]

    def worker_memory_mb(self, address: str) -> float | None:
        """Return a worker's memory in MB, as last reported by the worker, or None if unknown."""
        with self._lock:
            return self._silence_and_memory.get(address, (0.0, None))[1]

    def end_helper_threads(self) -> None:
        self._thread_pool.shutdown(wait=False, cancel_futures=True)

    def _greet_and_admit_worker(self, address: str) -> None:
        for _ in range(TRIES):
            if self._connection.client is None or self._end_event.is_set():
                return
            try:
                hello = read_as_type(
                    Mapping[str, object], self._connection.call_worker(address, "hello", seconds=5)
                )
                answers: dict[str, Any] = {
                    name: read_as_type(kind, hello.get(name)) for name, kind in _SAYS.items()
                }
                required = read_as_type(_Words, hello.get("required"))
            # The worker is not ready, or belongs to another app.
            except (WorkerUnreachable, ValueError):
                self._end_event.wait(1.0)
                continue
            except EngineError as error:
                self._refuse_worker(address, _pc_name(address), error)
                return
            self._admit_worker(address, answers, required)
            return
        with self._lock:
            self._unreached_workers.add(address)
        self._on_no_answer(address)
        # Show a worker on another PC as unreachable. A local worker, whose PC has no name, is
        # restarted instead.
        if pc := _pc_name(address):
            self._inbox.post_message(WorkerRefused(address, pc, EngineError("pc_unreachable")))

    def _admit_worker(
        self, address: str, answers: Mapping[str, Any], required: Mapping[str, str]
    ) -> None:
        self._on_answer(address, answers["name"])
        try:
            compare_versions(required_versions(), required)
        except EngineError as error:
            # A local worker has another version only if the app's files changed after the server
            # started.
            self._refuse_worker(
                address, answers["pc"], error if answers["pc"] else EngineError("app_changed")
            )
            return
        self._inbox.post_message(WorkerJoined(WorkerState(address, **answers)))
        self._send_command(address, "not_wanted", error=None)

    def _refuse_worker(self, address: str, pc: str, error: EngineError) -> None:
        _log.warning("a worker at %s gets no runs: %s", address, error)
        self._inbox.post_message(WorkerRefused(address, pc, error))
        self._send_command(address, "not_wanted", error=[error.code, error.values])

    def _send_command(self, address: str, command: str, **values: Any) -> None:
        """Send a command to a worker, and ignore any error."""
        with suppress(WorkerUnreachable, EngineError):
            self._connection.call_worker(address, command, **values)


def _pc_name(address: str) -> str:
    """Return the host in a worker's address as the PC's name; empty for a local worker."""
    host = urlsplit(address).hostname or address
    return "" if host == HERE else host
