"""Which PCs train for the app, and what is wrong with those that do not: what a teacher
looks at.
"""

from collections.abc import Callable

from fvapp.core.errors import EngineError
from fvapp.engine.api import Pc
from fvapp.engine.runs.board import Board, WorkerState

SILENT_SECONDS = 3.0
"""From which a PC is called silent. Workers are heard twice a second, and the app looks every three
seconds.
"""


class Pcs:
    """What the board does not hold: PCs that were turned away, and those that are gone.

    Every method but :meth:`all` is called with the board's lock held.

    Args:
        silence: for how long a worker has not been heard, by address.
    """

    def __init__(self, board: Board, silence: Callable[[str], float]) -> None:
        self._board = board
        self._silence = silence
        self._refused: dict[
            str, tuple[str, EngineError]
        ] = {}  # by address: what the PC is called, and why
        self._gone: dict[str, float] = {}  # by PC: since when

    def came(self, worker: WorkerState) -> None:
        """Note a worker that takes runs."""
        for known in (worker.address, worker.name):  # one that died while it started had no address
            self._refused.pop(known, None)
        self._gone.pop(worker.pc, None)

    def refused(self, address: str, pc: str, error: EngineError) -> None:
        """Note a worker that gets no runs, by its name where it has no address."""
        self._refused[address] = pc, error

    def left(self, worker: WorkerState | None, address: str) -> None:
        """Note that a worker is no longer there; one that did not take its leave may be missed."""
        self._refused.pop(address, None)
        others = {each.pc for each in self._board.workers.values()}
        if worker is not None and not worker.leaving and worker.pc and worker.pc not in others:
            self._gone[worker.pc] = self._board.wall()

    def all(self) -> tuple[Pc, ...]:
        """Return each PC, this one first, then by name; those that are gone or turned away too."""
        workers: dict[str, list[WorkerState]] = {}
        with self._board.lock:
            for worker in self._board.workers.values():
                workers.setdefault(worker.pc, []).append(worker)
            found = [self._of(name, each) for name, each in sorted(workers.items())]
            refused = sorted(self._refused.values(), key=lambda each: each[0])
            found += [Pc(name, trouble=error) for name, error in refused]
            found += [
                Pc(name, silent=self._board.wall() - since)
                for name, since in sorted(self._gone.items())
            ]
        return tuple(found)

    def _of(self, name: str, workers: list[WorkerState]) -> Pc:
        silent = max(self._silence(each.address) for each in workers)
        return Pc(
            name,
            len(workers),
            workers[0].cores,
            sum(each.speed for each in workers),
            tuple(each.run.shown for each in workers if each.run),
            silent if silent >= SILENT_SECONDS else None,
        )
