"""Which run is next, which gives way and which is refused: decisions without processes."""

import random
from itertools import pairwise
from statistics import fmean

import numpy as np
import pytest

from fvapp.core.errors import EngineError
from fvapp.core.events import BlockEnded, EpochEnded, Guesses, RunEnded, RunStarted
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.engine.processes.machine import count_workers, workers_that_fit
from fvapp.engine.processes.supervisor import RestartBackoff
from fvapp.engine.runs.life import record_of_resumed_run, will_retrain_part_of_curve
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.runs.queue import LEAST_SECONDS, STRETCH, FairQueue
from fvapp.engine.runs.rules import runs_to_give_way, runs_to_pause
from fvapp.engine.timing import Timing
from fvapp.worker.thinning import EventThinner
from made_up_runs import Workspaces, make_run, make_training
from scripted_engine import new_visitor, refused

TIMING = Timing()
RESULT = RunEnded("done", RunResult(0.4, 0.88, 2.5))


def started(steps, epochs=5):
    return RunStarted(101_770, 54_000, 6_000, steps, epochs)


def block(epoch, step, loss=1.0):
    return BlockEnded(epoch, step, loss, accuracy=0.5)


def epoch(number, seconds=1.0):
    return EpochEnded(number, 0.5, 0.8, None, None, seconds)


def take(queue):
    run = queue.next_run
    queue.remove_run(run)
    return run


def take_all(queue):
    return [take(queue).record.id for _ in range(len(queue))]


# In which order queued runs start


SPACES = Workspaces()


def add(queue, run_id, seconds=10.0, now=0.0, made_room=False):
    """Queue a run in the workspace that the first letter of its id names."""
    run = make_run(run_id, SPACES[run_id[0]], seconds, waiting_since=now)
    queue.add_run(run, made_room)
    return run


def queue_of(*runs, seconds=10.0):
    queue = FairQueue()
    for run_id in runs:
        add(queue, run_id, seconds)
    return queue


def test_a_visitor_with_many_runs_lets_others_in_between():
    assert take_all(queue_of("a1", "a2", "a3", "b1", "c1", "b2")) == [
        "a1",
        "b1",
        "c1",
        "a2",
        "b2",
        "a3",
    ]


def test_runs_that_have_waited_go_before_later_ones():
    queue = queue_of("a1", "a2", "b1")
    assert take(queue).record.id == "a1"
    add(queue, "c1", now=50)
    assert take_all(queue) == ["b1", "a2", "c1"]


def test_seconds_come_before_minutes_but_minutes_come_too():
    queue = queue_of("long", seconds=600)
    add(queue, "b1")
    add(queue, "c1", now=600 * STRETCH - 41)
    add(queue, "d1", now=600 * STRETCH)
    assert take_all(queue) == ["b1", "c1", "long", "d1"]


def test_a_run_taken_back_no_longer_counts_for_those_that_follow():
    queue = FairQueue()
    queue.remove_run(add(queue, "a-long", 600))
    add(queue, "b1", 20)
    add(queue, "a2", 10)
    assert take_all(queue) == ["a2", "b1"]


def test_a_run_that_made_room_goes_behind_those_it_made_room_for():
    queue = queue_of("b1", "c1", seconds=600)
    add(queue, "a1", 60, now=1, made_room=True)
    assert take_all(queue) == ["b1", "c1", "a1"]
    queue = queue_of("b1", seconds=600)
    add(queue, "c1", 700)
    add(queue, "a1", 60, now=1, made_room=True)
    assert take_all(queue) == ["b1", "a1", "c1"]


def test_the_shortest_runs_of_many_let_a_longer_one_pass_and_each_other_in_turn():
    queue = queue_of("a1", "a2", "a3", "b1", "c1", seconds=LEAST_SECONDS)
    add(queue, "d1", seconds=2 * LEAST_SECONDS)
    assert take_all(queue) == ["a1", "a2", "b1", "d1", "a3", "c1"]


def test_places_are_the_order_in_which_runs_are_taken():
    for seed in range(100):
        chance = random.Random(seed)
        queue = FairQueue()
        runs = []
        for place in range(30):
            runs.append(
                add(
                    queue, f"{chance.choice('abcd')}{place}", chance.choice((1, 10, 600)), now=place
                )
            )
            if chance.random() < 0.3:
                take(queue)
            if chance.random() < 0.2:
                run = chance.choice(runs)
                assert queue.remove_run(run) is not queue.remove_run(run) or run not in queue
        order = [run.record.id for run in queue]
        assert take_all(queue) == order and queue.next_run is None


def test_a_run_that_could_not_begin_is_the_first_again():
    queue = queue_of("a1", "b1", "b2")
    queue.put_run_back(take(queue))
    assert take_all(queue) == ["a1", "b1", "b2"]


# Which running runs give way to queued runs


def training(run_id="long", workspace="a", seconds_left=300.0, since=0.0, told=False):
    return make_training(
        run_id,
        SPACES[workspace],
        seconds_left,
        training_since=since,
        last_requested_action="pause" if told else "run",
    )


def waiting(**since):
    return [make_run(name, SPACES[name[0]], waiting_since=when) for name, when in since.items()]


def ids(runs):
    return [run.record.id for run in runs]


def test_a_long_run_gives_way_when_another_workspace_has_waited_20_seconds():
    assert runs_to_give_way(waiting(b=80.0), [training()], TIMING, now=99.9) == []
    assert ids(runs_to_give_way(waiting(b=80.0), [training()], TIMING, now=100.0)) == ["long"]


@pytest.mark.parametrize(
    "run",
    [
        training(workspace="b"),
        training(seconds_left=15.0),
        training(since=95.0),
        training(told=True),
    ],
    ids=["of the same workspace", "soon done", "only begun", "already told"],
)
def test_a_run_does_not_give_way(run):
    assert runs_to_give_way(waiting(b=0.0), [run], TIMING, now=100.0) == []


def test_the_longest_gives_way_first_and_one_for_each_who_waits():
    runs = [
        training("short", seconds_left=50),
        training("unknown", seconds_left=None),
        training("longer"),
    ]
    assert ids(runs_to_give_way(waiting(b1=0.0, b2=0.0), runs, TIMING, now=100.0)) == ["unknown"]
    assert ids(runs_to_give_way(waiting(b=0.0, c=0.0), runs, TIMING, now=100.0)) == [
        "unknown",
        "longer",
    ]


def test_the_shortest_runs_of_many_make_one_long_run_give_way_and_no_more():
    crowd = [
        make_run(name, SPACES[name[0]], LEAST_SECONDS, waiting_since=0.0)
        for name in ("b1", "c1", "d1")
    ]
    runs = [training("long", seconds_left=50), training("longer")]
    assert ids(runs_to_give_way(crowd, runs, TIMING, now=100.0)) == ["longer"]
    assert ids(runs_to_give_way([*crowd, *waiting(e=0.0)], runs, TIMING, now=100.0)) == [
        "longer",
        "long",
    ]


def test_an_unwatched_run_is_paused_unless_it_is_soon_done():
    SPACES["watched"].seen_at = 1.0
    runs = [training("long"), training("short", seconds_left=59), training(workspace="watched")]
    assert runs_to_pause(runs, TIMING, now=599.9) == []
    assert ids(runs_to_pause(runs, TIMING, now=600.0)) == ["long"]


def test_the_time_left_comes_from_the_last_three_epochs():
    run = Run(
        SPACES["a"],
        RunRecord("a", 1, RunSettings(), "running", epochs=10, epoch=4, step=50),
        [started(100)],
    )
    assert run.seconds_left is None
    run.events += [
        epoch(number, seconds) for number, seconds in enumerate((9.0, 1.0, 2.0, 3.0), start=1)
    ]
    assert run.seconds_left == pytest.approx(5.5 * 2.0)


# How runs are resumed


def test_of_the_epochs_added_to_a_stopped_run_the_one_it_is_in_is_the_first_and_a_paused_one_keeps_its_aim():
    stopped = RunRecord("id", 1, RunSettings(), "stopped", epochs=5, epoch=2, step=300)
    assert record_of_resumed_run(stopped, (2, 300), 0).epochs == 5
    assert record_of_resumed_run(stopped, (2, 300), 1).epochs == 3
    paused = RunRecord("id", 1, RunSettings(), "paused", epochs=5, epoch=2, step=300)
    assert record_of_resumed_run(paused, (2, 300), 1).epochs == 6
    done = RunRecord("id", 1, RunSettings(), "done", epochs=5, epoch=5)
    assert record_of_resumed_run(done, (5, 0), 5).epochs == 10
    with refused("not_now"):
        record_of_resumed_run(done, (5, 0), 0)
    with refused("not_now"):
        record_of_resumed_run(RunRecord("id", 1, RunSettings(), "lost", epochs=5, epoch=1), None, 0)


def test_only_a_checkpoint_behind_the_end_of_the_curve_takes_something_back():
    events = [epoch(1), block(2, 50)]
    assert will_retrain_part_of_curve((1, 0), events)
    assert will_retrain_part_of_curve((1, 49), events)
    assert will_retrain_part_of_curve(None, events)
    assert not will_retrain_part_of_curve((1, 50), events)
    assert not will_retrain_part_of_curve((1, 70), events)
    done = [*events, epoch(2), RESULT]
    assert will_retrain_part_of_curve((1, 70), done)
    assert not will_retrain_part_of_curve((2, 0), done)
    assert not will_retrain_part_of_curve(None, [])


# The growing pause after workers have died repeatedly


def test_three_deaths_in_a_minute_are_followed_by_a_rest_that_grows():
    rest = RestartBackoff(TIMING)
    assert [rest.restart_delay_after_death(now) for now in (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)] == [
        0,
        0,
        15,
        30,
        60,
        60,
    ]
    assert rest.restart_delay_after_death(200.0) == 0


# How long curves are thinned: only some of their events are kept


def thinned(*events, **most):
    """Return the events that remain of a run of 50 epochs when its curve is thinned."""
    told = []
    thin = EventThinner(told.append, **most)
    for event in (started(1_000, epochs=50), *events):
        thin(event)
    return told[1:]


def test_a_long_curve_is_thinned_without_changing_what_a_point_means():
    chance = random.Random(1)
    blocks = []
    events = []
    for number in range(1, 51):
        blocks += [block(number, step, chance.random()) for step in range(25, 1_001, 25)]
        events += [*blocks[-40:], epoch(number)]
    told = thinned(*events, most=100)
    kept = [event for event in told if isinstance(event, BlockEnded)]
    assert len(kept) < len(blocks) / 5 and len(kept) >= 50 * 6
    assert sum(isinstance(event, EpochEnded) for event in told) == 50
    first = [each.loss for each in blocks if each.epoch == 1 and each.step <= kept[0].step]
    assert kept[0].loss == pytest.approx(fmean(first)) and kept[0].step == 25 * len(first)
    assert (kept[-1].epoch, kept[-1].step) == (50, 1_000)


def test_the_last_block_of_a_thinned_epoch_is_no_shorter_than_half_of_the_others():
    # The epoch has 38 blocks, which cannot be divided into groups of six.
    blocks = [block(1, step) for step in (*range(27, 1_000, 27), 1_000)]
    told = thinned(*blocks, epoch(1), most=100)
    ends = [0, *(event.step for event in told if isinstance(event, BlockEnded))]
    sizes = [end - begin for begin, end in pairwise(ends)]
    assert ends[-1] == 1_000 and sizes[-1] >= max(sizes) / 2, sizes


def test_guesses_do_not_cut_a_thinned_block_short_and_a_short_curve_is_left_alone():
    guesses = Guesses(0, 25, (0, 1), ((1,), (2,)), ((0.1,), (0.2,)))
    events = [guesses, block(1, 25), block(1, 50)]
    assert thinned(*events, most=100) == [guesses] and thinned(*events) == events


# Limits that a teacher can set


def test_a_teacher_can_set_every_limit():
    assert Limits.from_environ({"FVAPP_LIMIT_QUEUED": "3"}) == Limits(queued=3)
    for value in ("0", "-1", "many", ""):
        with refused("bad_limit"):
            Limits.from_environ({"FVAPP_LIMIT_RUNS": value})


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"queued": 2}, "limit_queued"),
        ({"queued_all": 2}, "limit_queued_all"),
        ({"runs": 2}, "limit_runs"),
    ],
)
def test_one_training_too_many_is_refused_and_changes_nothing(scripted, code, limits):
    engine = scripted(**limits)
    visitor = new_visitor(engine)
    engine.runs.submit_runs(visitor, [RunSettings()])
    with pytest.raises(EngineError, match=f"^{code} "):
        engine.runs.submit_runs(visitor, [RunSettings(), RunSettings()])
    assert len(engine.runs.list_runs(visitor)) == 1
    engine.runs.submit_runs(visitor, [RunSettings()])


def test_only_the_visitor_who_types_wrong_recovery_codes_waits(scripted):
    engine = scripted(codes_a_minute=2, codes_a_minute_all=3)
    owner, guesser, other = (new_visitor(engine) for _ in range(3))
    code = engine.workspaces.recovery_code(owner)
    wrong = "0000-0000-0000-0000"
    for _ in range(2):
        with refused("unknown_code"):
            engine.workspaces.recover_workspace(guesser, wrong)
    with refused("limit_codes"):
        engine.workspaces.recover_workspace(guesser, code)
    assert engine.workspaces.recover_workspace(other, code).was_known
    engine.skip(60)
    assert engine.workspaces.recover_workspace(guesser, code).was_known


def test_wrong_recovery_codes_of_a_hundred_visitors_do_not_refuse_a_right_one(scripted):
    engine = scripted(codes_a_minute_all=31)
    code = engine.workspaces.recovery_code(new_visitor(engine))
    refused = []
    for _ in range(100):
        with pytest.raises(EngineError) as error:
            engine.workspaces.recover_workspace(new_visitor(engine), "0000-0000-0000-0000")
        refused.append(error.value.code)
    assert refused == ["unknown_code"] * 31 + ["limit_codes"] * 69
    assert engine.workspaces.recover_workspace(new_visitor(engine), code).was_known


def test_a_question_with_too_many_images_is_refused(scripted):
    engine = scripted(images=3)
    visitor = new_visitor(engine)
    images = np.zeros((4, 28, 28), np.uint8)
    assert len(engine.answers.classify_images(visitor, "mnist", images[:3])) == 3
    with refused("limit_images"):
        engine.answers.classify_images(visitor, "mnist", images)


# How many workers fit the machine's cores and memory


def test_workers_follow_cores_and_memory():
    assert workers_that_fit(2, 24_000) == 2
    assert workers_that_fit(2, 2_700) == 1
    assert workers_that_fit(2, 2_048) == 1
    assert workers_that_fit(1, 500) == 1 and workers_that_fit(64, 512_000) == 8
    assert count_workers({"FVAPP_WORKERS": "3"}) == 3
    with refused("bad_limit"):
        count_workers({"FVAPP_WORKERS": "none"})
