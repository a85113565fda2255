"""What the engine guarantees to pages, with simulated workers and with real processes."""

import numpy as np
import pytest

from fvapp.core.errors import SettingsError
from fvapp.core.events import BlockEnded, EpochEnded, RunEnded, RunStarted, drop_undone_events
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from real_engine import LONG, SMALL
from scripted_engine import new_visitor, refused

IMAGE = np.eye(28, dtype=np.uint8) * 255


@pytest.fixture
def until_ended(visitor, until):
    """Return a function that waits until a run has ended, and returns its record."""

    def until_ended(record):
        until(lambda: visitor.run(record.id).state not in ACTIVE)
        return visitor.run(record.id)

    return until_ended


@pytest.fixture
def ended(visitor, until_ended):
    """Return a run that has been trained to its end."""
    return until_ended(visitor.submit(SMALL))


def has_trained(visitor, run_id):
    record = visitor.run(run_id)
    return record.state == "running" and (record.epoch or record.step)


def test_a_run_is_queued_trained_and_done(engine, visitor, until_ended):
    before = engine.workspaces.latest_change_number(visitor)
    record = visitor.submit(SMALL)
    assert engine.workspaces.latest_change_number(visitor) > before
    assert record.state in ACTIVE
    assert record.number == 1
    assert record.epochs == 2
    record = until_ended(record)
    assert (record.state, record.epoch, record.step) == ("done", 2, 0) and record.has_checkpoint
    assert record.parameters == 784 * 128 + 128 + 128 * 10 + 10
    assert 0 < record.result.test_accuracy <= 1


def test_events_begin_with_the_start_and_end_with_the_result(engine, visitor, ended):
    events, cursor = engine.runs.read_events(visitor, ended.id)
    kinds = [type(event) for event in events]
    assert kinds[0] is RunStarted and events[-1] == RunEnded("done", ended.result)
    assert kinds.count(EpochEnded) == 2 and BlockEnded in kinds
    assert cursor == len(events) == ended.events
    assert engine.runs.read_events(visitor, ended.id, after=cursor) == ((), cursor)
    assert engine.runs.read_events(visitor, ended.id, after=2)[0] == events[2:]


def test_a_stopped_run_keeps_its_model_and_its_curve(engine, visitor, until, until_ended):
    record = visitor.submit(LONG)
    until(lambda: has_trained(visitor, record.id))
    engine.runs.stop_run(visitor, record.id)
    record = until_ended(record)
    assert record.state == "stopped" and record.result is not None and record.epoch < record.epochs
    assert engine.answers.classify_images(visitor, record.id, [IMAGE])[0].probabilities


def test_a_paused_run_goes_on_to_its_end(engine, visitor, until, until_ended):
    record = visitor.submit(LONG.with_values(epochs=30))
    until(lambda: has_trained(visitor, record.id))
    engine.runs.pause_run(visitor, record.id)
    until(lambda: visitor.run(record.id).state == "paused")
    paused = visitor.run(record.id)
    assert paused.has_checkpoint and paused.result is None and paused.epoch < 30
    engine.runs.resume_run(visitor, record.id)
    until_ended(record)
    assert visitor.run(record.id).state == "done"
    assert visitor.run(record.id).epoch == 30
    events = drop_undone_events(visitor.events(record.id))
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == list(range(1, 31))


def test_one_more_epoch_goes_on_from_the_end(engine, visitor, ended, until_ended):
    engine.runs.resume_run(visitor, ended.id, more_epochs=1)
    assert visitor.run(ended.id).epochs == 3
    record = until_ended(ended)
    assert (record.state, record.epoch) == ("done", 3) and record.result is not None
    events = drop_undone_events(visitor.events(ended.id))
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2, 3]


def test_more_runs_than_workers_wait_in_line_and_a_waiting_one_can_be_stopped(
    engine, visitor, until
):
    records = engine.runs.submit_runs(visitor, [LONG] * 4)
    until(lambda: [visitor.run(record.id).queue_place for record in records] == [None, None, 1, 2])
    last = visitor.run(records[-1].id)
    assert last.state == "queued" and last.queue_place == 2
    engine.runs.stop_run(visitor, records[2].id)
    assert visitor.run(records[2].id).state == "stopped"
    assert visitor.run(last.id).queue_place == 1
    for record in (records[0], records[1], last):
        engine.runs.delete_run(visitor, record.id)


def test_runs_are_listed_oldest_first_and_a_number_is_never_used_twice(engine, visitor, ended):
    second = visitor.submit(LONG)
    assert [record.number for record in visitor.runs()] == [1, 2]
    engine.runs.delete_run(visitor, second.id)
    third = visitor.submit(LONG)
    assert [record.number for record in visitor.runs()] == [1, 3]
    engine.runs.delete_run(visitor, third.id)
    for command in (
        engine.runs.get_run,
        engine.runs.read_events,
        engine.runs.stop_run,
        engine.runs.delete_run,
        engine.answers.export_model_file,
    ):
        with refused("unknown_run"):
            command(visitor, third.id)


def test_a_run_from_a_file_comes_back_as_curve_and_result(engine, visitor, ended):
    events, _ = engine.runs.read_events(visitor, ended.id)
    copy = engine.runs.add_run(visitor, ended, events)
    engine.runs.rename_run(visitor, copy.id, "  my best  ")
    assert visitor.run(copy.id).name == "my best"
    assert copy.id != ended.id
    assert copy.number == ended.number + 1
    assert copy.result == ended.result
    assert copy.settings == ended.settings
    assert not copy.has_checkpoint
    assert visitor.events(copy.id) == events
    for command, asked in (
        (engine.answers.classify_images, [[IMAGE]]),
        (engine.answers.load_network, []),
    ):
        with refused("no_model"):
            command(visitor, copy.id, *asked)
    assert engine.answers.read_frames(visitor, copy.id) == ()


def test_a_network_from_a_file_answers_as_it_did_and_learns_on(engine, visitor, ended, until_ended):
    weights = engine.answers.load_weights(visitor, ended.id)
    before = engine.answers.classify_images(visitor, ended.id, [IMAGE])
    copy = engine.runs.add_run(visitor, ended, visitor.events(ended.id), weights=weights)
    assert (
        copy.has_checkpoint and engine.answers.classify_images(visitor, copy.id, [IMAGE]) == before
    )
    engine.runs.resume_run(visitor, copy.id, 1)
    again = until_ended(copy)
    assert (again.state, again.epoch) == ("done", ended.epoch + 1)


def test_notes_are_kept_small_and_apart(engine, visitor):
    assert engine.notes.read_note(visitor, "drawing") is None
    before = engine.workspaces.latest_change_number(visitor)
    engine.notes.write_note(visitor, "drawing", {"strokes": [[[1, 2.5]]]})
    # Every change in a workspace raises its change number.
    assert engine.workspaces.latest_change_number(visitor) > before
    assert engine.notes.read_note(visitor, "drawing") == {"strokes": [[[1, 2.5]]]}
    assert engine.notes.read_note(new_visitor(engine), "drawing") is None
    with refused("note_too_large"):
        engine.notes.write_note(visitor, "drawing", "x" * 70_000)
    assert engine.notes.read_note(visitor, "drawing") == {"strokes": [[[1, 2.5]]]}
    # Two tabs change the same note, and neither deletes what the other has written.
    for mission in "AB":
        engine.notes.change_note(
            visitor, "lessons", lambda note, mission=mission: {**(note or {}), mission: "begun"}
        )
    with refused("note_too_large"):
        engine.notes.change_note(visitor, "lessons", lambda note: {**note, "C": "x" * 70_000})
    engine.notes.change_note(visitor, "lessons", lambda note: {**note, "A": "done"})
    assert engine.notes.read_note(visitor, "lessons") == {"A": "done", "B": "begun"}


def test_data_remembered_for_a_page_are_small_and_belong_to_the_workspace(engine, visitor):
    engine.notes.remember_page_data(visitor, "drawing", b"first")
    engine.notes.remember_page_data(visitor, "drawing", b"x" * 16_000)
    engine.notes.remember_page_data(visitor, "other", b"x" * 1_000)
    assert engine.notes.recall_page_data(visitor, "drawing") == b"x" * 16_000
    assert (
        engine.notes.recall_page_data(visitor, "other")
        is engine.notes.recall_page_data(new_visitor(engine), "drawing")
        is None
    )


def test_a_token_opens_its_workspace_again(engine, visitor):
    again = engine.workspaces.enter_workspace(visitor)
    assert again.was_known and again.token == visitor
    assert not engine.workspaces.enter_workspace("made up").was_known
    assert engine.workspaces.enter_workspace("made up").token != "made up"
    visit = engine.workspaces.enter_workspace("x" * 43)  # a token that the browser made
    assert visit.token == "x" * 43
    assert not visit.was_known
    assert engine.runs.list_runs(visit.token) == ()


@pytest.mark.parametrize("end", ["leave_workspace", "delete_workspace"])
def test_after_leaving_the_token_is_refused_and_the_code_opens_work_that_was_not_deleted(
    engine, visitor, ended, end
):
    code = engine.workspaces.recovery_code(visitor)
    getattr(engine.workspaces, end)(visitor)
    for command in (
        engine.runs.list_runs,
        engine.workspaces.enter_workspace,
        engine.workspaces.latest_change_number,
    ):
        with refused("workspace_gone"):
            command(visitor)
    other = new_visitor(engine)
    if end == "leave_workspace":
        assert [
            record.id
            for record in engine.runs.list_runs(
                engine.workspaces.recover_workspace(other, code).token
            )
        ] == [ended.id]
    else:
        with refused("unknown_code"):
            engine.workspaces.recover_workspace(other, code)


def test_a_click_that_comes_twice_counts_once(engine, visitor):
    first = engine.runs.submit_runs(visitor, [SMALL], click="train")
    again = engine.runs.submit_runs(visitor, [SMALL], click="train")
    assert [record.id for record in again] == [record.id for record in first]
    assert len(engine.runs.submit_runs(visitor, [SMALL], click="other")) == 1
    assert len(visitor.runs()) == 2


def test_settings_that_are_too_large_together_are_refused(engine, visitor):
    with pytest.raises(SettingsError, match="too_many_parameters"):
        engine.runs.submit_runs(visitor, [SMALL, RunSettings(hidden=(2_048, 2_048))])
    assert visitor.runs() == ()
