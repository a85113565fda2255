"""Sends runs and requests to workers; fetches checkpoints and results, and stores them.

Helper threads do this slow work. A result is stored before anybody can see it. So a run that a
visitor has seen as done stays done, even if the server is killed afterwards.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from fvapp.core.checkpoint import TrainingEnd, TrainingFailure
from fvapp.core.errors import EngineError
from fvapp.core.events import Event, RunEnded, find_followed_drawing
from fvapp.core.runs import ACTIVE, KerasError, RunPosition, RunRecord, RunResult
from fvapp.core.schema import read_as_type
from fvapp.core.teaching import TeachingOutcome
from fvapp.engine.inbox import HandOverFailed, Inbox, TaskEnded, WakeUp, WorkerUnfit
from fvapp.engine.runs import Run, SharedEngineState, record_of_ended_run
from fvapp.engine.store import writes
from fvapp.engine.workers.connection import WorkerConnection, WorkerUnreachable
from fvapp.engine.workers.protocol import (
    TrainingOrder,
    dask_task_key,
    result_from_plain,
    run_training,
)

_log = logging.getLogger(__name__)

FETCH_SECONDS = 30.0  # seconds; enough to fetch a 36 MB checkpoint over a school's network
TEACH_SECONDS = 60.0  # seconds; enough for 60 steps of 640 images with the small CNN


class WorkerTransfers:
    """Does the dispatcher's slow work in helper threads.

    Args:
        helpers: threads for all slow work except teaching.
        teaching: threads that wait for a worker to teach a network, which takes seconds. They
            are separate so that training runs need not wait for them.
    """

    def __init__(
        self,
        engine_state: SharedEngineState,
        inbox: Inbox,
        connection: WorkerConnection,
        helpers: Executor,
        teaching: Executor,
    ) -> None:
        self._engine_state = engine_state
        self._journal = engine_state.journal
        self._inbox = inbox
        self._connection = connection
        self._thread_pool = helpers
        self._teaching_thread_pool = teaching
        engine_state.lifecycle.send_stop_or_pause_request = self.send_stop_or_pause_request
        self._runs_being_fetched: set[Run] = set()
        # number of networks that each worker trains further on a few examples, by its address
        self.teachings_by_worker: Counter[str] = Counter()

    def end_helper_threads(self) -> None:
        for pool in (self._thread_pool, self._teaching_thread_pool):
            pool.shutdown(wait=False, cancel_futures=True)

    def hand_over_run(self, run: Run, address: str) -> None:
        """Send a run to the worker at an address, which then trains the run."""
        self._thread_pool.submit(self._hand_over_run, run, run.attempt, address)

    def send_stop_or_pause_request(self, run: Run) -> None:
        """Tell a run's worker to do what `run.last_requested_action` says; ignore errors."""
        self._thread_pool.submit(
            self._send_stop_or_pause,
            run.record.id,
            run.attempt,
            run.worker_address,
            run.last_requested_action,
        )

    def fetch_checkpoint(self, run: Run) -> None:
        """Fetch and store a run's new checkpoint, unless a checkpoint is already being fetched."""
        if run.worker_address is not None and run not in self._runs_being_fetched:
            self._runs_being_fetched.add(run)
            self._thread_pool.submit(self._fetch_checkpoint, run, run.attempt, run.worker_address)

    def collect_result(self, run: Run, future: Any) -> None:
        """Fetch the result of a run that is ending, store it, and show it to the visitor."""
        self._thread_pool.submit(self._collect_result, run, future)

    def teach_run(self, run: Run, address: str, **values: object) -> None:
        """Ask a worker to teach a network, even if the worker is training another run.

        Args:
            values: arguments of the worker's command ``teach``.
        """
        self.teachings_by_worker[address] += 1
        self._teaching_thread_pool.submit(self._teach_run, run, address, values)

    # Methods that run in the helper threads

    def _hand_over_run(self, run: Run, attempt: int, address: str) -> None:
        record = run.record
        order = TrainingOrder(
            record.id,
            attempt,
            record.settings,
            record.epochs,
            run.checkpoint_position,
            record.arithmetic,
            find_followed_drawing(run.events or ()),
        )
        try:
            files: dict[str, bytes | None] = {}
            if run.checkpoint_position is not None:
                files = {
                    "checkpoint": self._journal.read_checkpoint(record.id),
                    "frames": self._read_frames(run),
                }
            if record.examples is not None:
                files["examples"] = self._journal.read_examples_copy(record.id)
            if files:
                self._connection.call_worker(
                    address, "bring", run=record.id, **files, seconds=FETCH_SECONDS
                )
            client: Any = self._connection.client
            future = client.submit(
                run_training,
                order,
                key=dask_task_key(record.id, attempt),
                pure=False,
                workers=[address],
                allow_other_workers=False,
                retries=0,
            )
            future.add_done_callback(
                lambda future: self._inbox.post_message(TaskEnded(record.id, attempt, future))
            )
        except EngineError:
            self._inbox.post_message(HandOverFailed(record.id, attempt, "checkpoint_gone"))
        # These errors mean that the connection to the worker or the scheduler is lost.
        except (WorkerUnreachable, AttributeError, RuntimeError, OSError):
            self._inbox.post_message(HandOverFailed(record.id, attempt))

    def _send_stop_or_pause(
        self, run_id: str, attempt: int, address: str | None, requested: str
    ) -> None:
        try:
            if address is not None:
                self._connection.call_worker(
                    address, "request", run=run_id, attempt=attempt, requested=requested
                )
        except (WorkerUnreachable, EngineError):
            return  # the error is ignored, because the dispatcher will repeat the request

    def _fetch_checkpoint(self, run: Run, attempt: int, address: str) -> None:
        try:
            found = self._connection.call_worker(
                address, "checkpoint", run=run.record.id, seconds=FETCH_SECONDS
            )
            if found is None:
                return
            content, *at, frames = found
            content = read_as_type(bytes, content)
            at = read_as_type(RunPosition, at)
            frames = read_as_type(bytes | None, frames)
        except (WorkerUnreachable, EngineError, TypeError, ValueError):
            return
        finally:
            self._runs_being_fetched.discard(run)
        with self._engine_state.lock:
            if (
                run.attempt != attempt
                or run.is_storing_result
                or run.record.id not in self._engine_state.active_runs
            ):
                return
            self._engine_state.workspaces.store_checkpoint(run, content, at)
            self._store_frames(run, frames)
            self._engine_state.lifecycle.update_record_fields(run, has_checkpoint=True)
        self._journal.write_pending_changes()

    def _collect_result(self, run: Run, future: Any) -> None:
        came = self._fetch_run_outcome(run, future)
        if isinstance(came, TrainingFailure) and came.reason == "data_gone" and run.worker_address:
            self._inbox.post_message(WorkerUnfit(run.worker_address))
        self._store_run_outcome(run, came)

    def _fetch_run_outcome(self, run: Run, future: Any) -> TrainingEnd | TrainingFailure | None:
        """Return the outcome of a training run, or None if the outcome is lost.

        Errors that Keras raised are part of the outcome. Errors while fetching the outcome come
        from the computer network or the worker's PC.
        """
        try:
            if future.status == "finished" and run.worker_address:
                return result_from_plain(
                    self._connection.call_worker(
                        run.worker_address,
                        "result",
                        run=run.record.id,
                        attempt=run.attempt,
                        seconds=FETCH_SECONDS,
                    )
                )
            return None
        except WorkerUnreachable:
            return None
        except Exception:
            _log.exception("a result could not be fetched")
            return TrainingFailure("not_returned")
        finally:
            future.release()

    def _teach_run(self, run: Run, address: str, values: Mapping[str, Any]) -> None:
        came: TrainingEnd | TrainingFailure | None = None
        try:
            plain = self._connection.call_worker(address, "teach", seconds=TEACH_SECONDS, **values)
            result = read_as_type(RunResult, plain["result"])
            outcome = read_as_type(TeachingOutcome, plain["outcome"])
            came = TrainingEnd(
                "done",
                read_as_type(bytes, plain["checkpoint"]),
                None,
                run.record.run_position,
                result,
                outcome,
            )
        except WorkerUnreachable:
            pass  # the worker died or is frozen, so the outcome of teaching is lost
        except EngineError:
            came = TrainingFailure("data_gone")
        # Any other error in a worker is a bug, and is recorded like an error that Keras raised.
        except Exception as error:
            came = TrainingFailure(keras_error=KerasError.from_exception(error))
        self.teachings_by_worker[address] -= 1
        self._store_run_outcome(run, came)

    def _store_run_outcome(self, run: Run, came: TrainingEnd | TrainingFailure | None) -> None:
        """Store a run's outcome (None: the run is lost), and then show it to the visitor."""
        with self._engine_state.lock:
            record = record_of_ended_run(run, came)
            kept_events = list(run.loaded_events)
            if isinstance(came, TrainingEnd):
                self._engine_state.workspaces.store_checkpoint(run, came.checkpoint, came.position)
                self._store_frames(run, came.film_frames)
                if came.result is not None and came.state != "paused":
                    kept_events.append(RunEnded(came.state, came.result))
                    record = replace(record, events=len(kept_events))
            self._engine_state.workspaces.store_run_record(run, record, kept_events)
        self._journal.write_pending_changes()
        self._show_run_outcome(run, record, kept_events)

    def _show_run_outcome(self, run: Run, record: RunRecord, events: list[Event]) -> None:
        """Show the visitor a run's outcome, which has already been stored."""
        engine_state = self._engine_state
        with engine_state.lock:
            if record.id not in run.workspace.runs:  # the visitor deleted the run meanwhile
                self._journal.queue_changes(writes.delete_run(record.id))
                return
            engine_state.lifecycle.finish_run(run, record, events)
            if record.state not in ACTIVE:
                engine_state.workspaces.load_events(run)
        self._inbox.post_message(WakeUp())

    def _store_frames(self, run: Run, content: bytes | None) -> None:
        if content is not None:
            run.frames_bytes = len(content)
            self._journal.queue_changes(writes.store_frames(run.record.id, content))

    def _read_frames(self, run: Run) -> bytes | None:
        """Return the bytes of a run's film (snapshots of weights), or None if it is unreadable."""
        try:
            return self._journal.read_frames(run.record.id)
        except EngineError:
            return None
