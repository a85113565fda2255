"""Workers that have grown are replaced: XLA keeps what it compiled for as long as a process lives."""

from __future__ import annotations

from fvapp.engine.inbox import WorkerCame
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.runs import rules
from fvapp.engine.runs.board import Board, WorkerState


class Renewal:
    """Replace one worker at a time, and let nobody wait for it.

    A successor is started beside it and warms up; then the old one gets no further run, and ends when it has none.
    Where the machine has no room for both, the old one ends first, and only while nothing waits or trains.

    Every method is called with the board's lock held.

    Args:
        limit_mb: resident memory from which a worker is replaced.
        room: whether there is room for one worker more.
    """

    def __init__(self, board: Board, supervisor: Supervisor, limit_mb: float, room: bool) -> None:
        self._board, self._supervisor, self._limit_mb, self._room = board, supervisor, limit_mb, room
        self._old: WorkerState | None = None
        self._successor: str | None = None  # its name, until it is warm
        self._came: WorkerCame | None = None

    def weigh(self) -> None:
        """Look how large the workers are, and begin to replace one that is too large."""
        workers = list(self._board.workers.values())
        for worker in workers:
            worker.mb = self._supervisor.memory_mb(worker.address)
            if worker.mb is not None and worker.warm and worker.warm_mb is None:
                worker.warm_mb = worker.mb
        if self._came is not None:
            self._supervisor.greet(self._came.address)  # it may have become warm just before it was known
        if self._successor is not None or self._old in workers:
            return
        quiet = not len(self._board.queue) and not any(worker.run for worker in workers)
        weights = [rules.Weight(worker.address, worker.mb, worker.warm_mb) for worker in workers if worker.warm_mb]
        address = rules.who_has_outgrown(weights, self._limit_mb, quiet)
        if address is None:
            return
        if self._room:
            self._old = self._board.workers[address]
            self._successor = self._supervisor.start_successor(address)
        elif quiet:
            self._supervisor.kill(address)

    def holds_back(self, message: WorkerCame) -> bool:
        """Return whether a worker that came is the successor and still cold: it gets no run yet."""
        if message.name != self._successor or message.warm:
            return False
        self._came = message
        return True

    def held_back(self, address: str) -> WorkerCame | None:
        """Return the coming of the successor when that is its address."""
        came = self._came
        return came if came is not None and came.address == address else None

    def came(self, name: str) -> None:
        """Let the old worker go when its successor has come."""
        if name == self._successor:
            self._successor = self._came = None
            self._old.leaving = True
            self.let_go(self._old)

    def let_go(self, worker: WorkerState) -> None:
        """End a worker that is leaving and has no run."""
        if worker.leaving and worker.run is None:
            self._board.workers.pop(worker.address, None)
            self._supervisor.kill(worker.address)

    def forget(self) -> None:
        """Forget what was under way: all processes start anew."""
        self._old = self._successor = self._came = None
