"""Who is waiting, who is training, and on which worker: the state shared by commands and the
dispatcher.

Every method but `changing` is called with `lock` held, and none of them blocks.
"""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from fvapp.core.errors import EngineError
from fvapp.core.inspection.frames import NO_FRAMES
from fvapp.core.runs import RunRecord
from fvapp.core.stack import program_of
from fvapp.engine.api import EngineState
from fvapp.engine.runs import shares
from fvapp.engine.runs.admission import admit
from fvapp.engine.runs.life import Life, stated_seconds
from fvapp.engine.runs.limits import Limits, Rate
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.workspaces import Workspaces
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import Timing

LONG_SECONDS = 20.0
"""A run that takes longer goes to the fastest worker that is free, a shorter one to the slowest."""


@dataclass(eq=False)
class WorkerState:
    """What is known about a worker that answers.

    Attributes:
        warm: whether it has done its preparations for the first run.
        versions: of its Python and packages, for the records of its runs.
        pc: what the PC is called on which it runs; empty for this one.
        cores, speed: of that PC; and how many epochs of the notebook's network a second this worker
            trains, 0 until it was measured.
        run: the run it is training.
        programs: what it has compiled for the runs it got from here.
        mb, warm_mb: resident memory of its process, now and when it had just become warm; None
            until it is known.
        leaving: whether its successor has taken over or its PC leaves, so that it gets no more
            runs.
    """

    address: str
    name: str
    warm: bool
    versions: Mapping[str, str]
    pc: str = ""
    cores: int = 0
    speed: float = 0.0
    run: Run | None = None
    programs: set[tuple[object, ...]] = field(default_factory=set)
    mb: float | None = None
    warm_mb: float | None = None
    leaving: bool = False

    @property
    def pace(self) -> int:
        """The speed in steps of two fifths, within which two measurements on the same PC may
        differ.
        """
        return round(2 * math.log2(self.speed)) if self.speed > 0 else 0


class Board:
    """The engine's state in memory, and what all its parts work with.

    Attributes:
        clock: a monotonic clock, in seconds; wall: seconds since 1970.
        life: takes runs from step to step; queue, active: as it has them.
        workers: the workers that answer, by address.
        state, reason: as in ``EngineStatus``.
        needed_at: when a worker was last needed, on the engine's clock.
        imports: counts files that visitors bring back.
    """

    def __init__(
        self,
        journal: Journal,
        limits: Limits,
        timing: Timing,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self.lock = threading.RLock()
        self.journal = journal
        self.limits = limits
        self.timing = timing
        self.clock = clock
        self.wall = wall
        self.workspaces = Workspaces(journal, limits, clock, wall)
        self._cancelled = Rate(limits.cancelled_a_minute, 60, "limit_cancelled")
        self.imports = Rate(limits.imports_a_minute, 60, "limit_imports")
        self.life = Life(self.workspaces.note, clock)
        self.queue = self.life.queue
        self.active = self.life.active
        self.workers: dict[str, WorkerState] = {}
        self.state: EngineState = "starting"
        self.reason: str | None = None
        self.needed_at = float("-inf")
        self._changing = False
        self._told: tuple[str | None, ...] = (self.state, self.reason, None)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and store what was changed before the command returns: all of it at once,
        or none.
        """
        with self.lock, ExitStack() as ending:
            outermost = not self._changing
            self._changing = True
            if outermost:
                ending.callback(setattr, self, "_changing", False)
            with self.journal.together():
                yield
        if outermost:
            self.journal.flush()

    def need_worker(self) -> None:
        """Note that somebody needs a worker now, or that one has come, perhaps long after it was
        asked for.
        """
        self.needed_at = self.clock()

    def note_status(self) -> None:
        """Tell everybody if the engine or its disk has changed since the last call."""
        store = self.journal.trouble
        now = (self.state, self.reason, store.code if store else None)
        if now != self._told:
            self._told = now
            self.workspaces.versions.changed(None)

    def admit(self, workspace: OpenWorkspace, records: Sequence[RunRecord]) -> None:
        """Admit runs of a workspace to the queue, pausing runs of others if it is full.

        Raises:
            EngineError: ``limit_cancelled``; as :meth:`check_stored` and
                :func:`fvapp.engine.runs.admission.admit`.
        """
        self._cancelled.check(workspace.id, self.clock())
        known = [workspace.runs.get(record.id) for record in records]
        needed = [
            shares.needed_bytes(record.settings, run)
            for record, run in zip(records, known, strict=True)
        ]
        self.check_stored(workspace, known.count(None), sum(needed))
        active = sorted(self.active.values(), key=lambda run: run.waiting_since)
        for run in admit(
            active, workspace.whole, records, sum(map(stated_seconds, records)), self.limits
        ):
            self.life.pause(run, "displaced")

    def count_cancelled(self, workspace: OpenWorkspace) -> None:
        """Count a run that its visitor ends before it is through: after too many of them they start
        no other.
        """
        self._cancelled.add(workspace.id, self.clock())

    def check_stored(self, workspace: OpenWorkspace, count: int, wanted: int) -> None:
        """Refuse so many runs more that need so many bytes; films of others may go for them.

        Raises:
            EngineError: ``limit_runs``; as :func:`fvapp.engine.runs.shares.check_share`.
        """
        if count and len(workspace.runs) + count > self.limits.runs:
            raise EngineError("limit_runs", most=self.limits.runs)
        taken = self.journal.store.used_bytes() + shares.promised_bytes(self.active.values())
        for run in shares.check_share(workspace, wanted, taken, self.wall(), self.limits):
            self.drop_film(run)

    def drop_film(self, run: Run) -> int:
        """Delete the film of a finished run, all else of which stays; return how many bytes that
        frees.
        """
        freed = run.film_bytes
        run.frames_bytes = len(NO_FRAMES)
        self.journal.note(writes.frames_made(run.record.id, NO_FRAMES))
        run.workspace.changed()
        return freed

    def take_next(self) -> tuple[Run, WorkerState] | None:
        """Give the next run to a free worker; return both, or None if there is no run
        or no worker.
        """
        run = self.queue.first
        free = [
            worker for worker in self.workers.values() if worker.run is None and not worker.leaving
        ]
        if run is None or not free:
            return None
        program = program_of(run.record.settings)
        long = run.seconds > LONG_SECONDS
        worker = max(
            free,
            key=lambda each: (long * each.pace, program in each.programs, each.warm, -each.pace),
        )
        worker.run = run
        worker.programs.add(program)
        self.life.give(run, worker.address, worker.versions)
        return run, worker

    def training(self) -> list[Run]:
        return [run for run in self.active.values() if run.trains]
