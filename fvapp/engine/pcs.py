"""Lists for the teacher the PCs that train for the app, and why others do not."""

from collections.abc import Callable

from fvapp.core.errors import EngineError
from fvapp.engine.api import Pc
from fvapp.engine.runs import Board, WorkerState

SILENT_SECONDS = 3.0
"""Seconds until a PC counts as silent.

Workers report twice a second to the scheduler, which is asked every 3 s.
"""


class Pcs:
    """All PCs: those whose workers are on the board, and those that were refused or are gone.

    Every method but :meth:`list_pcs` is called with the board's lock held.

    Args:
        silence: returns the seconds since the worker at an address was last heard from.
    """

    def __init__(self, board: Board, silence: Callable[[str], float]) -> None:
        self._board = board
        self._silence_of = silence
        self._refused: dict[str, tuple[str, EngineError]] = {}  # PC's name and error, by address
        self._gone_since: dict[str, float] = {}  # when each PC was lost, by its name

    def note_worker_joined(self, worker: WorkerState) -> None:
        """Note that a worker takes runs."""
        # listed under its name if an earlier worker of that name died while starting
        for known in (worker.address, worker.name):
            self._refused.pop(known, None)
        self._gone_since.pop(worker.pc, None)

    def note_worker_refused(self, address: str, pc: str, error: EngineError) -> None:
        """Note that a worker gets no runs; `address` is its name if it has no address."""
        self._refused[address] = pc, error

    def note_worker_left(self, worker: WorkerState | None, address: str) -> None:
        """Note that a worker is gone; so is its PC, if its last worker went without notice."""
        self._refused.pop(address, None)
        others = {known.pc for known in self._board.workers.values()}
        if worker is not None and not worker.leaving and worker.pc and worker.pc not in others:
            self._gone_since[worker.pc] = self._board.wall()

    def list_pcs(self) -> tuple[Pc, ...]:
        """Return all PCs, sorted by name: this PC first, refused PCs and those gone last."""
        workers: dict[str, list[WorkerState]] = {}
        with self._board.lock:
            for worker in self._board.workers.values():
                workers.setdefault(worker.pc, []).append(worker)
            found = [self._describe_pc(name, of_pc) for name, of_pc in sorted(workers.items())]
            refused = sorted(self._refused.values(), key=lambda row: row[0])
            found += [Pc(name, trouble=error) for name, error in refused]
            found += [
                Pc(name, silent_seconds=self._board.wall() - since)
                for name, since in sorted(self._gone_since.items())
            ]
        return tuple(found)

    def _describe_pc(self, name: str, workers: list[WorkerState]) -> Pc:
        silent = max(self._silence_of(worker.address) for worker in workers)
        return Pc(
            name,
            len(workers),
            workers[0].cores,
            sum(worker.speed for worker in workers),
            tuple(worker.run.shown_record for worker in workers if worker.run),
            silent if silent >= SILENT_SECONDS else None,
        )
