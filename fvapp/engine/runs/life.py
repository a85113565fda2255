"""Defines the states of a run, and how each step changes its worker, queue, record and files.

No other code changes the state of a run. The table of steps is also in fvapp/README.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from fvapp.core.checkpoint import TrainingEnd, TrainingFailure
from fvapp.core.errors import EngineError
from fvapp.core.events import EpochEnded, Event, RunContinued, RunStarted, position_at_event
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.names import clean_name
from fvapp.core.runs import FINISHED, MOST_EPOCHS, STATES, Reason, RunPosition, RunRecord, RunState
from fvapp.core.tables import read_toml_table
from fvapp.engine.runs.open_workspace import ENDING, Run
from fvapp.engine.runs.queue import LEAST_SECONDS, FairQueue

NEW = "new"
GONE = "gone"
PHASES = (NEW, *STATES, ENDING, GONE)
"""The states of a run that visitors see, and three phases that visitors do not see.

`NEW`: the run is not queued yet. `ENDING`: its result is being stored. `GONE`: the run is deleted.
"""


class LifecycleStep(NamedTuple):
    """A step in a run's life, such as being submitted or paused.

    Attributes:
        from_phases: the phases of a run in which the step may be taken.
        to_phases: the phases to which the step may lead.
        worker_effect: what the worker does: it "takes it" (the run), "is told" to end the run, "is
            free" of the run, "never had it", or "is gone".
        queue_effect: what the run does: it "joins" the queue behind other runs of its workspace,
            "joins first" before them, "makes room" for the next run of another workspace, "returns"
            to the head of the queue, "is next", or "leaves" the queue.
        changed_fields: fields of the record that may change, apart from state and queue place.
        stored_parts: the data that may be stored along with the record.
    """

    from_phases: Sequence[str]
    to_phases: Sequence[str]
    worker_effect: str = ""
    queue_effect: str = ""
    changed_fields: Sequence[str] = ()
    stored_parts: Sequence[str] = ()


STEPS = {
    name: LifecycleStep(**step) for name, step in read_toml_table(__file__, "life.toml").items()
}
"""All steps in a run's life, by name.

The step `delete` also deletes everything that is stored for the run.
"""


class RunLifecycle:
    """Changes the states of runs; every method is called with the engine's lock held.

    Attributes:
        queue: the runs that wait.
        active_runs: the runs that wait or train, by id.
        send_stop_or_pause_request: tells a run's worker to stop or pause the run, as the visitor
            requested.

    Args:
        keep: stores a run's record and new events.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, keep: Callable[[Run], None], clock: Callable[[], float]) -> None:
        self._store_run = keep
        self._clock = clock
        self.queue = FairQueue()
        self.active_runs: dict[str, Run] = {}
        self.send_stop_or_pause_request: Callable[[Run], None] = lambda run: None

    # Steps with which a run begins or resumes

    def submit_run(self, run: Run, first: bool) -> None:
        """Queue a new run.

        Args:
            first: whether the run goes before the other runs of its workspace.
        """
        self._take_life_step("train first" if first else "submit", run, run.record)

    def add_imported_run(self, run: Run) -> None:
        """Store an imported run, which has already ended."""
        self._take_life_step("import", run, run.record)

    def add_taught_run(self, run: Run) -> None:
        """Store a new run whose network is about to be taught a few examples by a worker."""
        self._take_life_step("teach", run, run.record)

    def resume_run(self, run: Run, record: RunRecord) -> None:
        """Queue a paused or ended run again, with a record from :func:`record_of_resumed_run`."""
        self._take_life_step("resume", run, record)

    # Steps while a worker has the run

    def give_run_to_worker(self, run: Run, address: str, versions: Mapping[str, str]) -> None:
        """Give a waiting run to the worker at `address`, and record the worker's versions."""
        run.must_change_worker = False
        run.worker_address = address
        run.training_since = run.last_heard_at = self._clock()
        reason: Reason | None = "moved" if run.record.reason == "moved" else None
        record = replace(
            run.record, state="running", reason=reason, versions={**run.record.versions, **versions}
        )
        events = run.loaded_events
        if will_retrain_part_of_curve(run.checkpoint_position, events):
            # The learning curve extends beyond the checkpoint, so a part of it is trained again.
            events.append(again := RunContinued(*run.checkpoint_position or RunPosition()))
            record = record_after_event(record, again, len(events))
        self._take_life_step("give", run, record)

    def put_run_back(self, run: Run) -> None:
        """Return a run to the queue because its worker never received it."""
        self._take_life_step("put back", run, replace(run.record, state="queued"))

    def append_event(self, run: Run, event: Event) -> None:
        """Add an event to a run in training."""
        events = run.loaded_events
        if isinstance(event, RunStarted) and any(
            isinstance(before, RunStarted) for before in events
        ):
            return  # a resumed run reports its start again, but only one start is kept
        events.append(event)
        run.update_record_and_notify(record_after_event(run.record, event, len(events)))

    def update_record_fields(self, run: Run, **changes: Any) -> None:
        """Change and store fields of a run's record, such as its name, but not its state."""
        run.update_record_and_notify(replace(run.record, **changes))
        self._store_run(run)

    def show_reason_for_state(self, run: Run, reason: Reason | None) -> None:
        """Show, but do not store, the reason for the state of a training run, such as "hung"."""
        if run.record.reason != reason:
            run.update_record_and_notify(replace(run.record, reason=reason))

    def request_stop_or_pause(self, run: Run, requested: str, why: Reason | None = None) -> None:
        """Ask a run's worker to "stop" or "pause" the run; pages show `why` as the reason."""
        self._check_life_step("ask to end", run)
        run.last_requested_action = requested
        run.request_reason = why
        run.requested_at = run.last_heard_at = self._clock()
        self.send_stop_or_pause_request(run)

    # Steps with which a run ends

    def stop_run(self, run: Run) -> None:
        """Stop a run; a training run first finishes its block of steps, and keeps its network.

        Raises:
            EngineError: ``not_now``: the run has already ended.
        """
        if run.is_training:
            self.request_stop_or_pause(run, "stop")
        else:
            self._take_life_step("stop", run, replace(run.record, state="stopped", reason=None))

    def pause_run(self, run: Run, reason: Reason | None = None) -> None:
        """Pause a run; a training run first finishes its block of steps, and keeps its progress.

        Raises:
            EngineError: ``not_now``: the run is neither waiting nor training.
        """
        if run.is_training:
            self.request_stop_or_pause(run, "pause", reason)
        else:
            self._take_life_step(
                "set aside", run, replace(run.record, state="paused", reason=reason)
            )

    def mark_run_lost(self, run: Run, reason: Reason) -> None:
        """Mark a run as lost, because its worker is gone, or queue the run for another worker.

        The run keeps its curve and its checkpoint.
        """
        record = record_of_lost_run(run, reason)
        self._take_life_step("move" if record.state == "queued" else "lose", run, record)

    def mark_run_ending(self, run: Run) -> None:
        """Mark a run as ending: its worker is done, and only its result may change the record."""
        self._check_life_step("end", run)
        run.is_storing_result = True

    def finish_run(self, run: Run, record: RunRecord, events: list[Event]) -> None:
        """Show a run's result, which has been stored, with all the run's events."""
        run.loaded_events[:] = events
        shown = replace(record, name=run.record.name)  # the run may have been renamed meanwhile
        if record.state == "queued":
            self._take_life_step("make room" if record.reason == "gave_way" else "move", run, shown)
        else:
            run.workspace.is_newcomer &= record.state not in FINISHED
            self._take_life_step(
                "lose" if record.state == "lost" else "finish", run, shown, stored=record
            )

    def withdraw_run_before_deletion(self, run: Run) -> None:
        """Remove a run from its worker or the queue, because it is about to be deleted."""
        if run.is_training:
            self.request_stop_or_pause(run, "stop")
        self._remove_from_queue(run)
        self._number_queue_places()

    # Private methods

    def _check_life_step(self, name: str, run: Run) -> LifecycleStep:
        step = STEPS[name]
        if NEW not in step.from_phases and run.life_phase not in step.from_phases:
            raise EngineError("not_now")
        return step

    def _take_life_step(
        self, name: str, run: Run, record: RunRecord, stored: RunRecord | None = None
    ) -> None:
        """Take the step called `name`, after which the run has the given record.

        Args:
            stored: the record that is already stored for the run, if it is known.
        """
        step = self._check_life_step(name, run)
        run.is_storing_result = False
        if step.worker_effect:
            # a worker's death may be reported twice; a late report must not end a resumed run
            run.attempt += 1
        if name != "give":
            run.worker_address = None
        run.update_record_and_notify(
            record if record.queue_place is None else replace(record, queue_place=None)
        )
        if step.queue_effect == "is next":
            self.queue.remove_run(run)
        elif step.queue_effect == "leaves":
            self._remove_from_queue(run)
        elif step.queue_effect:
            self._add_to_queue(run, step.queue_effect)
        if record != stored:
            self._store_run(run)
        if step.queue_effect:
            self._number_queue_places()
        run.is_storing_result = ENDING in step.to_phases

    def _add_to_queue(self, run: Run, how: str) -> None:
        self.active_runs[run.record.id] = run
        if how == "returns":
            self.queue.put_run_back(run)
        else:
            run.waiting_since = self._clock()
            run.last_requested_action = "run"
            run.request_reason = None
            measured = run.seconds_left
            run.estimated_seconds = (
                estimated_seconds_left(run.record)
                if measured is None
                else max(LEAST_SECONDS, measured)
            )
            self.queue.add_run(run, made_room=how == "makes room", first=how == "joins first")

    def _remove_from_queue(self, run: Run) -> None:
        self.active_runs.pop(run.record.id, None)
        self.queue.remove_run(run)

    def _number_queue_places(self) -> None:
        for place, run in enumerate(self.queue, start=1):
            if run.record.queue_place != place:
                run.update_record_and_notify(replace(run.record, queue_place=place), urgent=False)


# Functions that compute a run's record after a step


def estimated_seconds_left(record: RunRecord) -> float:
    """Return a run's estimated remaining training time, at least `LEAST_SECONDS`."""
    left = (
        estimate_training_seconds(record.settings)
        * (record.epochs - record.epoch)
        / record.settings.epochs
    )
    return max(LEAST_SECONDS, left)


def record_after_event(record: RunRecord, event: Event, events: int) -> RunRecord:
    """Return a run's record after one more event.

    Args:
        events: the run's number of events, including this one.
    """
    if isinstance(event, RunStarted):
        record = replace(record, parameters=event.parameters)
    epoch, step = position_at_event(event) or record.run_position
    record = replace(record, epoch=epoch, step=step, events=events)
    if isinstance(event, EpochEnded):
        record = replace(record, accuracy=event.accuracy, val_accuracy=event.val_accuracy)
    return record


def will_retrain_part_of_curve(at: RunPosition | None, events: Sequence[Event]) -> bool:
    """Return whether a run that resumes at a checkpoint trains part of its curve again.

    Args:
        at: position of the checkpoint; None if the run resumes at the start.
        events: the run's events so far.
    """
    end = next(filter(None, map(position_at_event, reversed(events))), RunPosition())
    return (at or RunPosition()) < end


def record_of_lost_run(run: Run, reason: Reason) -> RunRecord:
    """Return the record of a run whose worker is gone: queued for another worker, or lost."""
    if run.can_change_worker:
        run.has_changed_worker = True
        record = replace(run.record, state="queued", reason="moved")
    else:
        record = replace(run.record, state="lost", reason=reason)
    return _record_reset_to_position(record, run.checkpoint_position)


def record_of_ended_run(run: Run, came: TrainingEnd | TrainingFailure | None) -> RunRecord:
    """Return a run's record after training.

    Args:
        came: the outcome of training; None if the worker died before it reported an outcome.
    """
    if came is None:
        return record_of_lost_run(run, "worker_gone")
    if isinstance(came, TrainingFailure):
        state: RunState = "lost" if came.reason == "not_returned" else "failed"
        failed = replace(run.record, state=state, error=came.keras_error, reason=came.reason)
        return (
            _record_reset_to_position(failed, run.checkpoint_position)
            if state == "lost"
            else failed
        )
    record = replace(_record_reset_to_position(run.record, came.position), has_checkpoint=True)
    if came.state == "paused":
        why: Reason | None = (
            "pc_left"
            if run.request_reason == "moved" and run.has_changed_worker
            else run.request_reason
        )
        run.has_changed_worker |= why == "moved"
        return replace(
            record, state="queued" if why in ("gave_way", "moved") else "paused", reason=why
        )
    taught = replace(record.taught, outcome=came.teaching_outcome) if record.taught else None
    return replace(record, state=came.state, result=came.result, reason=None, taught=taught)


def record_after_restart(record: RunRecord, at: RunPosition | None) -> RunRecord:
    """Return a run's record after a server restart: training runs are lost, waiting runs paused."""
    if record.state == "running":
        return _record_reset_to_position(replace(record, state="lost", reason="restarted"), at)
    return (
        replace(record, state="paused", reason="restarted") if record.state == "queued" else record
    )


def record_of_resumed_run(record: RunRecord, at: RunPosition | None, more_epochs: int) -> RunRecord:
    """Return the record of a run that is queued again.

    Args:
        at: position of the run's checkpoint, or None. Only a run that has never trained can
            resume without a checkpoint.
        more_epochs: number of epochs to train beyond the plan, see ``RunCommands.resume_run``.

    Raises:
        EngineError: ``not_now``: the run cannot be resumed, or cannot train that many epochs;
            ``taught_not_continued``: the run's network was taught single examples.
    """
    if record.taught is not None:
        raise EngineError("taught_not_continued")
    untouched = record.state == "paused" and record.run_position == (0, 0)
    if (
        record.state not in STEPS["resume"].from_phases
        or more_epochs < 0
        or (at is None and not untouched)
    ):
        raise EngineError("not_now")
    epoch, _ = at or RunPosition()
    epochs = record.epochs
    if more_epochs:
        epochs = (epochs if record.state == "paused" else epoch) + more_epochs
    if (record.state == "done" and not more_epochs) or epoch >= epochs or epochs > MOST_EPOCHS:
        raise EngineError("not_now")
    return replace(record, state="queued", epochs=epochs, reason=None, result=None)


def record_of_imported_run(record: RunRecord, run_id: str, number: int, events: int) -> RunRecord:
    """Return the record of an imported run, without the fields that its file could have forged.

    Args:
        events: the run's number of events.
    """
    return replace(
        record,
        id=run_id,
        number=number,
        name=clean_name(record.name),
        state=record.state if record.state in FINISHED else "stopped",
        queue_place=None,
        reason=None,
        has_checkpoint=False,
        group=None,
        events=events,
        versions={
            clean_name(package): clean_name(version) for package, version in record.versions.items()
        },
    )


def _record_reset_to_position(record: RunRecord, at: RunPosition | None) -> RunRecord:
    epoch, step = at or record.run_position
    return replace(record, epoch=epoch, step=step)
