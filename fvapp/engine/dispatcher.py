"""Runs the engine's thread, which handles messages, assigns and pauses runs, and stores changes.

The thread never waits for a worker. Threads of :mod:`fvapp.engine.workers.transfers` wait for
workers, and post each outcome to the engine's inbox.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from fvapp.engine import inbox as told
from fvapp.engine.classroom.teachers import TeacherCommands
from fvapp.engine.on_demand import WorkerDemand
from fvapp.engine.pcs import Pcs
from fvapp.engine.processes.machine import TRAINS_NOTHING
from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.renewal import WorkerReplacement
from fvapp.engine.runs import Run, SharedEngineState, WorkerState, rules
from fvapp.engine.workers import protocol
from fvapp.engine.workers.transfers import WorkerTransfers

_log = logging.getLogger(__name__)

FETCHED_EACH = 4
"""With more workers than this, the checkpoints of each worker are fetched less often.

The number of checkpoints fetched per second from all workers then stays the same.
"""

# Seconds to wait before each attempt to start the processes. If the last attempt fails, the engine
# gives up.
STARTS = (0.0, 0.0, 2.0, 10.0)


class Dispatcher:
    """Runs the engine's thread, which handles the messages in `inbox`.

    Args:
        supervisor, transfers: the parts that post messages to `inbox`.
    """

    def __init__(
        self,
        *,
        engine_state: SharedEngineState,
        inbox: told.Inbox,
        supervisor: Supervisor,
        transfers: WorkerTransfers,
        worker_replacement: WorkerReplacement,
        worker_demand: WorkerDemand,
        teachers: TeacherCommands,
        pcs: Pcs,
    ) -> None:
        self._engine_state = engine_state
        self._timing = engine_state.timing
        self._clock = engine_state.clock
        self._inbox = inbox
        self._supervisor = supervisor
        self._transfers = transfers
        self._worker_replacement = worker_replacement
        self._memory_checked_at = engine_state.clock()
        self._worker_demand = worker_demand
        self._teachers = teachers
        self._pcs = pcs
        self._thread = threading.Thread(
            target=self._handle_messages_until_closed, name="fvapp-dispatch", daemon=True
        )
        self._end_event = threading.Event()
        # when each run's checkpoint was last fetched
        self._checkpoint_fetched_at: dict[str, float] = {}
        self._failed_start_count = 0  # failed attempts in a row to start the processes
        self._process_start_due_at: float | None = None
        self._next_check_at = engine_state.clock()
        self._is_scheduler_lost = False
        self._handlers: dict[type[protocol.Message], Callable[[Any], None]] = {
            told.WakeUp: lambda message: None,
            told.SchedulerConnected: self._on_scheduler_connected,
            told.SchedulerLost: self._on_scheduler_lost,
            told.WorkerJoined: self._on_worker_joined,
            told.WorkerRefused: self._on_worker_refused,
            told.WorkerGone: self._on_worker_gone,
            told.WorkerSilent: self._on_worker_silent,
            protocol.WorkerLeaves: self._on_worker_leaves,
            told.WorkerUnfit: self._on_worker_unfit,
            protocol.WorkerWarm: self._on_worker_warm,
            protocol.EventEmitted: self._on_event_emitted,
            protocol.CheckpointSaved: self._on_checkpoint_saved,
            protocol.EvaluationBegun: self._on_evaluation_begun,
            told.TaskEnded: self._on_task_ended,
            told.HandOverFailed: self._on_hand_over_failed,
        }

    def start_engine_thread(self) -> None:
        self.schedule_processes_start()
        self._thread.start()

    def schedule_processes_start(self) -> None:
        """Make the engine's thread start the scheduler and workers at its next check."""
        self._process_start_due_at = self._clock()

    def end_thread_and_processes(self) -> None:
        """End the engine's thread and all processes; runs that are training are lost."""
        self._end_event.set()
        self._inbox.post_message(told.WakeUp())
        if self._thread.is_alive():
            self._thread.join(5)
        with self._engine_state.lock:
            for run in list(self._engine_state.active_runs.values()):
                if run.record.state == "running":
                    self._engine_state.lifecycle.mark_run_lost(run, "restarted")
        self._transfers.end_helper_threads()
        self._supervisor.end_processes()

    # Methods of the engine's thread

    def _handle_messages_until_closed(self) -> None:
        while not self._end_event.is_set():
            self.handle_messages(
                self._inbox.wait_for_messages(max(0.0, self._next_check_at - self._clock()))
            )

    def handle_messages(self, messages: Sequence[protocol.Message]) -> None:
        """Handle messages, assign waiting runs, store changes, and do periodic checks if due."""
        due = self._clock() >= self._next_check_at
        with self._engine_state.lock:
            for message in messages:
                self._call_logging_errors(self._handlers[type(message)], message)
            self._call_logging_errors(self._assign_runs)
            if due:
                self._call_logging_errors(self._run_periodic_checks)
        # Write changes without holding the lock, because the disk may be slow.
        self._call_logging_errors(self._engine_state.journal.write_pending_changes)
        if due:
            self._call_logging_errors(self._engine_state.journal.checkpoint_and_copy_if_due)
            self._call_logging_errors(self._supervisor.check_processes)
            self._next_check_at = self._clock() + self._timing.check_interval_seconds

    def _call_logging_errors(self, work: Callable[..., object], *given: object) -> None:
        """Call `work`, and log any error, so that an error does not end the engine's thread."""
        try:
            work(*given)
        except Exception:
            _log.exception("a step of the engine failed")

    def _run_periodic_checks(self) -> None:
        now = self._clock()
        engine_state = self._engine_state
        engine_state.announce_status()
        if self._process_start_due_at is not None and now >= self._process_start_due_at:
            self._process_start_due_at = None
            self._is_scheduler_lost = False
            self._supervisor.start_processes()
        for run in engine_state.active_runs.values():
            if run.events is not None and run.stored_event_count < len(run.events):
                engine_state.workspaces.store_run(run)
        # Loop over workers, not active runs, because a run deleted while training must stop too.
        for worker in list(engine_state.workers.values()):
            if (trained := worker.run) is None:
                continue
            # A run reports nothing, but is not hung, while its worker still loads and compiles its
            # first program, or trains another network on a student's few examples ("teaches" it).
            if self._transfers.teachings_by_worker[worker.address] or not worker.warm:
                trained.last_heard_at = now
            if rules.is_run_hung(trained, self._timing, now):
                self._end_hung_worker(worker, trained)
            elif (
                trained.last_requested_action != "run"
                and now - trained.requested_at >= self._timing.request_repeat_seconds
            ):
                trained.requested_at = now
                self._transfers.send_stop_or_pause_request(trained)
        self._worker_replacement.end_leaving_workers()
        if now - self._memory_checked_at >= self._timing.memory_check_interval_seconds:
            self._memory_checked_at = now
            self._worker_replacement.check_worker_memory()
        self._worker_demand.adjust_worker_count()
        self._teachers.update_classes()
        training = engine_state.training_runs()
        if all(worker.run for worker in engine_state.workers.values()):
            for run in rules.runs_to_give_way(engine_state.queue, training, self._timing, now):
                engine_state.lifecycle.pause_run(run, "gave_way")
        for run in rules.runs_to_pause(training, self._timing, now):
            engine_state.lifecycle.pause_run(run, "nobody_watching")
        for run in engine_state.queue:
            if now - run.workspace.seen_at >= self._timing.unwatched_seconds_until_pause:
                engine_state.lifecycle.pause_run(run, "nobody_watching")

    def _end_hung_worker(self, worker: WorkerState, run: Run) -> None:
        """End a hung run's worker if the run was asked to end; else show that the run is hung."""
        if run.last_requested_action == "run":
            self._engine_state.lifecycle.show_reason_for_state(run, "hung")
            return
        del self._engine_state.workers[worker.address]
        if run.is_training and run.record.id in self._engine_state.active_runs:
            self._engine_state.lifecycle.mark_run_lost(run, "worker_gone")
        self._supervisor.dismiss_worker(worker.address)

    def _assign_runs(self) -> None:
        while (given := self._engine_state.assign_next_run()) is not None:
            run, worker = given
            self._transfers.hand_over_run(run, worker.address)

    # Message handlers, called with the lock held

    def _on_scheduler_connected(self, message: told.SchedulerConnected) -> None:
        self._engine_state.failure_code = None
        self._worker_demand.note_scheduler_connected()

    def _on_scheduler_lost(self, message: told.SchedulerLost) -> None:
        """Mark the runs in training as lost, and restart all processes."""
        if self._is_scheduler_lost:  # the loss may be reported twice, but is handled once
            return
        self._is_scheduler_lost = True
        engine_state = self._engine_state
        for run in engine_state.training_runs():
            engine_state.lifecycle.mark_run_lost(run, "restarted")
        engine_state.workers.clear()
        self._worker_replacement.forget_worker_replacement()
        self._failed_start_count += 1
        failed = self._failed_start_count >= len(STARTS) or message.reason in TRAINS_NOTHING
        engine_state.state = "failed" if failed else "restarting"
        engine_state.failure_code = message.reason or ("no_scheduler" if failed else None)
        # The old processes are ended in another thread, because the engine's thread must not wait.
        threading.Thread(
            target=self._supervisor.end_lost_cluster,
            args=(self._schedule_restart,),
            name="fvapp-drop",
            daemon=True,
        ).start()

    def _schedule_restart(self) -> None:
        if self._engine_state.failure_code in TRAINS_NOTHING:
            return
        self._process_start_due_at = (
            self._clock() + STARTS[min(self._failed_start_count, len(STARTS) - 1)]
        )
        self._inbox.post_message(told.WakeUp())

    def _on_worker_joined(self, message: told.WorkerJoined) -> None:
        if not self._is_scheduler_lost and not self._worker_replacement.hold_back_if_cold_successor(
            message.worker
        ):
            self._admit_worker(message.worker)

    def _on_worker_refused(self, message: told.WorkerRefused) -> None:
        self._engine_state.workers.pop(message.address, None)
        self._pcs.note_worker_refused(message.address, message.pc, message.error)
        if not message.pc and not self._engine_state.workers:
            self._engine_state.state = "failed"
            self._engine_state.failure_code = message.error.code

    def _admit_worker(self, worker: WorkerState) -> None:
        known = self._engine_state.workers.setdefault(worker.address, worker)
        known.warm = known.warm or worker.warm
        known.speed = known.speed or worker.speed
        self._pcs.note_worker_joined(worker)
        self._engine_state.state = "ready"
        self._engine_state.failure_code = None
        self._failed_start_count = 0
        self._worker_replacement.note_worker_ready(worker.name)
        self._engine_state.note_worker_needed()

    def _on_worker_gone(self, message: told.WorkerGone) -> None:
        worker = self._engine_state.workers.pop(message.address, None)
        self._pcs.note_worker_left(worker, message.address)
        run = worker.run if worker else None
        if (
            run is not None
            and not run.is_storing_result
            and run.record.id in self._engine_state.active_runs
        ):
            self._engine_state.lifecycle.mark_run_lost(run, "worker_gone")
        self._supervisor.kill_worker(message.address)

    def _on_worker_silent(self, message: told.WorkerSilent) -> None:
        run = self._run_of_worker(message.address)
        if run is not None:
            run.must_change_worker = True

    def _on_worker_leaves(self, message: protocol.WorkerLeaves) -> None:
        if message.address not in self._engine_state.workers:
            self._supervisor.dismiss_worker(message.address)
            return
        self._engine_state.workers[message.address].is_leaving = True
        run = self._run_of_worker(message.address)
        if run is not None:
            run.must_change_worker = True
            if run.is_training and run.last_requested_action == "run":
                self._engine_state.lifecycle.pause_run(run, "moved")

    def _on_worker_unfit(self, message: told.WorkerUnfit) -> None:
        """Assign no more runs to a worker until it has answered a new "hello" command."""
        if self._engine_state.workers.pop(message.address, None):
            self._supervisor.greeter.greet_worker(message.address)

    def _on_worker_warm(self, message: protocol.WorkerWarm) -> None:
        successor = self._worker_replacement.find_held_back_successor(message.address)
        if successor is not None:
            self._admit_worker(successor)
        worker = self._engine_state.workers.get(message.address)
        if worker is not None:
            worker.warm = True
            worker.speed = message.speed
        else:  # the worker may have answered "hello" before its warm-up ended, so ask it again
            self._supervisor.greeter.greet_worker(message.address)

    def _on_event_emitted(self, message: protocol.EventEmitted) -> None:
        run = self._find_training_run(message)
        if run is not None:
            self._engine_state.lifecycle.append_event(run, message.event)

    def _on_checkpoint_saved(self, message: protocol.CheckpointSaved) -> None:
        run = self._find_training_run(message)
        now = self._clock()
        # If checkpoints were fetched from a whole classroom of PCs twice a second, the network link
        # of the teacher's PC would be overloaded.
        every = self._timing.checkpoint_interval_seconds * max(
            1.0, len(self._engine_state.workers) / FETCHED_EACH
        )
        if (
            run is not None
            and now - self._checkpoint_fetched_at.get(message.run, float("-inf")) >= every
        ):
            self._checkpoint_fetched_at[message.run] = now
            self._transfers.fetch_checkpoint(run)

    def _on_evaluation_begun(self, message: protocol.EvaluationBegun) -> None:
        run = self._find_training_run(message)
        if run is not None:
            self._engine_state.lifecycle.show_reason_for_state(run, "testing")

    def _on_task_ended(self, message: told.TaskEnded) -> None:
        self._checkpoint_fetched_at.pop(message.run, None)
        self._release_worker(message, alive=message.future.status == "finished")
        run = self._current_run(message)
        if run is None:
            message.future.release()
            return
        self._engine_state.lifecycle.mark_run_ending(run)
        self._transfers.collect_result(run, message.future)

    def _on_hand_over_failed(self, message: told.HandOverFailed) -> None:
        self._release_worker(message, alive=message.reason is not None)
        run = self._current_run(message)
        if run is None:
            return
        if message.reason is None:
            self._engine_state.lifecycle.put_run_back(run)
        else:
            self._engine_state.lifecycle.mark_run_lost(run, message.reason)

    def _current_run(self, message: protocol.RunMessage) -> Run | None:
        """Return the run a message is about, or None if the run was lost or deleted meanwhile."""
        run = self._engine_state.active_runs.get(message.run)
        return run if run is not None and run.attempt == message.attempt else None

    def _run_of_worker(self, address: str) -> Run | None:
        """Return the run that a worker is training or has just finished, or None."""
        return next(
            (
                run
                for run in self._engine_state.active_runs.values()
                if run.worker_address == address
            ),
            None,
        )

    def _find_training_run(self, message: protocol.RunMessage) -> Run | None:
        """Return the training run that a message is about, or None; note that the run is alive."""
        run = self._current_run(message)
        if run is None or not run.is_training:
            return None
        run.last_heard_at = self._clock()
        if run.record.reason == "hung":
            self._engine_state.lifecycle.show_reason_for_state(run, None)
        return run

    def _release_worker(self, message: protocol.RunMessage, alive: bool) -> None:
        """Free a run's worker; unless `alive`, it gets no run until it answers a new "hello"."""
        for worker in list(self._engine_state.workers.values()):
            run = worker.run
            if run is not None and (run.record.id, run.attempt) == (message.run, message.attempt):
                worker.run = None
                if not alive:
                    del self._engine_state.workers[worker.address]
                    self._supervisor.greeter.greet_worker(worker.address)
