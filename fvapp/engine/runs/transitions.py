"""How events and commands change a run's record. Pure: records in, records out."""

from collections.abc import Sequence
from dataclasses import replace

from fvapp.core.errors import EngineError
from fvapp.core.events import EpochEnded, Event, Started, reached
from fvapp.core.names import clean_name
from fvapp.core.runs import FINISHED, MOST_EPOCHS, Position, RunRecord, RunState

STOPPABLE: frozenset[RunState] = frozenset({"queued", "running", "paused"})
PAUSABLE: frozenset[RunState] = frozenset({"queued", "running"})
RESUMABLE: frozenset[RunState] = frozenset({"paused", "stopped", "done", "lost"})


def after_event(record: RunRecord, event: Event, events: int) -> RunRecord:
    """Return the record after one more event.

    Args:
        events: the number of events the run has then.
    """
    if isinstance(event, Started):
        record = replace(record, parameters=event.parameters)
    epoch, step = reached(event) or record.position
    record = replace(record, epoch=epoch, step=step, events=events)
    if isinstance(event, EpochEnded):
        record = replace(record, accuracy=event.accuracy, val_accuracy=event.val_accuracy)
    return record


def lost(record: RunRecord, reason: str, at: Position | None) -> RunRecord:
    """Return the record of a lost run; it goes back to its checkpoint if it has one."""
    epoch, step = at or record.position
    return replace(record, state="lost", place=None, reason=reason, epoch=epoch, step=step)


def moved(record: RunRecord, at: Position) -> RunRecord:
    """Return the record of a run whose PC is gone and that goes on elsewhere, from its checkpoint."""
    return replace(record, state="queued", place=None, reason="moved", epoch=at.epoch, step=at.step)


def after_restart(record: RunRecord, at: Position | None) -> RunRecord:
    """Return the record as a server finds it that has just begun: nothing is silently trained again."""
    if record.state == "running":
        return lost(record, "restarted", at)
    return replace(record, state="paused", reason="restarted", place=None) if record.state == "queued" else record


def is_behind(at: Position | None, events: Sequence[Event]) -> bool:
    """Return whether resuming at a checkpoint (None: at the beginning) takes back part of the curve."""
    end = next(filter(None, map(reached, reversed(events))), Position())
    return (at or Position()) < end


def resumed(record: RunRecord, at: Position | None, more_epochs: int) -> RunRecord:
    """Return the record of a run that is queued again.

    Args:
        at: position of the checkpoint, or None. Only a run that has never trained can do without one.
        more_epochs: as in ``RunCommands.resume``.

    Raises:
        EngineError: ``not_now``, ``taught_not_continued``.
    """
    if record.taught is not None:
        raise EngineError("taught_not_continued")
    untouched = record.state == "paused" and record.position == (0, 0)
    if record.state not in RESUMABLE or more_epochs < 0 or (at is None and not untouched):
        raise EngineError("not_now")
    epoch, _ = at or Position()
    epochs = record.epochs
    if more_epochs:
        epochs = (epochs if record.state == "paused" else epoch) + more_epochs
    if (record.state == "done" and not more_epochs) or epoch >= epochs or epochs > MOST_EPOCHS:
        raise EngineError("not_now")
    return replace(record, state="queued", epochs=epochs, reason=None, result=None, place=None)


def copied(record: RunRecord, run_id: str, number: int, events: int) -> RunRecord:
    """Return the record of a run imported from a run file, without whatever the file cannot vouch for."""
    return replace(
        record,
        id=run_id,
        number=number,
        name=clean_name(record.name),
        state=record.state if record.state in FINISHED else "stopped",
        place=None,
        reason=None,
        can_continue=False,
        group=None,
        events=events,
        versions={clean_name(package): clean_name(version) for package, version in record.versions.items()},
    )
