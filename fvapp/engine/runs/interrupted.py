"""What a restart does to runs that were under way: nothing is silently trained again."""

from __future__ import annotations

from dataclasses import replace

from fvapp.core.errors import EngineError
from fvapp.core.runs import Position, RunRecord
from fvapp.engine.runs import transitions
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal
from fvapp.engine.store.records import read_record


def mark_interrupted(journal: Journal) -> None:
    """Mark the runs that were training when the server ended as lost, and those that were waiting as paused."""
    try:
        unfinished = journal.store.unfinished()
    except EngineError as error:
        journal.reason = error.code
        return
    for workspace, stored in unfinished:
        try:
            record = read_record(stored.id, stored.body, stored.checkpoint_at is not None)
        except EngineError:
            continue  # damaged: left as it is, and reported to its visitor
        journal.note(writes.run_changed(workspace, interrupted(record, stored.checkpoint_at)))
    journal.flush()


def interrupted(record: RunRecord, at: Position | None) -> RunRecord:
    if record.state == "running":
        return transitions.lost(record, "restarted", at)
    return replace(record, state="paused", reason="restarted", place=None)
