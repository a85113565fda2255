"""The engine's only thread: takes messages from the inbox, gives runs to workers, applies the rules, writes.

Nothing here waits for a worker; :mod:`fvapp.engine.workers.transfers` does, and posts its outcome to the same inbox.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from fvapp.engine.inbox import (
    Broken,
    CheckpointSaved,
    Connected,
    EventTold,
    Inbox,
    NotGiven,
    TaskEnded,
    UnderTest,
    Wake,
    WorkerCame,
    WorkerGone,
    WorkerWarm,
)
from fvapp.engine.on_demand import OnDemand
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.renewal import Renewal
from fvapp.engine.runs import rules
from fvapp.engine.runs.board import Board, WorkerState
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import Timing
from fvapp.engine.workers.transfers import Delivery

_log = logging.getLogger(__name__)

STARTS = (
    0.0,
    0.0,
    2.0,
    10.0,
)  # pause before each attempt in a row to start; after the last, it has failed


class Dispatcher:
    """Owns the thread.

    Args:
        clock: a monotonic clock, in seconds.
        supervisor, delivery: they post to `inbox`.
        on_demand: for a machine that does not hold a worker all the time.
    """

    def __init__(
        self,
        board: Board,
        journal: Journal,
        timing: Timing,
        clock: Callable[[], float],
        inbox: Inbox,
        supervisor: Supervisor,
        delivery: Delivery,
        renewal: Renewal,
        on_demand: OnDemand | None,
    ) -> None:
        self._board, self._journal, self._timing, self._clock = board, journal, timing, clock
        self._inbox, self._supervisor, self._delivery = inbox, supervisor, delivery
        self._renewal, self._weighed_at = renewal, clock()
        self._on_demand = on_demand
        self._thread = threading.Thread(target=self._work, name="fvapp-dispatch", daemon=True)
        self._ended = threading.Event()
        self._fetched_at: dict[str, float] = {}  # by run: when its checkpoint was fetched last
        self._starts = 0  # consecutive ones without a worker that answered
        self._start_at: float | None = None
        self._dropping = False
        self._handlers = {
            Wake: self._woken,
            Connected: self._connected,
            Broken: self._broken,
            WorkerCame: self._worker_came,
            WorkerWarm: self._worker_warm,
            WorkerGone: self._worker_gone,
            EventTold: self._event_told,
            CheckpointSaved: self._checkpoint_saved,
            UnderTest: self._testing,
            TaskEnded: self._task_ended,
            NotGiven: self._not_given,
        }

    def start(self) -> None:
        self._start_at = self._clock()
        self._thread.start()

    def close(self) -> None:
        """Shut everything down; runs in training are lost."""
        self._ended.set()
        self._inbox.post(Wake())
        if self._thread.is_alive():
            self._thread.join(5)
        with self._board.lock:
            for run in list(self._board.active.values()):
                if run.record.state == "running":
                    self._board.lose(run, "restarted")
        self._delivery.close()
        self._supervisor.close()

    # The thread

    def _work(self) -> None:
        tick_at = self._clock()
        while not self._ended.is_set():
            messages = self._inbox.take(max(0.0, tick_at - self._clock()))
            due = self._clock() >= tick_at
            try:
                with self._board.lock:
                    for message in messages:
                        self._handlers[type(message)](message)
                    self._assign()
                    if due:
                        self._tick()
                # Outside the lock, because the disk may take its time.
                self._journal.flush()
                self._supervisor.tick()
            # This thread is the engine: an error in one step must not end it for everybody.
            except Exception:
                _log.exception("a step of the engine failed")
            if due:
                tick_at = self._clock() + self._timing.tick

    def _tick(self) -> None:
        now, board = self._clock(), self._board
        board.note_status(self._journal.trouble)
        if self._start_at is not None and now >= self._start_at:
            self._start_at, self._dropping = None, False
            self._supervisor.start()
        for run in board.active.values():
            if run.events is not None and run.written < len(run.events):
                board.workspaces.note(run)
        # By worker, not by active run: a run that was deleted while training must stop too.
        for run in filter(None, [worker.run for worker in board.workers.values()]):
            if run.wish != "run" and now - run.wished_at >= self._timing.wish_again:
                run.wished_at = now
                self._delivery.say(run)
        self._renewal.end_leaving()
        if now - self._weighed_at >= self._timing.weighed_every:
            self._weighed_at = now
            self._renewal.weigh()
        if self._on_demand is not None:
            self._on_demand.tick()
        training = board.training()
        if all(worker.run for worker in board.workers.values()):
            for run in rules.who_gives_way(board.queue, training, self._timing, now):
                self.wish(run, "pause", "gave_way")
        for run in rules.who_is_unwatched(training, self._timing, now):
            self.wish(run, "pause", "nobody_watching")
        for run in board.queue:
            if now - run.workspace.seen >= self._timing.unwatched_after:
                board.pause(run, "nobody_watching")

    def wish(self, run: Run, wish: str, why: str | None = None) -> None:
        """Tell a run's worker what the visitor wants; called with the lock held."""
        run.wish, run.why, run.wished_at = wish, why, self._clock()
        self._delivery.say(run)

    def _assign(self) -> None:
        while (given := self._board.take_next()) is not None:
            run, worker = given
            self._delivery.give(run, worker.address)

    # Messages, with the lock held

    def _woken(self, message: Wake) -> None:
        """Do nothing: the queue is checked after every message."""

    def _connected(self, message: Connected) -> None:
        self._board.reason = None
        if self._on_demand is not None:
            self._on_demand.connected()

    def _broken(self, message: Broken) -> None:
        """Mark the runs in training as lost, and restart everything."""
        if self._dropping:  # the same breakdown is noticed in several ways
            return
        self._dropping = True
        board = self._board
        for run in board.training():
            board.lose(run, "restarted")
        board.workers.clear()
        self._renewal.forget()
        self._starts += 1
        failed = self._starts >= len(STARTS) or message.reason == "no_memory"
        board.state = "failed" if failed else "restarting"
        board.reason = message.reason or ("no_scheduler" if failed else None)
        # There is no need to wait for the old processes: they share nothing with the new ones.
        threading.Thread(target=self._supervisor.drop, args=(self._again,), name="fvapp-drop", daemon=True).start()

    def _again(self) -> None:
        self._start_at = self._clock() + STARTS[min(self._starts, len(STARTS) - 1)]
        self._inbox.post(Wake())

    def _worker_came(self, message: WorkerCame) -> None:
        if self._renewal.holds_back(message):
            return
        known = self._board.workers.get(message.address)
        if known is None:
            state = WorkerState(message.address, message.name, message.warm, message.versions)
            self._board.workers[message.address] = state
        self._board.state, self._board.reason, self._starts = "ready", None, 0
        self._renewal.came(message.name)
        if self._on_demand is not None:
            self._on_demand.want()

    def _worker_gone(self, message: WorkerGone) -> None:
        worker = self._board.workers.pop(message.address, None)
        run = worker.run if worker else None
        if run is not None and not run.ending and run.record.id in self._board.active:
            self._board.lose(run, "worker_gone")
        self._supervisor.kill(message.address)

    def _worker_warm(self, message: WorkerWarm) -> None:
        successor = self._renewal.held_back(message.address)
        if successor is not None:
            self._worker_came(replace(successor, warm=True))
        if message.address in self._board.workers:
            self._board.workers[message.address].warm = True
        self._supervisor.first_is_warm()

    def _event_told(self, message: EventTold) -> None:
        run = self._training(message)
        if run is not None:
            self._board.append(run, message.event)

    def _checkpoint_saved(self, message: CheckpointSaved) -> None:
        run, now = self._training(message), self._clock()
        if run is not None and now - self._fetched_at.get(message.run, float("-inf")) >= self._timing.checkpoint_every:
            self._fetched_at[message.run] = now
            self._delivery.fetch_checkpoint(run)

    def _testing(self, message: UnderTest) -> None:
        run = self._training(message)
        if run is not None:
            run.record = replace(run.record, reason="testing")

    def _task_ended(self, message: TaskEnded) -> None:
        self._fetched_at.pop(message.run, None)
        self._release(message, alive=message.future.status == "finished")
        run = self._current(message)
        if run is None:
            message.future.release()
            return
        run.ending = True
        self._delivery.collect(run, message.future)

    def _not_given(self, message: NotGiven) -> None:
        self._release(message, alive=message.reason is not None)
        run = self._current(message)
        if run is None:
            return
        if message.reason is None:
            self._board.put_back(run)
        else:
            self._board.lose(run, message.reason)

    def _current(self, message: EventTold | CheckpointSaved | UnderTest | TaskEnded | NotGiven) -> Run | None:
        """Return the run a message is about, or None if it has been lost or deleted meanwhile."""
        run = self._board.active.get(message.run)
        return run if run is not None and run.attempt == message.attempt else None

    def _training(self, message: EventTold | CheckpointSaved | UnderTest) -> Run | None:
        run = self._current(message)
        return run if run is not None and run.trains else None

    def _release(self, message: TaskEnded | NotGiven, alive: bool) -> None:
        """Free a run's worker; one that may be gone gets no other run until it has answered again."""
        for worker in list(self._board.workers.values()):
            run = worker.run
            if run is not None and (run.record.id, run.attempt) == (message.run, message.attempt):
                worker.run = None
                if not alive:
                    del self._board.workers[worker.address]
                    self._supervisor.greet(worker.address)
