"""Damaged database rows: a damaged row never harms other rows, and can be deleted.

No processes are started here.
"""

import json
from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.events import (
    BlockEnded,
    EpochEnded,
    FollowedDrawing,
    Guesses,
    RunContinued,
    RunEnded,
    RunFailed,
    RunStarted,
)
from fvapp.core.runs import KerasError, RunResult
from fvapp.engine.store.records import parse_run_record, read_events
from fvapp.engine.store.writes import store_events, store_run
from scripted_engine import new_visitor, refused
from stored import BLOCK, DONE, EPOCH, count_rows, other_process, store_error, visited


@pytest.fixture
def three(server):
    """Return a visitor's token and three runs, in a closed store."""
    engine, token = visited(server())
    runs = [engine.runs.add_run(token, DONE, [BLOCK, EPOCH]) for _ in range(3)]
    engine.close()
    return token, runs


def assert_two_are_whole_and_one_can_go(engine, token, runs, folder):
    """Check that only the second run is damaged, and that its remains can be saved and deleted."""
    first, second, third = runs
    visitor = engine.workspaces.enter_workspace(token)
    assert visitor.was_known
    assert not visitor.is_complete or engine.runs.damaged_run_ids(token)
    assert store_error(engine) is None
    assert engine.runs.list_runs(token) == (first, third)
    for record in (first, third):
        assert engine.runs.read_events(token, record.id)[0] == (BLOCK, EPOCH)
    assert engine.runs.damaged_run_ids(token) == (second.id,)
    left = json.loads(engine.runs.read_damaged_run(token, second.id))
    assert left["runs"][0][0] == second.id and len(left["events"]) == 1
    with refused("unknown_run"):
        engine.runs.read_damaged_run(new_visitor(engine), second.id)
    engine.runs.delete_run(token, second.id)
    assert engine.runs.damaged_run_ids(token) == ()
    assert engine.runs.list_runs(token) == (first, third)
    assert count_rows(folder, f"runs WHERE id = '{second.id}'") == 0
    assert count_rows(folder, f"events WHERE run = '{second.id}'") == 0


@pytest.mark.parametrize("body", ["{bad", "{}", "[]", '{"state": "\ufffd"}'])
@pytest.mark.parametrize("state", ["done", "running"])
def test_a_body_that_is_no_record_is_left_as_it_is_until_it_is_deleted(
    server, folder, three, state, body
):
    token, runs = three
    with other_process(folder) as db:
        db.execute("UPDATE runs SET body = ?, state = ? WHERE id = ?", (body, state, runs[1].id))
    added = server().runs.add_run(token, DONE, [])
    assert added.number == 4 and server().runs.list_runs(token) == (runs[0], runs[2], added)
    with other_process(folder) as db:
        assert db.execute("SELECT body FROM runs WHERE id = ?", (runs[1].id,)).fetchone() == (body,)
    server().workspaces.delete_workspace(token)
    assert count_rows(folder, "runs") == count_rows(folder, "events") == 0


def test_a_damaged_note_is_told_and_hurts_no_other(server, folder):
    engine, token = visited(server())
    for name in ("first", "second"):
        engine.notes.write_note(token, name, {"kept": name})
    engine.close()
    with other_process(folder) as db:
        db.execute("UPDATE notes SET body = ? WHERE name = ?", ('{"kept": ', "first"))
    engine = server()
    assert not engine.workspaces.enter_workspace(token).is_complete
    assert engine.notes.read_note(token, "first") is None
    assert engine.notes.read_note(token, "second") == {"kept": "second"}


@pytest.mark.parametrize("value", ["'wide'", "null", "7"])
def test_a_record_with_a_bad_value_is_damaged_and_can_be_deleted(server, folder, three, value):
    token, runs = three
    with other_process(folder) as db:
        change = f"UPDATE runs SET body = json_set(body, '$.settings.hidden', {value}) WHERE id = ?"
        db.execute(change, (runs[1].id,))
    assert_two_are_whole_and_one_can_go(server(), token, runs, folder)


@pytest.mark.parametrize("events", ['[{"event": "epoch", "epoch": 1, "loss": "low"}]', "[5]", "5"])
def test_a_run_with_a_bad_event_is_damaged_once_it_is_looked_at(server, folder, three, events):
    token, runs = three
    with other_process(folder) as db:
        db.execute("UPDATE events SET body = ? WHERE run = ?", (events, runs[1].id))
    engine = server()
    with refused("run_damaged"):
        engine.runs.read_events(token, runs[1].id)
    assert_two_are_whole_and_one_can_go(engine, token, runs, folder)


@pytest.mark.parametrize("table", ["runs", "checkpoints", "workspaces"])
@pytest.mark.parametrize("value", ["text", b"\xff\xfe", -1, 1e300], ids=repr)
def test_numbers_of_other_kinds_in_any_column_stop_nothing(server, folder, three, table, value):
    token, runs = three
    columns = {
        "runs": ("created", "number", "state"),
        "checkpoints": ("epoch", "step", "bytes", "crc"),
        "workspaces": ("created", "numbers"),
    }
    with other_process(folder) as db:
        db.execute("INSERT INTO checkpoints VALUES (?, 'none.npz', 10, 5, 1, 0)", (runs[1].id,))
        for column in columns[table]:
            db.execute(f"UPDATE {table} SET {column} = ?", (value,))
    engine = server()
    assert store_error(engine) == "store_models"  # the row's model file does not exist
    assert len(engine.runs.list_runs(token)) + len(engine.runs.damaged_run_ids(token)) == 3
    assert all(record in engine.runs.list_runs(token) for record in (runs[0], runs[2]))
    added = engine.runs.add_run(token, DONE, [BLOCK])
    assert added.number > 3 and added in engine.runs.list_runs(token)
    for run_id in engine.runs.damaged_run_ids(token):
        engine.runs.delete_run(token, run_id)


def test_what_the_engine_writes_is_never_called_damaged():
    nowhere = float("nan")
    result = RunResult(nowhere, 0.1, 1.5, "target", 1.0)
    events = [
        RunStarted(1_000, 54_000, 6_000, 844, 3),
        BlockEnded(1, 75, 1e30, 0.1),
        BlockEnded(1, 150, nowhere, 0.1),
        EpochEnded(1, float("inf"), 0.1, nowhere, 0.1, 0.4),
        FollowedDrawing.from_image(np.full((28, 28), 7, np.uint8)),
        Guesses(1, 0, (0, 844), ((1, None), (19, 0)), ((0.125, None), (1.0, 0.0))),
        Guesses(0, 1, (0, 1), ((1,), (2,)), ((0.2,), (0.5,)), ((0.5, 0.5), (None, None))),
        RunContinued(1, 0),
        RunEnded("stopped", replace(result, test_loss=float("inf"))),
        RunFailed(KerasError("ResourceExhaustedError", "x" * 100_000)),
    ]
    ((_, (_, _, body)),) = store_events("id", 0, events).statements
    assert repr(read_events(body)) == repr(events)
    for record in (
        replace(DONE, result=result),
        replace(DONE, state="failed", result=None, error=KerasError("E", "x" * 100_000)),
        replace(DONE, state="lost", reason="worker_gone", group="g", epoch=0, step=59_999),
    ):
        ((_, (*_, body)),) = store_run("w", record).statements
        assert repr(parse_run_record("id", body, False)) == repr(record)
