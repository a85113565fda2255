"""PCs that come and go: which runs move to another PC automatically, which PC gets a run."""

import pytest

from fvapp.core.checkpoint import TrainingFailure
from fvapp.core.errors import EngineError
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import (
    HandOverFailed,
    TaskEnded,
    WorkerGone,
    WorkerJoined,
    WorkerRefused,
    WorkerSilent,
)
from fvapp.engine.runs.engine_state import WorkerState
from fvapp.engine.runs.rules import FEWEST_IN_EPOCH, TIMES
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers.protocol import CheckpointSaved, EventEmitted, WorkerLeaves, WorkerWarm
from scripted_engine import LostTask

LONG = RunSettings(epochs=50)


@pytest.fixture
def engine(scripted_engine):
    scripted_engine.workers.names = ("one",)
    scripted_engine.start()
    return scripted_engine


@pytest.fixture
def train(engine, visitor):
    """Return ``train(epochs)``, which trains a run for some epochs and returns its id."""

    def train(epochs: int = 1) -> str:
        run = visitor.submit(LONG).id
        while visitor.run(run).epoch < epochs:
            engine.skip(DEFAULT_TIMING.checkpoint_interval_seconds)
            engine.advance()
        return run

    return train


@pytest.fixture
def state(visitor):
    """Return ``state(run)``: a run's state, and the reason for that state."""
    return lambda run: (visitor.run(run).state, visitor.run(run).reason)


def where(engine) -> str:
    (training,) = engine.workers.training()
    return training.address


def cut_off(engine, address: str, first_told: str) -> None:
    """Let a worker fall silent until the scheduler drops it.

    Two messages report this to the engine, in either order.
    """
    (training,) = engine.workers.training()
    engine.workers._orders.pop(address)
    engine.step(WorkerSilent(address))
    messages = [
        WorkerGone(address),
        TaskEnded(training.order.run, training.order.attempt, LostTask()),
    ]
    for message in messages if first_told == "worker_gone" else reversed(messages):
        engine.step(message)


@pytest.mark.parametrize("first_told", ["worker_gone", "task_ended"])
def test_a_run_whose_pc_is_cut_off_goes_on_elsewhere_from_its_checkpoint_and_says_so(
    engine, visitor, first_told, train
):
    run = train(epochs=3)
    engine.advance()
    engine.workers.come("two")
    cut_off(engine, "one", first_told)
    record = visitor.run(run)
    assert (record.state, record.reason, record.epoch) == ("running", "moved", 3)
    assert where(engine) == "two"
    assert engine.workers.training()[0].order.resume_position.epoch == 3


def test_from_a_whole_room_no_more_checkpoints_are_fetched_than_from_four(engine, train):
    for number in range(40):
        engine.workers.come(f"far {number}", pc="far")
    run = train()
    fetched = engine._dispatcher._checkpoint_fetched_at[run]
    assert fetched < engine.clock() - DEFAULT_TIMING.checkpoint_interval_seconds, (
        "of its first block, and none of the next five"
    )
    engine.skip(10 * DEFAULT_TIMING.checkpoint_interval_seconds)
    engine.advance()
    assert engine._dispatcher._checkpoint_fetched_at[run] == engine.clock()


def test_it_waits_where_no_other_is_there_and_goes_on_once_when_one_comes(
    engine, visitor, train, state
):
    run = train()
    cut_off(engine, "one", "worker_gone")
    assert state(run) == ("queued", "moved")
    engine.workers.come("two")
    assert (visitor.run(run).state, where(engine)) == ("running", "two")
    engine.workers.come("three")
    cut_off(engine, "two", "worker_gone")
    record = visitor.run(run)
    assert (record.state, record.reason, record.has_checkpoint) == ("lost", "worker_gone", True)


def test_a_worker_that_crashes_takes_no_other_with_it(engine, train, state):
    run = train()
    engine.workers.come("two")
    engine.workers.die("one")
    assert state(run) == ("lost", "worker_gone")


def test_without_a_checkpoint_it_is_lost_and_the_next_click_begins_another(engine, visitor):
    record = visitor.submit(LONG, click="train")
    cut_off(engine, "one", "worker_gone")
    assert visitor.run(record.id).state == "lost"
    assert engine.runs.submit_runs(visitor, [LONG], click="train")[0].id != record.id


def test_what_its_student_stops_while_its_pc_is_silent_does_not_go_on(engine, visitor, train):
    run = train()
    engine.workers.come("two")
    engine.workers.deaf = True
    engine.runs.stop_run(visitor, run)
    cut_off(engine, "one", "worker_gone")
    assert visitor.run(run).state == "lost"


def test_events_and_results_of_the_old_attempt_are_refused_when_the_pc_returns(
    engine, visitor, train
):
    run = train(epochs=2)
    (old,) = engine.workers.training()
    engine.workers.come("two")
    cut_off(engine, "one", "worker_gone")
    events, _ = engine.runs.read_events(visitor, run)
    for event in old.go_on():
        engine.step(EventEmitted(run, old.order.attempt, event))
    old.epoch = 50
    old.set_result(old.end("done"))
    engine.step(TaskEnded(run, old.order.attempt, old), CheckpointSaved(run, old.order.attempt))
    assert visitor.run(run).state == "running"
    assert visitor.events(run) == events


# PCs that leave in an orderly way


def test_what_a_pc_trains_that_leaves_goes_on_elsewhere_from_where_it_is(engine, visitor, train):
    run = train(epochs=2)
    engine.workers.come("two")
    engine.advance()
    at = visitor.run(run).run_position
    engine.step(WorkerLeaves("one"))
    record = visitor.run(run)
    assert (record.state, record.reason, where(engine)) == ("running", "moved", "two")
    assert engine.workers.training()[0].order.resume_position >= at, "nothing is trained twice"
    engine.skip(DEFAULT_TIMING.check_interval_seconds)
    assert engine.workers.asked[-1] == ("dismiss", "one")
    assert engine.engine_status().worker_count == 1


def test_a_pc_that_leaves_gets_nothing_more_and_one_that_trains_nothing_may_go_at_once(
    engine, visitor
):
    engine.step(WorkerLeaves("one"))
    engine.runs.submit_runs(visitor, [LONG])
    assert engine.engine_status().waiting_run_count == 1
    engine.skip(DEFAULT_TIMING.check_interval_seconds)
    assert ("dismiss", "one") in engine.workers.asked
    engine.step(WorkerLeaves("stranger"))
    # The engine dismisses a worker that it never accepted.
    assert engine.workers.asked[-1] == ("dismiss", "stranger")


def test_a_run_that_moved_once_is_paused_when_its_second_pc_leaves(engine, train, state):
    run = train()
    engine.workers.come("two")
    engine.step(WorkerLeaves("one"))
    engine.advance()
    engine.workers.come("three")
    engine.step(WorkerLeaves("two"))
    assert state(run) == ("paused", "pc_left")


# Which PC trains a run


def test_the_long_run_goes_to_the_fast_pc_and_the_short_one_to_the_slow(engine, visitor):
    workers = engine.workers
    workers.come("one", speed=1.0)
    engine.step(WorkerWarm("one", 1.0))
    workers.come("fast", speed=4.0)
    engine.runs.submit_runs(visitor, [RunSettings(epochs=1), LONG])
    assert {
        training.order.settings.epochs: training.address for training in workers.training()
    } == {
        1: "one",
        50: "fast",
    }


def test_a_worker_elsewhere_that_has_grown_is_replaced_by_whoever_started_it(engine):
    engine.workers.come("far", pc="lab-2")
    engine.workers.mb = {"far": 400.0, "one": 400.0}
    engine.skip(DEFAULT_TIMING.memory_check_interval_seconds)
    engine.workers.mb["far"] = 3_000.0
    engine.skip(DEFAULT_TIMING.memory_check_interval_seconds)
    engine.skip(DEFAULT_TIMING.check_interval_seconds)
    assert engine.workers.asked == [("dismiss", "far")]


# What a teacher sees of the PCs that have joined


def test_a_teacher_sees_who_has_joined_what_each_trains_and_who_is_silent(engine, visitor):
    workers = engine.workers
    workers.come("far-1", pc="lab-2", speed=2.0)
    workers.come("far-2", pc="lab-2", speed=3.0)
    workers.silent["far-2"] = 6.0
    engine.runs.submit_runs(visitor, [LONG] * 3)
    here, there = engine.pcs.list_pcs()
    assert (here.name, here.worker_count, len(here.training_records)) == ("", 1, 1)
    assert there.name == "lab-2"
    assert there.worker_count == 2
    assert there.core_count == 4
    assert there.epochs_per_second == 5.0
    assert there.silent_seconds == 6.0
    assert [record.settings for record in there.training_records] == [LONG] * 2


def test_a_pc_that_was_cut_off_is_shown_until_it_returns_and_one_that_left_is_not(engine):
    for address, pc in (("far", "lab-2"), ("near", "lab-3")):
        engine.workers.come(address, pc=pc)
    engine.step(WorkerLeaves("near"), WorkerGone("near"), WorkerGone("far"))
    here, gone = engine.pcs.list_pcs()
    assert here.name == ""
    assert gone.name == "lab-2"
    assert gone.worker_count == 0
    assert gone.silent_seconds is not None
    engine.workers.come("far again", pc="lab-2")
    assert [(pc.name, pc.worker_count) for pc in engine.pcs.list_pcs()] == [("", 1), ("lab-2", 1)]


def test_a_pc_that_is_turned_away_is_shown_with_the_reason_and_gets_nothing(engine):
    error = EngineError("pc_other_version", name="Keras", found="3.14.0", needed="3.15.1")
    engine.step(WorkerRefused("tls://192.0.2.7:8787", "192.0.2.7", error))
    _, refused = engine.pcs.list_pcs()
    assert (refused.name, refused.no_runs_error, refused.worker_count) == ("192.0.2.7", error, 0)
    engine.step(WorkerGone("tls://192.0.2.7:8787"))
    assert len(engine.pcs.list_pcs()) == 1


def test_where_no_worker_can_train_everybody_is_told_why(scripted_engine):
    scripted_engine.workers.names = ()
    scripted_engine.start()
    scripted_engine.step(WorkerRefused("far", "lab-2", EngineError("pc_no_images")))
    # The worker on the server's computer has not joined yet, so the engine is still starting.
    assert scripted_engine.engine_status().state == "starting"
    scripted_engine.step(WorkerRefused("one", "", EngineError("pc_no_images")))
    assert scripted_engine.engine_status().state == "failed"
    assert scripted_engine.engine_status().failure_code == "pc_no_images"
    scripted_engine.workers.come("one")
    assert scripted_engine.engine_status().state == "ready"
    assert scripted_engine.engine_status().failure_code is None
    # A worker may also fail after it has joined, for example with this error.
    error = EngineError("illegal_instruction")
    scripted_engine.step(WorkerGone("one"), WorkerRefused("one", "", error))
    assert scripted_engine.engine_status().state == "failed"
    assert scripted_engine.engine_status().failure_code == error.code


# Failures between the engine and a PC


def test_a_run_that_hangs_is_told_and_once_it_is_stopped_its_worker_is_ended_and_its_curve_kept(
    engine, visitor, train
):
    run = train(epochs=2)
    engine.skip(DEFAULT_TIMING.max_silent_seconds)
    assert visitor.run(run).reason == "hung"
    engine.advance()
    assert visitor.run(run).reason is None, "it did not"
    events = engine.runs.read_events(visitor, run)
    engine.workers.deaf = True
    engine.runs.stop_run(visitor, run)
    engine.skip(DEFAULT_TIMING.max_silent_seconds - 1)
    assert visitor.run(run).state == "running" and not engine.workers.asked
    engine.skip(1)
    record = visitor.run(run)
    assert (record.state, record.reason, record.has_checkpoint) == ("lost", "worker_gone", True)
    assert engine.runs.read_events(visitor, run) == events
    assert engine.workers.asked == [("dismiss", "one")]
    engine.workers.die("one")
    engine.workers.come("two")
    engine.runs.resume_run(visitor, run)
    assert where(engine) == "two"


def test_a_long_block_and_what_a_training_waits_for_are_no_hanging(engine, visitor):
    settings = RunSettings(hidden=(1400, 1200), batch_size=1, epochs=1)
    record = visitor.submit(settings)
    longest = TIMES * estimate_training_seconds(settings) / FEWEST_IN_EPOCH
    assert longest > 4 * DEFAULT_TIMING.max_silent_seconds
    engine.skip(0.9 * longest)
    assert visitor.run(record.id).reason is None
    engine.skip(0.1 * longest)
    assert visitor.run(record.id).reason == "hung"
    engine.workers.deaf = True
    engine.runs.stop_run(visitor, record.id)
    engine._dispatcher._transfers.teachings_by_worker["one"] += 1
    engine.skip(2 * DEFAULT_TIMING.max_silent_seconds)
    assert visitor.run(record.id).state == "running"


@pytest.mark.parametrize(
    "answer",
    [None, (), ("TrainingEnd", {}), ("TrainingFailure", {"reason": "made up"}), ("x", b"")],
)
def test_an_error_of_the_transport_is_never_called_keras(
    engine, visitor, monkeypatch, answer, train
):
    run = train()
    (training,) = engine.workers.training()
    monkeypatch.setattr(engine.workers, "_result", lambda *_, **__: answer)
    training.set_result(None)
    engine.step(TaskEnded(run, training.order.attempt, training))
    record = visitor.run(run)
    assert record.state == "lost"
    assert record.reason == "not_returned"
    assert record.error is None
    assert record.has_checkpoint


@pytest.mark.parametrize(
    "forged", [7, (), ("text", 1, 2, None), (b"", "1", 2, None), (b"", 1, 2, "film")]
)
def test_a_checkpoint_that_is_none_changes_nothing(engine, monkeypatch, forged, train):
    run = train()
    at = engine._engine_state.active_runs[run].checkpoint_position
    monkeypatch.setattr(engine.workers, "_checkpoint", lambda *_, **__: forged)
    engine.skip(DEFAULT_TIMING.checkpoint_interval_seconds)
    engine.advance()
    assert engine._engine_state.active_runs[run].checkpoint_position == at
    assert engine.engine_status().store_error_code is None


def test_a_message_that_cannot_be_handled_drops_none_of_those_after_it(engine, monkeypatch):
    monkeypatch.setitem(engine._dispatcher._handlers, WorkerSilent, lambda message: 1 / 0)
    engine.step(WorkerSilent("one"), WorkerJoined(WorkerState("two", "two", True, {})))
    assert engine.engine_status().worker_count == 2


def test_a_worker_that_has_no_images_after_all_gets_no_second_run(engine, visitor):
    record = visitor.submit(LONG)
    (training,) = engine.workers.training()
    training.set_result(TrainingFailure("data_gone"))
    engine.step(TaskEnded(record.id, training.order.attempt, training))
    failed = visitor.run(record.id)
    assert (failed.state, failed.reason, failed.error) == ("failed", "data_gone", None)
    assert engine.workers.asked == [("greet", "one")] and engine.engine_status().worker_count == 0


@pytest.mark.parametrize(
    "told_late",
    [
        lambda run, attempt: TaskEnded(run, attempt, LostTask()),
        lambda run, attempt: HandOverFailed(run, attempt),
    ],
    ids=["its task ended", "it was not given"],
)
def test_a_run_that_goes_on_at_once_is_not_lost_to_the_same_death_again(
    engine, visitor, told_late, train
):
    run = train()
    (training,) = engine.workers.training()
    engine.workers.die("one")
    assert visitor.run(run).state == "lost"
    engine.runs.resume_run(visitor, run)
    engine.step(told_late(run, training.order.attempt))
    assert visitor.run(run).state == "queued"
    engine.workers.come("new")
    assert where(engine) == "new"
    engine.finish()
    assert visitor.run(run).state == "done"
    assert engine.engine_status().waiting_run_count == 0
