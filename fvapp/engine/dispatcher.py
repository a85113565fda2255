"""The engine's one thread: takes messages from an inbox, gives runs to workers, applies the rules, writes.

Nothing here waits for a worker; :mod:`fvapp.engine.workers.transfers` does, and posts its outcome to the same inbox.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue

from fvapp.engine.processes.supervisor import Broken, Connected, Supervisor, Told, WorkerCame, WorkerGone
from fvapp.engine.runs import rules
from fvapp.engine.runs.board import Board, WorkerState
from fvapp.engine.runs.workspaces import Run
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import Timing
from fvapp.engine.workers.transfers import Delivery, NotGiven, TaskEnded

_log = logging.getLogger(__name__)

STARTS = (0.0, 0.0, 2.0, 10.0)  # pause before each try in a row to start everything; after the last the engine failed


class Dispatcher:
    """Owner of the thread.

    Args:
        clock: seconds that only go forward.
        supervisor, delivery: made with the function that posts to the inbox.
    """

    def __init__(
        self,
        board: Board,
        journal: Journal,
        timing: Timing,
        clock: Callable[[], float],
        supervisor: Callable[[Callable[[object], None]], Supervisor],
        delivery: Callable[[Callable[[object], None], Supervisor], Delivery],
    ) -> None:
        self._board, self._journal, self._timing, self._clock = board, journal, timing, clock
        self._inbox: SimpleQueue[object] = SimpleQueue()
        self.supervisor = supervisor(self.post)
        self.delivery = delivery(self.post, self.supervisor)
        self._thread = threading.Thread(target=self._work, name="fvapp-dispatch", daemon=True)
        self._ended = threading.Event()
        self._fetched_at: dict[Run, float] = {}
        self._starts = 0  # in a row without a worker that answered
        self._start_at: float | None = None
        self._dropping = False
        self._handlers = {
            Connected: self._connected,
            Broken: self._broken,
            WorkerCame: self._worker_came,
            WorkerGone: self._worker_gone,
            Told: self._told,
            TaskEnded: self._task_ended,
            NotGiven: self._not_given,
        }

    def post(self, message: object) -> None:
        """Put a message into the inbox; None only wakes."""
        self._inbox.put(message)

    def start(self) -> None:
        self._start_at = self._clock()
        self._thread.start()

    def close(self) -> None:
        """End everything; runs that train are lost."""
        self._ended.set()
        self.post(None)
        if self._thread.is_alive():
            self._thread.join(5)
        with self._board.lock:
            for run in list(self._board.active.values()):
                if run.record.state == "running":
                    self._board.lose(run, "restarted")
        self.delivery.close()
        self.supervisor.close()

    # The thread

    def _work(self) -> None:
        tick_at = self._clock()
        while not self._ended.is_set():
            messages = self._wait(max(0.0, tick_at - self._clock()))
            due = self._clock() >= tick_at
            try:
                with self._board.lock:
                    for message in messages:
                        if message is not None:
                            self._handlers[type(message)](message)
                    self._assign()
                    if due:
                        self._tick()
                # Outside the lock: the disk may take its time.
                self._journal.flush()
                self.supervisor.tick()
            # This thread is the engine: a fault in one step must not end it for everybody.
            except Exception:
                _log.exception("a step of the engine failed")
            if due:
                tick_at = self._clock() + self._timing.tick

    def _wait(self, seconds: float) -> list[object]:
        """Return the messages that are there, after waiting so long for a first one."""
        messages: list[object] = []
        try:
            messages.append(self._inbox.get(timeout=seconds))
            while True:
                messages.append(self._inbox.get_nowait())
        except Empty:
            return messages

    def _tick(self) -> None:
        now, board = self._clock(), self._board
        board.note_status(self._journal.trouble)
        if self._start_at is not None and now >= self._start_at:
            self._start_at, self._dropping = None, False
            self.supervisor.start()
        for run in board.active.values():
            if run.events is not None and run.written < len(run.events):
                board.workspaces.note(run)
        # By worker, not by active run: what was deleted while it trained is to stop too, though nobody waits for it.
        for run in filter(None, [worker.run for worker in board.workers.values()]):
            if run.wish != "run" and now - run.wished_at >= self._timing.wish_again:
                run.wished_at = now
                self.delivery.say(run)
        training = board.training()
        if all(worker.run for worker in board.workers.values()):
            for run_id in rules.who_gives_way(board.waiting(), training, self._timing, now):
                self.wish(board.active[run_id], "yield", "gave_way")
        for run_id in rules.who_is_unwatched(training, self._timing, now):
            self.wish(board.active[run_id], "pause", "nobody_watching")
        self._pause_unwatched_in_queue(now)

    def wish(self, run: Run, wish: str, why: str | None = None) -> None:
        """Tell the worker of a run what is wished; called with the lock held."""
        run.wish, run.why, run.wished_at = wish, why, self._clock()
        self.delivery.say(run)

    def _assign(self) -> None:
        while (given := self._board.take_next()) is not None:
            run, worker = given
            self.delivery.give(run, worker.address)

    def _pause_unwatched_in_queue(self, now: float) -> None:
        for run_id in self._board.queue.order():
            run = self._board.active[run_id]
            if now - run.workspace.seen >= self._timing.unwatched_after:
                self._board.withdraw(run)
                self._board.put(run, replace(run.record, state="paused", reason="nobody_watching", place=None))

    # Messages, with the lock held

    def _connected(self, message: Connected) -> None:
        self._board.reason = None

    def _broken(self, message: Broken) -> None:
        """Lose what trains, and start everything anew."""
        if self._dropping:  # one end is noticed in several ways
            return
        self._dropping = True
        board = self._board
        for run in list(board.active.values()):
            if run.record.state == "running" and not run.ending:
                board.lose(run, "restarted")
        board.workers.clear()
        self._starts += 1
        failed = self._starts >= len(STARTS)
        board.state = "failed" if failed else "restarting"
        board.reason = message.reason or ("no_scheduler" if failed else None)
        # Nothing waits for the old processes: they share nothing with the new ones.
        threading.Thread(target=self.supervisor.drop, args=(self._again,), name="fvapp-drop", daemon=True).start()

    def _again(self) -> None:
        self._start_at = self._clock() + STARTS[min(self._starts, len(STARTS) - 1)]
        self.post(None)

    def _worker_came(self, message: WorkerCame) -> None:
        known = self._board.workers.get(message.address)
        if known is None:
            state = WorkerState(message.address, message.name, message.warm, message.versions)
            self._board.workers[message.address] = state
        self._board.state, self._board.reason, self._starts = "ready", None, 0

    def _worker_gone(self, message: WorkerGone) -> None:
        worker = self._board.workers.pop(message.address, None)
        run = worker.run if worker else None
        if run is not None and not run.ending and run.record.id in self._board.active:
            self._board.lose(run, "worker_gone")
        self.supervisor.worker_gone(message.address)

    def _told(self, message: Told) -> None:
        if message.kind == "warm":
            if message.address in self._board.workers:
                self._board.workers[message.address].warm = True
            self.supervisor.first_is_warm()
            return
        run = self._board.active.get(message.run)
        if run is None or run.attempt != message.attempt or run.record.state != "running" or run.ending:
            return  # of an earlier attempt, or of a run that was deleted
        if message.kind == "event":
            self._board.append(run, message.body)
        elif self._clock() - self._fetched_at.get(run, float("-inf")) >= self._timing.checkpoint_every:
            self._fetched_at[run] = self._clock()
            self.delivery.fetch_checkpoint(run)

    def _task_ended(self, message: TaskEnded) -> None:
        run = message.run
        self._fetched_at.pop(run, None)
        if run.attempt == message.attempt:
            self._release(run, alive=message.future.status == "finished")
        if run.attempt != message.attempt or self._board.active.get(run.record.id) is not run:
            message.future.release()  # lost or deleted meanwhile
            return
        run.ending = True
        self.delivery.collect(message)

    def _not_given(self, message: NotGiven) -> None:
        run = message.run
        if run.attempt != message.attempt:
            return
        self._release(run, alive=message.reason is not None)
        if self._board.active.get(run.record.id) is not run:
            return
        if message.reason is None:
            self._board.put_back(run)
        else:
            self._board.lose(run, message.reason)

    def _release(self, run: Run, alive: bool) -> None:
        """Free the worker of a run; one that may be gone gets no other run before it has answered again."""
        for worker in list(self._board.workers.values()):
            if worker.run is run:
                worker.run = None
                if not alive:
                    del self._board.workers[worker.address]
                    self.supervisor.greet(worker.address)
