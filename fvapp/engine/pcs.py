"""Lists the PCs that train networks for the app, and the reasons why other PCs do not."""

from collections.abc import Callable

from fvapp.core.errors import EngineError
from fvapp.engine.api import Pc
from fvapp.engine.runs import SharedEngineState, WorkerState

SILENT_SECONDS = 3.0
"""Seconds without news after which a PC counts as silent.

Workers report to the scheduler twice a second, and the app asks the scheduler every 3 s.
"""


class Pcs:
    """The PCs whose workers train networks, and the PCs that were refused or lost.

    Every method except :meth:`list_pcs` is called with the engine's lock held.

    Args:
        worker_silence_seconds: returns the seconds since the worker at an address was last heard
            from.
    """

    def __init__(
        self, engine_state: SharedEngineState, worker_silence_seconds: Callable[[str], float]
    ) -> None:
        self._engine_state = engine_state
        self._worker_silence_seconds = worker_silence_seconds
        # Each refused PC's name and error, by its worker's address, or by the worker's name if it
        # has no address
        self._refused_pcs: dict[str, tuple[str, EngineError]] = {}
        self._gone_since: dict[str, float] = {}  # when each lost PC was lost, by name

    def note_worker_joined(self, worker: WorkerState) -> None:
        """Record that a worker has joined, so its PC no longer counts as refused or lost."""
        # A worker that died before it had an address was listed by its name.
        for known in (worker.address, worker.name):
            self._refused_pcs.pop(known, None)
        self._gone_since.pop(worker.pc, None)

    def note_worker_refused(self, address: str, pc: str, error: EngineError) -> None:
        """Record why a worker gets no runs.

        If the worker has no address yet, `address` is the worker's name.
        """
        self._refused_pcs[address] = pc, error

    def note_worker_left(self, worker: WorkerState | None, address: str) -> None:
        """Record that a worker left; list a PC as lost if its last worker died unexpectedly."""
        self._refused_pcs.pop(address, None)
        others = {known.pc for known in self._engine_state.workers.values()}
        if worker is not None and not worker.is_leaving and worker.pc and worker.pc not in others:
            self._gone_since[worker.pc] = self._engine_state.wall_clock()

    def list_pcs(self) -> tuple[Pc, ...]:
        """Return this PC, then the other PCs that train, then refused PCs, then lost PCs."""
        workers: dict[str, list[WorkerState]] = {}
        with self._engine_state.lock:
            for worker in self._engine_state.workers.values():
                workers.setdefault(worker.pc, []).append(worker)
            found = [self._describe_pc(name, of_pc) for name, of_pc in sorted(workers.items())]
            refused = sorted(self._refused_pcs.values(), key=lambda row: row[0])
            found += [Pc(name, no_runs_error=error) for name, error in refused]
            found += [
                Pc(name, silent_seconds=self._engine_state.wall_clock() - since)
                for name, since in sorted(self._gone_since.items())
            ]
        return tuple(found)

    def _describe_pc(self, name: str, workers: list[WorkerState]) -> Pc:
        silent = max(self._worker_silence_seconds(worker.address) for worker in workers)
        return Pc(
            name,
            len(workers),
            workers[0].cores,
            sum(worker.speed for worker in workers),
            tuple(worker.run.record_without_sealed_results for worker in workers if worker.run),
            silent if silent >= SILENT_SECONDS else None,
        )
