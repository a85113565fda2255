"""What takes time: sending runs and wishes to workers, fetching checkpoints and outcomes, writing them down.

Done by a few helper threads. An outcome is written to the store before anybody can see it: who has seen a run done
will find it done, whatever is killed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fvapp.core.errors import EngineError
from fvapp.core.runs import Event, KerasError, RunRecord, RunResult
from fvapp.engine.runs import transitions
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.workspaces import Run
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal
from fvapp.engine.workers.protocol import Unreachable, call, run_training

if TYPE_CHECKING:
    from distributed import Client, Future

FETCH_SECONDS = 30.0  # a checkpoint of 36 MB over a school's network


@dataclass(frozen=True)
class TaskEnded:
    """A worker has finished with a run, in whatever way; `future` holds its outcome."""

    run: Run
    attempt: int
    future: Future


@dataclass(frozen=True)
class NotGiven:
    """A run could not be handed to its worker.

    Attributes:
        reason: key below ``reasons.`` of what is wrong with the run; None: the worker does not answer.
    """

    run: Run
    attempt: int
    address: str
    reason: str | None = None


class Delivery:
    """Helpers of the dispatcher.

    Args:
        post: takes the messages above.
        client: returns the connection of the moment.
    """

    def __init__(
        self, board: Board, journal: Journal, post: Callable[[object], None], client: Callable[[], Client | None]
    ) -> None:
        self._board, self._journal, self._post, self._client = board, journal, post, client
        self._helpers = ThreadPoolExecutor(4, thread_name_prefix="fvapp-deliver")
        self._fetching: set[Run] = set()

    def close(self) -> None:
        self._helpers.shutdown(wait=False, cancel_futures=True)

    def give(self, run: Run, address: str) -> None:
        """Hand a run to its worker."""
        self._helpers.submit(self._give, run, run.attempt, address)

    def say(self, run: Run) -> None:
        """Tell a worker what is wished of its run; a worker that does not hear is noticed elsewhere."""
        self._helpers.submit(self._say, run.record.id, run.attempt, run.address, run.wish)

    def fetch_checkpoint(self, run: Run) -> None:
        """Fetch and keep the checkpoint a worker has just made, unless the last one is still on its way."""
        if run not in self._fetching:
            self._fetching.add(run)
            self._helpers.submit(self._fetch, run, run.attempt, run.address)

    def collect(self, ended: TaskEnded) -> None:
        """Fetch the outcome of a run that is marked as ending, keep it, and show it."""
        self._helpers.submit(self._collect, ended)

    # In the helpers

    def _give(self, run: Run, attempt: int, address: str) -> None:
        client = self._client()
        record = run.record
        order = {"run": record.id, "attempt": attempt, "settings": record.settings.to_json()}
        order |= {"epochs": record.epochs, "continues": run.at is not None, "step": run.at[1] if run.at else 0}
        try:
            if run.at is not None:
                files = {"checkpoint": self._journal.checkpoint(record.id), "frames": self._frames(run)}
                call(client, address, "bring", run=record.id, **files, seconds=FETCH_SECONDS)
            # A tuple: of a string the scheduler would keep the run's id as a kind of task, with statistics, for ever.
            key = ("training", record.id, attempt)
            future = client.submit(
                run_training, order, key=key, pure=False, workers=[address], allow_other_workers=False, retries=0
            )
            future.add_done_callback(lambda future: self._post(TaskEnded(run, attempt, future)))
        except EngineError:
            self._post(NotGiven(run, attempt, address, "checkpoint_gone"))
        except (Unreachable, AttributeError, RuntimeError, OSError):  # the connection broke under our hands
            self._post(NotGiven(run, attempt, address))

    def _say(self, run_id: str, attempt: int, address: str, wish: str) -> None:
        client = self._client()
        try:
            if client is not None and address is not None:
                call(client, address, "wish", run=run_id, attempt=attempt, wish=wish)
        except (Unreachable, EngineError):
            return  # said again with a later tick, or the worker is lost

    def _fetch(self, run: Run, attempt: int, address: str) -> None:
        try:
            found = call(self._client(), address, "checkpoint", run=run.record.id, seconds=FETCH_SECONDS)
        except (Unreachable, EngineError, AttributeError):
            return
        finally:
            self._fetching.discard(run)
        if found is None:
            return
        content, epoch, step, frames = found
        with self._board.lock:
            if run.attempt != attempt or run.ending or run.record.id not in self._board.active:
                return
            self._keep_checkpoint(run, content, epoch, step)
            self._keep_frames(run, frames)
            self._board.put(run, replace(run.record, can_continue=True))
        self._journal.flush()

    def _collect(self, ended: TaskEnded) -> None:
        run = ended.run
        outcome = _outcome(ended.future)
        with self._board.lock:
            record = _final(run, outcome)
            kept_events = list(run.events)
            if outcome.get("result"):
                kept_events.append(outcome["result"])
                record = replace(record, events=len(kept_events))
            if "checkpoint" in outcome:
                record = replace(record, can_continue=True)
                self._keep_checkpoint(run, outcome["checkpoint"], outcome["epoch"], outcome["step"])
                self._keep_frames(run, outcome["frames"])
            if len(kept_events) > run.written:
                new = kept_events[run.written :]
                self._journal.note(writes.events_added(record.id, run.written, new))
            self._journal.note(writes.run_changed(run.workspace.id, record))
        self._journal.flush()
        self._show(run, record, kept_events)

    def _show(self, run: Run, record: RunRecord, events: list[Event]) -> None:
        """Let the visitor see an outcome that is kept."""
        board = self._board
        with board.lock:
            run.ending = False
            if record.id not in run.workspace.runs:  # deleted while it was being written
                self._journal.note(writes.run_deleted(record.id))
                return
            run.events[:] = events
            run.written = len(events)
            run.address = None
            name, run.record = run.record.name, record
            if name != record.name:  # renamed meanwhile
                board.put(run, replace(record, name=name))
            if record.state == "queued":
                board.enqueue(run)
            else:
                board.withdraw(run)
                board.workspaces.events(run)
        self._post(None)

    def _keep_checkpoint(self, run: Run, content: bytes, epoch: int, step: int) -> None:
        run.at, run.bytes = (epoch, step), len(content)
        self._journal.note(writes.checkpoint_made(writes.CheckpointFile(run.record.id, content, epoch, step)))

    def _keep_frames(self, run: Run, content: bytes | None) -> None:
        if content is not None:
            run.frames_bytes = len(content)
            self._journal.note(writes.frames_made(writes.FramesFile(run.record.id, content)))

    def _frames(self, run: Run) -> bytes | None:
        """Return the frames that are kept of a run. Without them it goes on as well."""
        try:
            return self._journal.frames(run.record.id)
        except EngineError:
            return None


def _outcome(future: Future) -> Mapping[str, object]:
    """Return what a training returned, or that it is lost."""
    from distributed.scheduler import KilledWorker

    try:
        return future.result(timeout=FETCH_SECONDS)
    except (KilledWorker, CancelledError, TimeoutError, OSError):
        return {"state": "lost"}
    # Dask raises here whatever was raised in the worker. What Keras raises comes as an outcome, so this is a fault.
    except Exception as error:
        return {"state": "failed", "error": {"kind": type(error).__name__, "message": str(error)}}
    finally:
        future.release()


def _final(run: Run, outcome: Mapping[str, object]) -> RunRecord:
    """Return the record of a run after its outcome."""
    record, state = run.record, outcome["state"]
    if "epoch" in outcome:
        record = replace(record, epoch=outcome["epoch"], step=outcome["step"])
    if state == "lost":
        return transitions.lost(record, "worker_gone", run.at)
    if state == "failed":
        error = outcome["error"]
        if "code" in error:
            reason = "checkpoint_gone" if error["code"].startswith("checkpoint") else "data_gone"
            return replace(transitions.failed(record, None), reason=reason)
        return transitions.failed(record, KerasError(error["kind"], error["message"]))
    if state == "paused":
        gives_way = run.wish == "yield"
        return replace(record, state="queued" if gives_way else "paused", reason=run.why, place=None)
    event = outcome["result"]
    result = RunResult(**{name: value for name, value in event.items() if name not in ("event", "state")})
    return transitions.ended(record, state, result, record.events)
