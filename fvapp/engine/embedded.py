"""Defines the engine, which carries out visitors' commands and runs the training processes."""

from fvapp.core.datasets import SHIPPED
from fvapp.core.inspection import load_shipped_model
from fvapp.engine.api import EngineStatus
from fvapp.engine.assembly import EngineParts


class EmbeddedEngine(EngineParts):
    """The whole engine; visitors' commands are methods of its parts, see `EngineParts`.

    Commands that concern a workspace take its token as the first argument. Each command may raise
    ``EngineError`` with one of these codes, and then changes nothing: ``unknown_workspace``,
    ``unknown_run`` (also for runs of other visitors), ``not_now`` (the run's state does not allow
    the command), ``limit_*`` (a limit, such as that of disk space, is reached), ``not_ready`` (the
    engine is starting or restarting), ``store_*`` (the disk cannot be written).
    """

    def start(self) -> None:
        """Start the scheduler and workers in the background; further calls do nothing."""
        if self._start_lock.acquire(blocking=False):
            self._dispatcher.start_engine_thread()
            for name in SHIPPED:  # load each model now, so that no visitor waits for it
                self._thread_pool.submit(load_shipped_model, name)

    def engine_status(self) -> EngineStatus:
        """Return the state of the engine, which is the same for every visitor."""
        engine_state = self._engine_state
        store = self._journal.store_error
        with engine_state.lock:
            staying = sum(not worker.is_leaving for worker in engine_state.workers.values())
            training = sum(worker.run is not None for worker in engine_state.workers.values())
            waiting = len(engine_state.queue)
            code, values = (store.code, store.values) if store else (None, {})
            return EngineStatus(
                engine_state.state,
                staying,
                training,
                waiting,
                engine_state.failure_code,
                code,
                values,
                self._slow_start_seconds,
            )

    def close(self) -> None:
        """End the scheduler and all workers; runs that are training are lost."""
        self._dispatcher.end_thread_and_processes()
        self._vote_thread_pool.shutdown(wait=False, cancel_futures=True)
        self._journal.close()
