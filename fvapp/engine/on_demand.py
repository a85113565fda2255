"""Decides how many workers run: all while there are visitors, otherwise usually one or none."""

from fvapp.engine.processes.hosts import TrainingHosts
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.runs import SharedEngineState


class WorkerDemand:
    """Starts workers when a visitor arrives, and ends them after some time without visitors.

    Starting a worker occupies a core for some seconds. So further workers start only a few seconds
    after the first visitor arrives, and not while a run trains and no other run is waiting. Without
    visitors, usually one worker keeps running. If there is too little memory for this worker, the
    first worker starts when a request needs a worker.

    Every method is called with the engine's lock held.
    """

    def __init__(
        self, engine_state: SharedEngineState, supervisor: Supervisor, hosts: TrainingHosts
    ) -> None:
        self._engine_state = engine_state
        self._supervisor = supervisor
        self._hosts = hosts
        self._last_without_visitors_at = float("-inf")  # last time at which there was no visitor

    def note_scheduler_connected(self) -> None:
        """Mark the engine as ready, unless a worker has been started with the scheduler."""
        if not self._hosts.resident_workers:
            self._engine_state.state = "ready"

    def adjust_worker_count(self) -> None:
        """Start or end workers, so that the number of running workers meets the demand."""
        engine_state = self._engine_state
        started = self._supervisor.count_local_workers()
        wanted = self._count_wanted_workers(started)
        if engine_state.state != "ready":  # the first worker is already starting
            return
        here = [
            worker
            for worker in engine_state.workers.values()
            if not worker.pc and not worker.is_leaving
        ]
        for worker in here[wanted:]:
            del engine_state.workers[worker.address]
            self._supervisor.retire_worker(worker.address)
        # The other workers start once one worker has warmed up: two workers that load Keras and
        # compile at the same time on two cores would delay each other.
        if not started or any(worker.warm for worker in here):
            for _ in range(started, wanted):
                if not engine_state.workers:
                    engine_state.state = "starting"  # pages show "starting" until a worker joins
                self._supervisor.start_another_worker()

    def _count_wanted_workers(self, started: int) -> int:
        engine_state = self._engine_state
        now = self._engine_state.clock()
        if engine_state.active_runs:
            engine_state.note_worker_needed()
        since = (
            engine_state.workspaces.last_visit_at
            if self._hosts.resident_workers
            else engine_state.worker_needed_at
        )
        if (
            not engine_state.active_runs
            and now - since >= engine_state.timing.idle_seconds_until_scale_down
        ):
            self._last_without_visitors_at = now
            return self._hosts.resident_workers
        calm = (
            not engine_state.active_runs
            and now - self._last_without_visitors_at >= engine_state.timing.scale_up_delay_seconds
        )
        return (
            self._hosts.max_workers if calm or len(engine_state.queue) or not started else started
        )
