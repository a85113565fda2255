"""Replaces workers whose memory has grown too large, because XLA never frees compiled code."""

from collections.abc import Iterable

from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.runs import SharedEngineState, WorkerState

WORTH_MB = 100.0
"""Minimum memory, in MB, that replacing a worker must free.

Without this minimum, a worker that exceeds the memory limit from the start would be replaced again
and again.
"""


def find_outgrown_worker(
    workers: Iterable[WorkerState], limit_mb: float, quiet: bool
) -> WorkerState | None:
    """Return the worker furthest above the memory limit if it must be replaced, or None.

    A replacement occupies a core for some seconds. So a worker may exceed the limit by 10% while
    any run is training or waiting.

    Args:
        quiet: whether no run is training or waiting.
    """
    most = limit_mb if quiet else 1.1 * limit_mb
    grown = [
        worker
        for worker in workers
        if worker.memory_mb
        and worker.warm_memory_mb
        and worker.memory_mb > most
        and worker.memory_mb - worker.warm_memory_mb >= WORTH_MB
    ]
    return max(grown, key=lambda worker: worker.memory_mb or 0.0, default=None)


class WorkerReplacement:
    """Replaces one worker at a time without making anybody wait.

    A successor starts alongside the old worker and warms up. Then the old worker gets no more runs,
    and ends once its last run has ended. If the machine has too little memory for both, the old
    worker ends first, at a time when no run is waiting or training.

    Every method is called with the engine's lock held.

    Args:
        limit_mb: resident memory, in MB, above which a worker is replaced.
        room: whether the machine has memory for one more worker.
    """

    def __init__(
        self, engine_state: SharedEngineState, supervisor: Supervisor, limit_mb: float, room: bool
    ) -> None:
        self._engine_state = engine_state
        self._supervisor = supervisor
        self._limit_mb = limit_mb
        self._has_room_for_worker = room
        self._outgrown_worker: WorkerState | None = None
        # name of the replacement worker until it is ready for its first run
        self._successor: str | None = None
        self._cold_successor: WorkerState | None = None

    def check_worker_memory(self) -> None:
        """Measure the workers' memory, and begin to replace a worker that uses too much."""
        workers = list(self._engine_state.workers.values())
        for worker in workers:
            worker.memory_mb = self._supervisor.greeter.worker_memory_mb(worker.address)
            if worker.memory_mb is not None and worker.warm and worker.warm_memory_mb is None:
                worker.warm_memory_mb = worker.memory_mb
        if self._successor is not None or self._outgrown_worker in workers:
            return
        quiet = not len(self._engine_state.queue) and not any(map(self._is_worker_needed, workers))
        grown = find_outgrown_worker(workers, self._limit_mb, quiet)
        if grown is None:
            return
        if grown.pc:  # on another PC, `lab join` replaces a worker that ends
            grown.is_leaving = True
        elif self._has_room_for_worker:
            self._outgrown_worker = grown
            self._successor = self._supervisor.start_successor(grown.address)
        elif quiet:
            self._supervisor.kill_worker(grown.address)

    def hold_back_if_cold_successor(self, worker: WorkerState) -> bool:
        """Return whether a new worker is a replacement, which must warm up before it gets runs."""
        if worker.name != self._successor or worker.warm:
            return False
        self._cold_successor = worker
        return True

    def find_held_back_successor(self, address: str) -> WorkerState | None:
        """Return the worker at an address if it is a replacement still warming up, else None."""
        came = self._cold_successor
        return came if came is not None and came.address == address else None

    def note_worker_ready(self, name: str) -> None:
        """Give the old worker no more runs if the worker called `name` is its replacement."""
        if self._outgrown_worker and name == self._successor:
            self._successor = self._cold_successor = None
            self._outgrown_worker.is_leaving = True

    def end_leaving_workers(self) -> None:
        """End each worker due to leave that trains no run and holds no result to be fetched."""
        for worker in list(self._engine_state.workers.values()):
            if worker.is_leaving and not self._is_worker_needed(worker):
                del self._engine_state.workers[worker.address]
                self._supervisor.dismiss_worker(worker.address)

    def forget_worker_replacement(self) -> None:
        """Forget that a worker is being replaced, because all processes are restarted."""
        self._outgrown_worker = self._successor = self._cold_successor = None

    def _is_worker_needed(self, worker: WorkerState) -> bool:
        """Return whether a worker is training, or holds a result that is still to be fetched."""
        active = self._engine_state.active_runs.values()
        return worker.run is not None or any(run.worker_address == worker.address for run in active)
