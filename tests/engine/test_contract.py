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
def ended(engine, token, until):
    """Return a run that has been trained to its end."""
    (record,) = engine.runs.submit_runs(token, [RunSettings(**SMALL)])
    until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    return engine.runs.get_run(token, record.id)


def has_trained(engine, token, run_id):
    record = engine.runs.get_run(token, run_id)
    return record.state == "running" and (record.epoch or record.step)


def test_a_run_is_queued_trained_and_done(engine, token, until):
    before = engine.workspaces.latest_change_number(token)
    (record,) = engine.runs.submit_runs(token, [RunSettings(**SMALL)])
    assert (
        engine.workspaces.latest_change_number(token) > before
        and record.state in ACTIVE
        and record.number == 1
        and record.epochs == 2
    )
    until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    record = engine.runs.get_run(token, record.id)
    assert (record.state, record.epoch, record.step) == ("done", 2, 0) and record.has_checkpoint
    assert (
        record.parameters == 784 * 128 + 128 + 128 * 10 + 10
        and 0 < record.result.test_accuracy <= 1
    )


def test_events_begin_with_the_start_and_end_with_the_result(engine, token, ended):
    events, cursor = engine.runs.read_events(token, ended.id)
    kinds = [type(event) for event in events]
    assert kinds[0] is RunStarted and events[-1] == RunEnded("done", ended.result)
    assert kinds.count(EpochEnded) == 2 and BlockEnded in kinds
    assert cursor == len(events) == ended.events and engine.runs.read_events(
        token, ended.id, after=cursor
    ) == ((), cursor)
    assert engine.runs.read_events(token, ended.id, after=2)[0] == events[2:]


def test_a_stopped_run_keeps_its_model_and_its_curve(engine, token, until):
    (record,) = engine.runs.submit_runs(token, [RunSettings(**LONG)])
    until(lambda: has_trained(engine, token, record.id))
    engine.runs.stop_run(token, record.id)
    until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    record = engine.runs.get_run(token, record.id)
    assert record.state == "stopped" and record.result is not None and record.epoch < record.epochs
    assert engine.answers.classify_images(token, record.id, [IMAGE])[0].probabilities


def test_a_paused_run_goes_on_to_its_end(engine, token, until):
    (record,) = engine.runs.submit_runs(token, [RunSettings(**LONG | {"epochs": 30})])
    until(lambda: has_trained(engine, token, record.id))
    engine.runs.pause_run(token, record.id)
    until(lambda: engine.runs.get_run(token, record.id).state == "paused")
    paused = engine.runs.get_run(token, record.id)
    assert paused.has_checkpoint and paused.result is None and paused.epoch < 30
    engine.runs.resume_run(token, record.id)
    until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    assert (
        engine.runs.get_run(token, record.id).state,
        engine.runs.get_run(token, record.id).epoch,
    ) == (
        "done",
        30,
    )
    events = drop_undone_events(engine.runs.read_events(token, record.id)[0])
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == list(range(1, 31))


def test_one_more_epoch_goes_on_from_the_end(engine, token, ended, until):
    engine.runs.resume_run(token, ended.id, more_epochs=1)
    assert engine.runs.get_run(token, ended.id).epochs == 3
    until(lambda: engine.runs.get_run(token, ended.id).state not in ACTIVE)
    record = engine.runs.get_run(token, ended.id)
    assert (record.state, record.epoch) == ("done", 3) and record.result is not None
    events = drop_undone_events(engine.runs.read_events(token, ended.id)[0])
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2, 3]


def test_more_runs_than_workers_wait_in_line_and_a_waiting_one_can_be_stopped(engine, token, until):
    records = engine.runs.submit_runs(token, [RunSettings(**LONG)] * 4)
    until(
        lambda: (
            [engine.runs.get_run(token, record.id).queue_place for record in records]
            == [None, None, 1, 2]
        )
    )
    last = engine.runs.get_run(token, records[-1].id)
    assert last.state == "queued" and last.queue_place == 2
    engine.runs.stop_run(token, records[2].id)
    assert (
        engine.runs.get_run(token, records[2].id).state == "stopped"
        and engine.runs.get_run(token, last.id).queue_place == 1
    )
    for record in (records[0], records[1], last):
        engine.runs.delete_run(token, record.id)


def test_runs_are_listed_oldest_first_and_a_number_is_never_used_twice(engine, token, ended):
    (second,) = engine.runs.submit_runs(token, [RunSettings(**LONG)])
    assert [record.number for record in engine.runs.list_runs(token)] == [1, 2]
    engine.runs.delete_run(token, second.id)
    (third,) = engine.runs.submit_runs(token, [RunSettings(**LONG)])
    assert [record.number for record in engine.runs.list_runs(token)] == [1, 3]
    engine.runs.delete_run(token, third.id)
    for command in (
        engine.runs.get_run,
        engine.runs.read_events,
        engine.runs.stop_run,
        engine.runs.delete_run,
        engine.answers.export_model_file,
    ):
        with refused("unknown_run"):
            command(token, third.id)


def test_a_run_from_a_file_comes_back_as_curve_and_result(engine, token, ended):
    events, _ = engine.runs.read_events(token, ended.id)
    copy = engine.runs.add_run(token, ended, events)
    engine.runs.rename_run(token, copy.id, "  my best  ")
    assert (
        engine.runs.get_run(token, copy.id).name == "my best"
        and copy.id != ended.id
        and copy.number == ended.number + 1
    )
    assert (
        copy.result == ended.result and copy.settings == ended.settings and not copy.has_checkpoint
    )
    assert engine.runs.read_events(token, copy.id)[0] == events
    for command, asked in (
        (engine.answers.classify_images, [[IMAGE]]),
        (engine.answers.load_network, []),
    ):
        with refused("no_model"):
            command(token, copy.id, *asked)
    assert engine.answers.read_frames(token, copy.id) == ()


def test_a_network_from_a_file_answers_as_it_did_and_learns_on(engine, token, ended, until):
    weights = engine.answers.load_weights(token, ended.id)
    before = engine.answers.classify_images(token, ended.id, [IMAGE])
    copy = engine.runs.add_run(
        token, ended, engine.runs.read_events(token, ended.id)[0], weights=weights
    )
    assert copy.has_checkpoint and engine.answers.classify_images(token, copy.id, [IMAGE]) == before
    engine.runs.resume_run(token, copy.id, 1)
    until(lambda: engine.runs.get_run(token, copy.id).state not in ACTIVE)
    again = engine.runs.get_run(token, copy.id)
    assert (again.state, again.epoch) == ("done", ended.epoch + 1)


def test_notes_are_kept_small_and_apart(engine, token):
    assert engine.notes.read_note(token, "drawing") is None
    before = engine.workspaces.latest_change_number(token)
    engine.notes.write_note(token, "drawing", {"strokes": [[[1, 2.5]]]})
    assert engine.workspaces.latest_change_number(token) > before  # every change raises this number
    assert engine.notes.read_note(token, "drawing") == {"strokes": [[[1, 2.5]]]}
    assert engine.notes.read_note(new_visitor(engine), "drawing") is None
    with refused("note_too_large"):
        engine.notes.write_note(token, "drawing", "x" * 70_000)
    assert engine.notes.read_note(token, "drawing") == {"strokes": [[[1, 2.5]]]}
    for mission in "AB":  # as from two tabs, neither of which deletes what the other wrote
        engine.notes.change_note(
            token, "lessons", lambda note, mission=mission: {**(note or {}), mission: "begun"}
        )
    with refused("note_too_large"):
        engine.notes.change_note(token, "lessons", lambda note: {**note, "C": "x" * 70_000})
    engine.notes.change_note(token, "lessons", lambda note: {**note, "A": "done"})
    assert engine.notes.read_note(token, "lessons") == {"A": "done", "B": "begun"}


def test_what_a_page_has_it_remember_is_small_and_goes_with_the_workspace(engine, token):
    engine.notes.remember_page_data(token, "drawing", b"first")
    engine.notes.remember_page_data(token, "drawing", b"x" * 16_000)
    engine.notes.remember_page_data(token, "other", b"x" * 1_000)
    assert engine.notes.recall_page_data(token, "drawing") == b"x" * 16_000
    assert (
        engine.notes.recall_page_data(token, "other")
        is engine.notes.recall_page_data(new_visitor(engine), "drawing")
        is None
    )


def test_a_token_opens_its_workspace_again(engine, token, ended):
    again = engine.workspaces.enter_workspace(token)
    assert again.was_known and again.token == token
    assert (
        not engine.workspaces.enter_workspace("made up").was_known
        and engine.workspaces.enter_workspace("made up").token != "made up"
    )
    visit = engine.workspaces.enter_workspace("x" * 43)  # a token that the browser made
    assert (visit.token, visit.was_known, engine.runs.list_runs(visit.token)) == (
        "x" * 43,
        False,
        (),
    )


def test_a_recovery_code_opens_the_workspace_elsewhere(engine, token, ended):
    code = engine.workspaces.recovery_code(token)
    assert engine.workspaces.recovery_code(token) == code
    elsewhere = engine.workspaces.recover_workspace(new_visitor(engine), f" {code.lower()} ")
    assert elsewhere.was_known and [
        record.id for record in engine.runs.list_runs(elsewhere.token)
    ] == [ended.id]
    with refused("unknown_code"):
        engine.workspaces.recover_workspace(new_visitor(engine), "0000-0000-0000-0000")


@pytest.mark.parametrize("end", ["leave_workspace", "delete_workspace"])
def test_who_left_is_out_and_the_code_opens_what_was_not_deleted(engine, token, ended, end):
    code = engine.workspaces.recovery_code(token)
    getattr(engine.workspaces, end)(token)
    for command in (
        engine.runs.list_runs,
        engine.workspaces.enter_workspace,
        engine.workspaces.latest_change_number,
    ):
        with refused("workspace_gone"):
            command(token)
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


def test_a_click_that_comes_twice_counts_once(engine, token):
    first = engine.runs.submit_runs(token, [RunSettings(**SMALL)], click="train")
    again = engine.runs.submit_runs(token, [RunSettings(**SMALL)], click="train")
    assert [record.id for record in again] == [record.id for record in first]
    assert (
        len(engine.runs.submit_runs(token, [RunSettings(**SMALL)], click="other")) == 1
        and len(engine.runs.list_runs(token)) == 2
    )


def test_settings_that_are_too_large_together_are_refused(engine, token):
    with pytest.raises(SettingsError, match="too_many_parameters"):
        engine.runs.submit_runs(token, [RunSettings(**SMALL), RunSettings(hidden=(2_048, 2_048))])
    assert engine.runs.list_runs(token) == ()
