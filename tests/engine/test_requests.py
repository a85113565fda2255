"""A requested state, such as paused, is sent to a run's worker until the run has reached it."""

from operator import attrgetter

import pytest

from fvapp.core.events import RunStarted
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers.protocol import EvaluationBegun
from scripted_engine import new_visitor, refused


@pytest.mark.parametrize(
    "command", ["runs.pause_run", "runs.stop_run", "runs.delete_run", "workspaces.delete_workspace"]
)
def test_a_request_that_was_not_heard_is_repeated_until_the_worker_is_free(
    scripted_engine, command
):
    engine = scripted_engine
    workers = scripted_engine.workers
    requested = "pause" if command == "runs.pause_run" else "stop"
    engine.start()
    visitor = new_visitor(engine)
    record = visitor.submit(RunSettings())
    workers.deaf = True
    engine.skip(2 * DEFAULT_TIMING.request_repeat_seconds)
    assert workers.heard == []
    attrgetter(command)(engine)(
        visitor, *([record.id] if command != "workspaces.delete_workspace" else [])
    )
    for _ in range(2):
        engine.skip(2 * DEFAULT_TIMING.request_repeat_seconds)
    assert workers.heard == [(record.id, requested)] * 3
    assert engine.engine_status().training_worker_count == 1
    workers.deaf = False
    for _ in range(2):
        engine.skip(2 * DEFAULT_TIMING.request_repeat_seconds)
    assert workers.heard == [(record.id, requested)] * 4
    assert engine.engine_status().training_worker_count == 0


def test_a_run_says_when_it_is_measured_on_the_test_set_and_another_attempt_does_not(
    scripted_engine,
):
    engine = scripted_engine
    engine.start()
    visitor = new_visitor(engine)
    record = visitor.submit(RunSettings())
    (training,) = engine.workers.training()
    before = engine.workspaces.latest_change_number(visitor)
    engine.step(EvaluationBegun(record.id, training.order.attempt - 1))
    assert visitor.run(record.id).reason is None
    engine.workers.measure(training)
    assert visitor.run(record.id).reason == "testing"
    assert engine.workspaces.latest_change_number(visitor) > before


def test_runs_that_nobody_watches_are_paused_and_say_why(scripted_engine):
    engine = scripted_engine
    engine.start()
    visitor = new_visitor(engine)
    runs = engine.runs.submit_runs(visitor, [RunSettings(epochs=100)] * 3)
    engine.skip(DEFAULT_TIMING.unwatched_seconds_until_pause)
    engine.advance()
    assert {(run.state, run.reason) for run in visitor.runs()} == {("paused", "nobody_watching")}
    engine.runs.resume_run(visitor, runs[0].id)
    assert visitor.run(runs[0].id).state in ACTIVE


def test_a_run_on_data_that_is_no_more_does_not_go_on(scripted_engine):
    visitor = new_visitor(scripted_engine)
    # This run trained on the 4,000 images that MNIST had in earlier versions.
    started = RunStarted(101_770, 3_600, 400, steps_per_epoch=113, epochs=5)
    old = RunRecord("", 0, RunSettings(dataset="mnist"), "stopped", epochs=5)
    record = scripted_engine.runs.add_run(visitor, old, [started])
    with refused("starter_set"):
        scripted_engine.runs.resume_run(visitor, record.id)
    assert visitor.run(record.id) == record


def test_visitors_who_leave_the_queue_are_notified_at_once_and_others_later(scripted_engine):
    tokens = [new_visitor(scripted_engine) for _ in range(2)]
    first, second = [
        scripted_engine.runs.submit_runs(visitor, [RunSettings()])[0] for visitor in tokens
    ]
    left, moved = map(scripted_engine.workspaces.workspace_id, tokens)
    version = scripted_engine.workspaces.latest_change_number(tokens[1])
    heard = []
    scripted_engine.workspaces.call_on_changes(lambda *change: heard.append(change))
    scripted_engine.runs.stop_run(tokens[0], first.id)
    assert {(workspace, urgent) for workspace, _, urgent in heard} == {(left, True), (moved, False)}
    assert scripted_engine.runs.get_run(tokens[1], second.id).queue_place == 1
    assert scripted_engine.workspaces.latest_change_number(tokens[1]) > version
