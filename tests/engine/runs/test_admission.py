"""A script that fills the queue shuts nobody out; visitors whose runs are displaced are told."""

from contextlib import suppress
from itertools import cycle, islice

import pytest

from fvapp.core.checkpoint import TrainingFailure
from fvapp.core.errors import EngineError
from fvapp.core.runs import KerasError
from fvapp.core.settings import RunSettings
from fvapp.engine.run_commands import RunCommands
from fvapp.engine.runs.admission import find_runs_to_displace
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.queue import LEAST_SECONDS
from made_up_runs import Workspaces, make_run
from scripted_engine import Visitor, new_visitor, refused

TEN_MINUTES = RunSettings(hidden=(512, 512), epochs=75)
SHORT = RunSettings()
SMALL = RunSettings(hidden=(1,), epochs=1)


SPACES = Workspaces()


def claims(workspace, *seconds, waits=True, group=None):
    state = "queued" if waits else "running"
    return [
        make_run(f"{workspace}{place}", SPACES[workspace], each, state=state, group=group)
        for place, each in enumerate(seconds, 1)
    ]


def admitted(active, wanted, is_newcomer, limits) -> tuple[str, ...]:
    """Return the ids of the runs that must leave the queue to make room for the wanted runs."""
    workspace = wanted[0].workspace
    workspace.is_newcomer = is_newcomer
    records = [run.record for run in wanted]
    seconds = sum(run.estimated_seconds for run in wanted)
    return tuple(
        run.record.id for run in find_runs_to_displace(active, workspace, records, seconds, limits)
    )


def refusal(*args) -> str:
    with pytest.raises(EngineError) as error:
        admitted(*args)
    return error.value.code


# The rules by which runs are displaced


def test_in_a_full_queue_the_workspace_with_most_runs_loses_its_newest():
    active = [*claims("a", 600, 600), *claims("b", 60, 60, 60), *claims("c", 60)]
    limits = Limits(queued_all=6)
    assert admitted(active, claims("new", 60), True, limits) == ("b3",)
    assert admitted(active, claims("new", 60, 60), True, Limits(queued_all=7)) == ("b3",)
    assert refusal(active, claims("new", 60, 60), True, limits) == "limit_queued_all"
    assert admitted(active, claims("new", 60), True, Limits(queued_all=7)) == ()


def test_of_one_run_each_the_shortest_gives_way_and_then_what_was_opened_last_and_has_finished_nothing():
    limits = Limits(queued_all=3)
    least = LEAST_SECONDS
    active = [*claims("early", 60), *claims("late", 60), *claims("tiny", least)]
    for name, created in (("early", 1.0), ("late", 2.0), ("tiny", 0.0), ("new", 3.0)):
        SPACES[name].created_at = created
    assert admitted(active, claims("new", 60), True, limits) == ("tiny1",)
    assert refusal(active, claims("new", least), True, limits) == "limit_queued_all"
    assert admitted(active[:2], claims("new", 60), False, Limits(queued_all=2)) == ("late1",)
    assert refusal(active[:2], claims("new", 60), True, Limits(queued_all=2)) == "limit_queued_all"


def test_a_run_that_trains_is_never_displaced():
    active = [*claims("a", 600, 600, waits=False), *claims("b", 60, 60)]
    assert admitted(active, claims("new", 60), True, Limits(queued_all=4)) == ("b2",)


def test_a_workspace_with_as_many_runs_as_others_displaces_nobody():
    limits = Limits(queued_all=2)
    assert (
        refusal([*claims("a", 60), *claims("b", 60)], claims("new", 60), True, limits)
        == "limit_queued_all"
    )
    assert (
        refusal([*claims("a", 600), *claims("b", 600)], claims("b", 60), False, limits)
        == "limit_queued_all"
    )


def test_minutes_count_like_runs():
    limits = Limits(minutes=30, minutes_all=60)
    assert refusal(claims("a", 1_000), claims("a", 900), False, limits) == "limit_minutes"
    assert (
        refusal([*claims("b", 1_800), *claims("c", 1_700)], claims("b", 0, 200), False, limits)
        == "limit_minutes"
    )
    full = [*claims("a", 600), *claims("b", 600, 600), *claims("c", 600, 600)]
    for name in "bc":
        SPACES[name].is_newcomer = False
    assert refusal(full, claims("a", 1_000), False, limits) == "limit_minutes_all"
    assert admitted(full, claims("new", 700), True, limits) == ("b2",)


def test_newcomers_who_claim_more_than_half_of_the_minutes_displace_only_one_another():
    limits = Limits(minutes=30, minutes_all=60)
    SPACES["student"].is_newcomer = False
    crowd = [run for number in range(9) for run in claims(f"fresh{number}", 300)]
    full = [*claims("student", 900), *crowd]
    assert refusal(full, claims("fresh", 300), True, limits) == "limit_minutes_all"
    assert admitted(full, claims("fresh", 200), True, limits) == ("fresh01",)
    assert admitted(full, claims("another", 500), False, limits) == ("fresh01", "fresh11")
    half = [*claims("student", 900, 900), *crowd[:6]]
    assert admitted(half, claims("fresh", 300), True, limits) == ("student2",)


def test_a_newcomer_has_two_runs_waiting_while_others_wait():
    limits = Limits()
    others = claims("b", 10)
    assert admitted(others, claims("a", 10, 10), True, limits) == ()
    assert refusal(others, claims("a", 10, 10, 10), True, limits) == "limit_queued_first"
    assert (
        refusal([*claims("a", 10), *others], claims("a", 0, 10, 10)[1:], True, limits)
        == "limit_queued_first"
    )
    assert admitted(others, claims("a", 10, 10, 10), False, limits) == ()
    assert admitted(claims("b", 10, waits=False), claims("a", 10, 10, 10), True, limits) == ()


def test_the_runs_of_a_group_count_as_one():
    seeds = claims("a", *[10] * 5, group="seeds")
    more = claims("a", *[10] * 5, group="more")
    assert admitted([*claims("b", 10), *seeds], more, True, Limits()) == ()
    assert (
        refusal([*claims("b", 10), *seeds, *more], claims("a", 10), True, Limits())
        == "limit_queued_first"
    )


# How the engine handles a full queue and displaced runs


@pytest.fixture
def engine(scripted, request):
    """An engine whose clock stands still, with limits that a test may set."""
    return scripted(**getattr(request, "param", {}))


def flood(engine, workspaces=20) -> list[Visitor]:
    """Queue ten-minute runs in new workspaces, in each as many as the engine accepts."""
    tokens = [new_visitor(engine) for _ in range(workspaces)]
    for visitor in tokens:
        try:
            while True:
                engine.runs.submit_runs(visitor, [TEN_MINUTES])
        except EngineError as error:
            assert error.code.startswith("limit_")
    return tokens


def test_a_student_is_the_next_while_a_script_floods(engine):
    flood(engine)
    student = new_visitor(engine)
    record = student.submit(SHORT)
    assert record.queue_place == 1


@pytest.mark.parametrize("engine", [{"queued_all": 30}], indirect=True)
def test_a_student_gets_into_a_full_queue_and_the_displaced_run_says_why(engine):
    flooding = flood(engine)
    assert engine.engine_status().waiting_run_count == 30
    (record,) = engine.runs.submit_runs(new_visitor(engine), [SHORT])
    assert record.queue_place == 1 and engine.engine_status().waiting_run_count == 30
    paused = [run for visitor in flooding for run in visitor.runs() if run.state == "paused"]
    assert {run.reason for run in paused} == {"displaced"}
    owner = next(visitor for visitor in flooding if paused[-1] in visitor.runs())
    engine.runs.stop_run(owner, owner.runs()[0].id)
    engine.runs.resume_run(owner, paused[-1].id)
    assert owner.run(paused[-1].id).state == "queued"


@pytest.mark.parametrize("engine", [{"cancelled_a_minute": 1, "queued_all": 2}], indirect=True)
def test_displaced_and_ended_runs_do_not_count_as_cancelled(engine):
    student, other = (new_visitor(engine) for _ in range(2))
    first, second = engine.runs.submit_runs(student, [SHORT, SHORT])
    third = other.submit(SHORT)
    assert student.run(second.id).reason == "displaced"
    engine.runs.delete_run(other, third.id)
    # This run no longer waits in the queue, so stopping it cancels nothing.
    engine.runs.stop_run(student, second.id)
    engine.start()
    engine.finish()
    engine.runs.delete_run(student, first.id)
    assert engine.runs.submit_runs(student, [SHORT])


ENDINGS = (RunCommands.stop_run, RunCommands.pause_run, RunCommands.delete_run)


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("trains", [False, True], ids=["waiting", "training"])
def test_after_cancelling_20_runs_within_a_minute_a_visitor_must_wait(engine, end, trains):
    student, other = (new_visitor(engine) for _ in range(2))
    if trains:
        engine.start()
    for _ in range(20):
        run = student.submit(SMALL)
        assert (student.run(run.id).state == "running") is trains
        end(engine.runs, student, run.id)
        engine.advance()
    with refused("limit_cancelled"):
        engine.runs.submit_runs(student, [SMALL])
    assert engine.runs.submit_runs(other, [SMALL])
    engine.skip(60)
    assert engine.runs.submit_runs(student, [SMALL])


def test_a_visitor_who_lets_runs_end_may_start_a_hundred_within_a_minute(engine):
    student = new_visitor(engine)
    engine.start()
    for _ in range(20):
        engine.runs.submit_runs(student, [SMALL] * 5)
        engine.finish()
    assert [run.state for run in student.runs()] == ["done"] * 100


def test_a_run_that_ended_makes_a_newcomer_a_visitor_like_others(engine):
    engine.workers.names = ("one",)
    visitor = new_visitor(engine)
    first, _ = engine.runs.submit_runs(visitor, [SHORT, SHORT])
    engine.runs.submit_runs(new_visitor(engine), [SHORT])
    with refused("limit_queued_first"):
        engine.runs.submit_runs(visitor, [SHORT])
    engine.start()
    (training,) = engine.workers.training()
    training.set_result(TrainingFailure(keras_error=KerasError("ValueError", "made up")))
    assert visitor.run(first.id).state == "failed"
    assert engine.runs.submit_runs(visitor, [SHORT, SHORT, SHORT])


# How long a student waits while a script starts many of the shortest runs

SHORTEST = RunSettings(train_images=1_000, epochs=1)
# Each worker trains six blocks a second, so an epoch takes a second.
BLOCKS_A_SECOND = 6


class Crowd:
    """A script with many new workspaces that starts the shortest runs as fast as it can."""

    def __init__(self, engine, workspaces: int) -> None:
        self._engine, self._turns = engine, cycle([new_visitor(engine) for _ in range(workspaces)])
        self.started = 0

    def press_on(self, clicks: int) -> None:
        for visitor in islice(self._turns, clicks):
            with suppress(EngineError):
                self._engine.runs.submit_runs(visitor, [SHORTEST])
                self.started += 1

    def train(self, seconds: int) -> None:
        """Let seconds pass; in each second, the script clicks ten times."""
        for _ in range(seconds):
            self.press_on(10)
            self._engine.advance(BLOCKS_A_SECOND)
            self._engine.skip(1.0)


def test_a_crowd_of_the_shortest_runs_displaces_nobody_and_lets_a_newcomer_pass(engine):
    engine.start()
    students = [new_visitor(engine) for _ in range(8)]
    for visitor in students:
        engine.runs.submit_runs(visitor, [RunSettings(epochs=20)])
    crowd = Crowd(engine, 200)
    waits = []
    crowd.press_on(210)
    assert (
        engine.engine_status().waiting_run_count + engine.engine_status().training_worker_count
        == Limits().queued_all
    )
    for _ in range(2):
        visitor = new_visitor(engine)
        begin = engine.clock.now
        record = visitor.submit(SHORT)
        while visitor.run(record.id).state == "queued":
            crowd.train(1)
        assert visitor.run(record.id).state in ("running", "done")
        waits.append(engine.clock.now - begin)
        crowd.train(5)
    assert crowd.started > 200
    assert {record.reason for visitor in students for record in visitor.runs()} <= {
        None,
        "gave_way",
    }
    assert max(waits) <= 30
