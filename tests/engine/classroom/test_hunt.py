"""The hunt: what is a try, what is refused, and that nobody sees the test set before it is revealed."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.classroom.hunt import Try, best_of_each, fall
from fvapp.core.classroom.roster import as_known
from fvapp.core.events import TESTED
from fvapp.core.inspection.questions import TestLogits
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import RunSettings
from fvapp.engine.timing import DEFAULT_TIMING
from scripted_engine import BLOCKS, refused

SMALL = RunSettings(hidden=(32,), epochs=1)


@pytest.fixture
def hunter(room):
    """Return a student of a class that hunts."""
    mia = room.join("Mia", offered=True)
    room.engine.rounds.start(room.teacher, room.id, "hunt", "fashion_mnist 50000 3")
    return mia


def train(room, token, settings=SMALL):
    (run,) = room.engine.submit(token, [settings])
    room.engine.finish()
    return run.id


def seat(room, token):
    return room.engine.students.seat(token).round


def tries(room):
    room.engine.skip(1.0)
    return room.engine.rounds.look(room.teacher, room.id).tries


def test_what_a_student_trains_is_of_the_hunt_but_for_missions(room, hunter):
    other = SMALL.with_values(dataset="mnist", wrong_labels=0.5, validation_split=0)
    run = room.engine.run(hunter, train(room, hunter, other))
    assert (run.settings.dataset, run.settings.wrong_labels, run.settings.validation_split) == ("fashion_mnist", 0, 0.1)
    (one,) = tries(room)
    assert one[1:] == ("Mia", run.parameters, run.val_accuracy, None) and one.validation > 0
    assert (seat(room, hunter).left, seat(room, hunter).best) == (2, one.validation)
    group = MISSIONS["network"].group + "1"
    assert room.engine.submit(hunter, [RunSettings()], group=group)[0].group == group
    assert seat(room, hunter).left == 2


def test_what_is_beyond_the_budget_costs_no_try_and_nobody_has_a_fourth(room, hunter):
    for code, settings in (("hunt_parameters", RunSettings()), ("hunt_epochs", SMALL.with_values(epochs=4))):
        with refused(code):
            room.engine.submit(hunter, [settings])
    run = train(room, hunter)
    with refused("hunt_epochs"):
        room.engine.resume(hunter, run, 3)
    room.engine.resume(hunter, run, 2)  # goes on within the budget: no second try
    room.engine.finish()
    train(room, hunter), train(room, hunter)
    with refused("hunt_tries"):
        room.engine.submit(hunter, [SMALL])
    assert seat(room, room.join("Late")).left == 3 and len(tries(room)) == 3


def test_a_run_that_was_lost_or_never_began_costs_nothing_and_one_that_was_stopped_does(room, hunter):
    (lost,) = room.engine.submit(hunter, [SMALL.with_values(epochs=3)])
    room.engine.advance(BLOCKS)
    room.engine.skip(DEFAULT_TIMING.checkpoint_every)
    room.engine.lose(lost.id)
    assert seat(room, hunter).left == 3
    runs = room.engine.submit(hunter, [SMALL.with_values(seed=seed, epochs=3) for seed in range(3)])
    room.engine.advance(2)
    for state in ("queued", "running"):
        room.engine.stop(hunter, next(run.id for run in runs if room.engine.run(hunter, run.id).state == state))
    room.engine.finish()
    assert seat(room, hunter).left == 1
    (untested,) = room.engine.submit(hunter, [SMALL.with_values(epochs=3)])
    room.engine.advance(BLOCKS + 1)
    room.engine.pause(hunter, untested.id)
    room.engine.advance()
    room.engine.stop(hunter, untested.id)
    with refused("hunt_tries"):  # others have taken its place
        room.engine.resume(hunter, lost.id)
    assert len(tries(room)) == 2
    room.engine.rounds.reveal(room.teacher, room.id)
    assert [one.test is None for one in tries(room)] == [False]  # what was stopped while paused saw no test set


def test_no_door_shows_the_test_set_until_it_is_revealed(room, hunter):
    engine, run = room.engine, train(room, hunter)
    own = engine.examples.keep(hunter, "fashion_mnist", np.eye(28, dtype=np.uint8), 1).id

    def shown():
        (row,), (one,) = engine.teachers.rows(room.teacher, room.id), tries(room)
        records = engine.run(hunter, run), *engine.runs(hunter), *row.runs
        ended = any(isinstance(event, TESTED) for event in engine.events(hunter, run)[0])
        return {*(record.result is not None for record in records), ended, one.test is not None}

    doors = (
        lambda: engine.delete(hunter, run),
        lambda: engine.weights(hunter, run),
        lambda: engine.model_file(hunter, run),
        lambda: engine.inspect(hunter, run, TestLogits(10_000, 0)),
        lambda: engine.teaching.teach(hunter, run, [own], mixed=False),
    )
    assert shown() == {False}
    engine.students.leave(hunter)  # no way around it
    for door in doors:
        with refused("hunt_sealed"):
            door()
    assert engine.run(hunter, run).result is None and tries(room) == ()
    engine.students.join(hunter, room.code, "Mia")
    assert seat(room, hunter).left == 2
    engine.rounds.reveal(room.teacher, room.id)
    assert shown() == {True} and seat(room, hunter).tries[0].test is not None
    assert engine.weights(hunter, run) and engine.submit(hunter, [RunSettings()])[0].group is None
    with refused("hunt_revealed"):  # the projector shows it
        engine.resume(hunter, run, 2)
    engine.rounds.end(room.teacher, room.id)
    engine.resume(hunter, run, 20)


def test_what_is_sealed_votes_in_no_other_class(room, hunter):
    engine, teacher = room.engine, room.engine.enter(None).token
    train(room, hunter)
    engine.students.leave(hunter)
    other = replace(room, teacher=teacher, id=engine.teachers.open(teacher, "9a", "en", ("network",)).id)
    train(other, other.join("Ali")), other.join("Mia", hunter)
    with refused("round_voters"):
        engine.rounds.start(teacher, other.id, "vote")


def test_a_hunt_goes_on_after_the_server_and_its_end_leaves_nothing_sealed(room, hunter, restart):
    run, engine = train(room, hunter), restart(room)
    assert engine.run(hunter, run).result is None and seat(room, hunter).left == 2
    engine.rounds.end(room.teacher, room.id)
    assert engine.run(hunter, run).result is not None


def test_a_hunt_under_a_budget_that_this_version_does_not_have_is_over(room, hunter):
    current = replace(room.classroom.round, subject="fashion_mnist 1 3")
    assert as_known(replace(room.classroom, round=current)).round is None


def test_the_best_of_each_leads_and_falls_by_more_than_chance_or_not():
    found = [
        Try(each, "", n, share) for n, (each, share) in enumerate(zip("abcba", (0.7, 0.9, 0.8, 0.9, 0.85), strict=True))
    ]
    assert best_of_each(found) == [found[1], found[4], found[2]]
    # 1.96 * sqrt(0.9 * 0.1 * (1 / 6,000 + 1 / 10,000)) = 0.0096
    fell, held = (fall(Try("a", "", 1, 0.9, test), "fashion_mnist") for test in (0.889, 0.905))
    assert (fell.margin, fell.points, fell.way, held.way) == ("1.0", "1.1", -1, 0)
