"""The engine's shared state in memory: which runs wait, and which worker trains which run.

Methods are called with the engine's lock held, and do not block. Only the context managers and
`count_imported_file` acquire the lock themselves.
"""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from fvapp.core.errors import EngineError
from fvapp.core.inspection import NO_FRAMES
from fvapp.core.runs import RunRecord
from fvapp.core.stack import compiled_program_key
from fvapp.engine.api import EngineState
from fvapp.engine.runs import shares
from fvapp.engine.runs.admission import find_runs_to_displace
from fvapp.engine.runs.life import RunLifecycle, estimated_seconds_left
from fvapp.engine.runs.limits import Limits, RateLimit
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.workspaces import Workspaces
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import Timing

LONG_SECONDS = 20.0
"""Estimated duration, in seconds, above which a run goes to the fastest free worker.

Among workers that are otherwise equal, shorter runs go to the slowest.
"""


@dataclass(eq=False)
class WorkerState:
    """What the engine knows about a worker that answers.

    Attributes:
        warm: whether the worker has loaded and compiled everything for its first run.
        versions: versions of Python and packages, for the records of the worker's runs.
        pc: name of the PC the worker runs on; empty for the PC of the server.
        cores: number of cores of the worker's PC.
        speed: epochs of the reference network (the one in the course notebook) that this worker
            trains per second; 0 until measured.
        run: the run the worker is training.
        compiled_program_keys: keys of the programs that the worker has compiled for its runs.
        memory_mb, warm_memory_mb: resident memory of the worker's process, now and when it became
            warm; None until known.
        is_leaving: whether the worker gets no more runs, because a replacement has taken over or
            its PC is leaving.
    """

    address: str
    name: str
    warm: bool
    versions: Mapping[str, str]
    pc: str = ""
    cores: int = 0
    speed: float = 0.0
    run: Run | None = None
    compiled_program_keys: set[tuple[object, ...]] = field(default_factory=set)
    memory_mb: float | None = None
    warm_memory_mb: float | None = None
    is_leaving: bool = False

    @property
    def rough_speed_level(self) -> int:
        """The speed in steps of about 40%, as measurements on the same PC vary that much."""
        return round(2 * math.log2(self.speed)) if self.speed > 0 else 0


class SharedEngineState:
    """The engine's state in memory, shared by all its parts.

    Attributes:
        clock: a monotonic clock, in seconds.
        wall_clock: a clock in seconds since 1970.
        lifecycle: changes the states of runs.
        queue: the runs that wait; the same object as `lifecycle.queue`.
        active_runs: the runs that wait or train; the same object as `lifecycle.active_runs`.
        workers: the workers that answer, by address.
        state, failure_code: the engine's state and the reason for it, as in ``EngineStatus``.
        worker_needed_at: when a worker was last needed, on the engine's clock.
    """

    def __init__(
        self,
        journal: Journal,
        limits: Limits,
        timing: Timing,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self.lock = threading.RLock()
        self.journal = journal
        self.limits = limits
        self.timing = timing
        self.clock = clock
        self.wall_clock = wall_clock
        self.workspaces = Workspaces(journal, limits, timing, clock, wall_clock)
        self._cancellation_limit = RateLimit(limits.cancelled_a_minute, 60, "limit_cancelled")
        self._import_limit = RateLimit(limits.imports_a_minute, 60, "limit_imports")
        self.lifecycle = RunLifecycle(self.workspaces.store_run, clock)
        self.queue = self.lifecycle.queue
        self.active_runs = self.lifecycle.active_runs
        self.workers: dict[str, WorkerState] = {}
        self.state: EngineState = "starting"
        self.failure_code: str | None = None
        self.worker_needed_at = float("-inf")
        self._is_in_atomic_changes = False
        self._announced_status: tuple[str | None, ...] = (self.state, self.failure_code, None)

    @contextmanager
    def atomic_changes(self) -> Iterator[None]:
        """Hold the lock during a command; then store all its changes in one transaction."""
        with self.lock, ExitStack() as ending:
            outermost = not self._is_in_atomic_changes
            self._is_in_atomic_changes = True
            if outermost:
                ending.callback(setattr, self, "_is_in_atomic_changes", False)
            with self.journal.as_one_transaction():
                yield
        if outermost:
            self.journal.write_pending_changes()

    @contextmanager
    def locked_workspace(self, token: str | None) -> Iterator[OpenWorkspace]:
        """Hold the lock while a command reads the workspace that a token opens.

        Raises:
            EngineError: the token opens no workspace, see `Workspaces.open_workspace`.
        """
        with self.lock:
            yield self.workspaces.open_workspace(token)

    @contextmanager
    def edit_workspace(self, token: str) -> Iterator[OpenWorkspace]:
        """Hold the lock while a command changes the workspace of a token; then store the changes.

        Raises:
            EngineError: the token opens no workspace, see `Workspaces.open_workspace`.
        """
        with self.atomic_changes():
            yield self.workspaces.open_workspace(token)

    def note_worker_needed(self) -> None:
        """Record that a worker is needed now, so idle workers are not ended yet."""
        self.worker_needed_at = self.clock()

    def announce_status(self) -> None:
        """Notify all pages if the state of the engine or store changed since the last call."""
        store = self.journal.store_error
        now = (self.state, self.failure_code, store.code if store else None)
        if now != self._announced_status:
            self._announced_status = now
            self.workspaces.change_counter.record_visible_change(None)

    def admit_runs(self, workspace: OpenWorkspace, records: Sequence[RunRecord]) -> None:
        """Admit a workspace's runs to the queue; if it is full, pause runs of other workspaces.

        Raises:
            EngineError: ``limit_cancelled``: the visitor has cancelled too many runs; or there is
                no room on the disk (:meth:`check_disk_space`) or in the queue
                (:func:`fvapp.engine.runs.admission.find_runs_to_displace`).
        """
        self._cancellation_limit.check_limit(workspace.id, self.clock())
        known = [workspace.runs.get(record.id) for record in records]
        needed = [
            shares.bytes_needed_by_run(record.settings, run)
            for record, run in zip(records, known, strict=True)
        ]
        self.check_disk_space(workspace, known.count(None), sum(needed))
        active = sorted(self.active_runs.values(), key=lambda run: run.waiting_since)
        for run in find_runs_to_displace(
            active,
            workspace.whole_workspace,
            records,
            sum(map(estimated_seconds_left, records)),
            self.limits,
        ):
            self.lifecycle.pause_run(run, "displaced")

    def count_cancelled_run(self, workspace: OpenWorkspace) -> None:
        """Count a run ended early by its visitor; too many such runs block new runs for a while."""
        self._cancellation_limit.add_event(workspace.id, self.clock())

    def count_imported_file(self, token: str) -> None:
        """Count a file that a visitor imports.

        Raises:
            EngineError: ``limit_imports``: the visitor has imported too many files within a minute;
                or the token opens no workspace.
        """
        with self.edit_workspace(token) as workspace:
            self._import_limit.check_and_add_event(workspace.id, self.clock())

    def check_disk_space(self, workspace: OpenWorkspace, count: int, wanted: int) -> None:
        """Check the disk space for more runs; if needed, delete unneeded films (recorded weights).

        Args:
            count: number of runs to add.
            wanted: bytes that these runs need in total.

        Raises:
            EngineError: ``limit_runs``: the workspace would have too many runs; ``limit_disk``,
                ``limit_disk_all``: there is too little disk space.
        """
        if count and len(workspace.runs) + count > self.limits.runs:
            raise EngineError("limit_runs", most=self.limits.runs)
        taken = self.journal.store.count_used_bytes() + shares.bytes_promised_to_runs(
            self.active_runs.values()
        )
        for run in shares.find_films_to_delete(
            workspace, wanted, taken, self.wall_clock(), self.limits
        ):
            self.delete_film(run)

    def delete_film(self, run: Run) -> int:
        """Delete a finished run's film (recorded weights), not the run; return the bytes freed."""
        freed = run.film_bytes
        run.frames_bytes = len(NO_FRAMES)
        self.journal.queue_changes(writes.store_frames(run.record.id, NO_FRAMES))
        run.workspace.record_visible_change()
        return freed

    def assign_next_run(self) -> tuple[Run, WorkerState] | None:
        """Give the next waiting run to a free worker; return both, or None if either is missing."""
        run = self.queue.next_run
        if run is None:
            return None
        free = [
            worker
            for worker in self.workers.values()
            if worker.run is None and not worker.is_leaving
        ]
        if not free:
            return None
        program = compiled_program_key(run.record.settings)
        long = run.estimated_seconds > LONG_SECONDS
        worker = max(
            free,
            key=lambda worker: (
                long * worker.rough_speed_level,
                program in worker.compiled_program_keys,
                worker.warm,
                -worker.rough_speed_level,
            ),
        )
        worker.run = run
        worker.compiled_program_keys.add(program)
        self.lifecycle.give_run_to_worker(run, worker.address, worker.versions)
        return run, worker

    def training_runs(self) -> list[Run]:
        return [run for run in self.active_runs.values() if run.is_training]
