"""A script that fills the queue shuts nobody out, and whoever has to make room for it is told."""

from __future__ import annotations

from contextlib import closing

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.runs import KerasError
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.admission import admit
from fvapp.engine.runs.limits import Limits
from fvapp.engine.workers.protocol import NotTrained
from fvapp.i18n import Translator, languages
from made_up_runs import Workspaces, make_run
from scripted_engine import ScriptedEngine

TEN_MINUTES = RunSettings(hidden=(512, 512), epochs=75)
SHORT = RunSettings()


SPACES = Workspaces()


def claims(workspace, *seconds, waits=True, group=None):
    state = "queued" if waits else "running"
    return [
        make_run(f"{workspace}{place}", SPACES[workspace], each, state=state, group=group)
        for place, each in enumerate(seconds, 1)
    ]


def admitted(active, wanted, newcomer, limits) -> tuple[str, ...]:
    """Return who has to go for the wanted runs."""
    workspace = wanted[0].workspace
    workspace.newcomer = newcomer
    records, seconds = [run.record for run in wanted], sum(run.seconds for run in wanted)
    return tuple(run.record.id for run in admit(active, workspace, records, seconds, limits))


def refusal(*args) -> str:
    with pytest.raises(EngineError) as error:
        admitted(*args)
    return error.value.code


# The rules


def test_who_has_nothing_in_a_full_queue_displaces_the_newest_run_of_the_greediest():
    active = [*claims("a", 60, 60), *claims("b", 600, 600), *claims("c", 60)]
    limits = Limits(queued_all=5)
    assert admitted(active, claims("new", 60), True, limits) == ("b2",)
    assert admitted(active, claims("new", 60, 60), True, limits) == ("b2", "b1")
    assert admitted(active, claims("new", 60), True, Limits(queued_all=6)) == ()


def test_a_run_that_trains_is_never_displaced():
    active = [*claims("a", 600, 600, waits=False), *claims("b", 60, 60)]
    assert admitted(active, claims("new", 60), True, Limits(queued_all=4)) == ("b2",)


def test_who_has_no_less_than_the_others_displaces_nobody():
    limits = Limits(queued_all=2)
    assert refusal([*claims("a", 60), *claims("b", 60)], claims("new", 60), True, limits) == "limit_queued_all"
    assert refusal([*claims("a", 600), *claims("b", 600)], claims("b", 60), False, limits) == "limit_queued_all"


def test_minutes_count_like_runs():
    limits = Limits(minutes=30, minutes_all=60)
    assert refusal(claims("a", 1_000), claims("a", 900), False, limits) == "limit_minutes"
    assert refusal([*claims("b", 1_800), *claims("c", 1_700)], claims("b", 0, 200), False, limits) == "limit_minutes"
    full = [*claims("a", 600), *claims("b", 600, 600), *claims("c", 600, 600)]
    assert refusal(full, claims("a", 1_000), False, limits) == "limit_minutes_all"
    assert admitted(full, claims("new", 700), True, limits) == ("b2",)


def test_a_newcomer_has_two_runs_waiting_while_others_wait():
    limits, others = Limits(), claims("b", 10)
    assert admitted(others, claims("a", 10, 10), True, limits) == ()
    assert refusal(others, claims("a", 10, 10, 10), True, limits) == "limit_queued_first"
    assert refusal([*claims("a", 10), *others], claims("a", 0, 10, 10)[1:], True, limits) == "limit_queued_first"
    assert admitted(others, claims("a", 10, 10, 10), False, limits) == ()
    assert admitted(claims("b", 10, waits=False), claims("a", 10, 10, 10), True, limits) == ()


def test_the_runs_of_a_group_count_as_one():
    seeds, more = claims("a", *[10] * 5, group="seeds"), claims("a", *[10] * 5, group="more")
    assert admitted([*claims("b", 10), *seeds], more, True, Limits()) == ()
    assert refusal([*claims("b", 10), *seeds, *more], claims("a", 10), True, Limits()) == "limit_queued_first"


# The engine


@pytest.fixture
def engine(tmp_path, request):
    """An engine whose time stands still, with other limits where a test names some."""
    limits = {"trainings_a_minute": 20, **getattr(request, "param", {})}
    environ = {f"FVAPP_LIMIT_{name.upper()}": str(most) for name, most in limits.items()}
    with closing(ScriptedEngine(tmp_path, **environ)) as engine:
        yield engine


def flood(engine, workspaces=20) -> list[str]:
    """Queue ten-minute runs in fresh workspaces as fast as they are taken, each until it is refused."""
    tokens = [engine.enter(None).token for _ in range(workspaces)]
    for token in tokens:
        try:
            while True:
                engine.submit(token, [TEN_MINUTES])
        except EngineError as error:
            assert error.code.startswith("limit_")
    return tokens


def test_a_pupil_is_the_next_while_a_script_floods(engine):
    flood(engine)
    pupil = engine.enter(None).token
    (record,) = engine.submit(pupil, [SHORT])
    assert record.place == 1


@pytest.mark.parametrize("engine", [{"queued_all": 30}], indirect=True)
def test_a_pupil_gets_into_a_full_queue_and_the_displaced_run_says_why(engine):
    flooding = flood(engine)
    assert engine.status().waiting == 30
    (record,) = engine.submit(engine.enter(None).token, [SHORT])
    assert record.place == 1 and engine.status().waiting == 30
    paused = [run for token in flooding for run in engine.runs(token) if run.state == "paused"]
    assert {run.reason for run in paused} == {"displaced"}
    for language in languages():
        assert Translator(language)("reasons.displaced")
    owner = next(token for token in flooding if paused[-1] in engine.runs(token))
    engine.stop(owner, engine.runs(owner)[0].id)
    engine.resume(owner, paused[-1].id)
    assert engine.run(owner, paused[-1].id).state == "queued"


@pytest.mark.parametrize("engine", [{"trainings_a_minute_all": 20}], indirect=True)
def test_many_trainings_a_minute_of_others_refuse_nobody_who_began_none(engine):
    flood(engine)
    assert engine.submit(engine.enter(None).token, [SHORT])


def test_a_run_that_ended_makes_a_newcomer_a_visitor_like_others(engine):
    engine.workers.names = ("one",)
    token = engine.enter(None).token
    first, _ = engine.submit(token, [SHORT, SHORT])
    engine.submit(engine.enter(None).token, [SHORT])
    with pytest.raises(EngineError, match="limit_queued_first"):
        engine.submit(token, [SHORT])
    engine.start()
    (training,) = engine.workers.training()
    training.set_result(NotTrained(error=KerasError("ValueError", "made up")))
    assert engine.run(token, first.id).state == "failed"
    assert engine.submit(token, [SHORT, SHORT, SHORT])
