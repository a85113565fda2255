"""What is wished of a run that trains is said to its worker until it is followed."""

from __future__ import annotations

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.events import Started
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.board import WorkerState


@pytest.fixture
def said(idle_engine, monkeypatch):
    """The wishes a worker is sent, which gets none of them."""
    said = []
    monkeypatch.setattr(idle_engine._dispatcher._delivery, "say", lambda run: said.append(run.wish))
    return said


@pytest.mark.parametrize(
    ("wish", "command"),
    [
        ("pause", lambda engine, token, run_id: engine.pause(token, run_id)),
        ("stop", lambda engine, token, run_id: engine.stop(token, run_id)),
        ("stop", lambda engine, token, run_id: engine.delete(token, run_id)),
        ("stop", lambda engine, token, run_id: engine.delete_all(token)),
    ],
    ids=["pause", "stop", "delete", "delete_all"],
)
def test_a_wish_that_was_not_heard_is_said_again_until_the_worker_is_free(idle_engine, said, wish, command):
    engine, clock = idle_engine, idle_engine._clock
    token = engine.enter(None).token
    (record,) = engine.submit(token, [RunSettings()])
    board, dispatcher = engine._board, engine._dispatcher
    board.workers["one"] = WorkerState("one", "worker-1", warm=True, versions={})
    run, worker = board.take_next()
    dispatcher._tick()
    assert said == []
    command(engine, token, record.id)
    for _ in range(2):
        clock.skip(2)
        dispatcher._tick()
    assert said == [wish] * 3
    dispatcher.not_given(run.record.id, run.attempt, "checkpoint_gone")
    clock.skip(2)
    dispatcher._tick()
    assert said == [wish] * 3 and worker.run is None


def test_a_run_says_when_it_is_measured_on_the_test_set_and_another_attempt_does_not(idle_engine, said):
    engine = idle_engine
    token = engine.enter(None).token
    (record,) = engine.submit(token, [RunSettings()])
    engine._board.workers["one"] = WorkerState("one", "worker-1", warm=True, versions={})
    run, _ = engine._board.take_next()
    before = engine.version(token)
    engine._dispatcher.under_test(record.id, run.attempt - 1)
    assert engine.run(token, record.id).reason is None
    engine._dispatcher.under_test(record.id, run.attempt)
    assert engine.run(token, record.id).reason == "testing" and engine.version(token) > before


def test_a_run_on_data_that_is_no_more_does_not_go_on(idle_engine):
    token = idle_engine.enter(None).token
    started = Started(101_770, 3_600, 400, steps_per_epoch=113, epochs=5)  # of MNIST's 4,000 images of once
    old = RunRecord("", 0, RunSettings(dataset="mnist"), "stopped", epochs=5)
    record = idle_engine.add_run(token, old, [started])
    with pytest.raises(EngineError, match="starter_set"):
        idle_engine.resume(token, record.id)
    assert idle_engine.run(token, record.id) == record
