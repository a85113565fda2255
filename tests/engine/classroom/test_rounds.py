"""Rounds from start to end: what the class does in them, and what survives a restart."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.classroom.rounds import ENOUGH_NETWORKS, round_group_name, unpack_image
from fvapp.core.classroom.wall import DRAW_SECONDS, GRACE_SECONDS
from fvapp.core.examples import MOST_EXAMPLES, make_example_id
from fvapp.core.missions.progress import MissionProgress, read_progress, write_progress
from fvapp.engine.answers import inspecting
from fvapp.engine.classroom.votes import VoteCounter
from fvapp.engine.store.calendar import DAY
from random_networks import random_pixels
from real_engine import SMALL
from scripted_engine import refused


@pytest.fixture
def rounds(room):
    return room.engine.rounds


@pytest.fixture
def view(room, rounds):
    """Return ``view()``: what the teacher sees of the round a second later."""

    def view():
        room.skip(1.0)
        return room.rounds.round_view()

    return view


def image(column: int = 14) -> np.ndarray:
    """Return an image of a vertical stroke, uint8 [28, 28]."""
    drawn = np.zeros((28, 28), np.uint8)
    drawn[4:24, column - 1 : column + 1] = 255
    return drawn


def test_a_round_starts_and_ends_for_the_whole_class_at_once(room):
    mia = room.join("Mia")
    before = [room.version(token) for token in (mia, room.teacher)]
    room.rounds.start_round("draw", "7")
    assert room.version(mia) > before[0] and room.version(room.teacher) > before[1]
    assert (room.round_of(mia).kind, room.round_of(mia).subject) == ("draw", "7")
    late = room.join("Late")
    assert room.round_of(late) == room.round_of(mia)
    room.rounds.end_round()
    assert room.round_of(mia) is None and room.rounds.round_view() is None
    with refused("no_round"):
        room.rounds.reveal_round()


def test_there_is_one_round_at_a_time_and_a_second_click_is_the_same_one(room):
    first = room.rounds.start_round("predict", "network")
    assert room.rounds.start_round("predict", "network") == first
    with refused("round_under_way"):
        room.rounds.start_round("draw", "7")
    room.rounds.reveal_round()
    second = room.rounds.start_round("draw", "7").round
    assert second.number == first.round.number + 1 and not second.revealed


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("predict", "made up"),
        ("predict", ""),
        ("draw", "17"),
        ("draw", ""),
        ("seeds", "x"),
        ("made up", ""),
    ],
)
def test_an_unknown_round_is_refused(room, kind, subject):
    with refused("round_unknown"):
        room.rounds.start_round(kind, subject)
    assert room.classroom.round is None


# Rounds in which students predict


def test_a_poll_is_answered_as_the_prediction_of_its_mission_unless_that_was_judged_already(
    room, rounds, view
):
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.rounds.start_round("predict", "network")
    rounds.answer_round(mia, 1, "held")
    rounds.answer_round(mia, 1, "not_held")
    assert room.round_of(mia).predicted_outcome == "not_held"
    assert room.round_of(ali).predicted_outcome is None
    seen = view()
    assert (seen.answered_student_count, seen.asked_student_count) == (1, 2)
    assert seen.mission_results.prediction_counts == {"not_held": 1}
    assert (
        read_progress(room.engine.notes.read_note(mia, "lessons"))["network"].prediction
        == "not_held"
    )
    with refused("round_unknown"):
        rounds.answer_round(ali, 1, "made up")
    with refused("round_over"):
        rounds.answer_round(ali, 2, "held")
    judged = {"network": MissionProgress(prediction="held", judged=True)}
    room.engine.notes.change_note(mia, "lessons", lambda _: write_progress(judged))
    rounds.answer_round(mia, 1, "not_held")
    assert (room.round_of(mia).predicted_outcome, room.round_of(mia).has_verdict) == ("held", True)
    room.rounds.reveal_round()
    with refused("round_over"):
        rounds.answer_round(ali, 1, "held")


# Rounds in which all students train the same network with different seeds


def test_students_of_a_small_class_train_several_networks_each_with_different_seeds(room, view):
    tokens = room.join_many(4)
    room.rounds.start_round("seeds")
    runs = [student.runs() for student in tokens]
    assert [len(own) for own in runs] == [3] * 4 and view().refused_nicknames == ()
    assert sorted(run.settings.seed for own in runs for run in own) == list(range(1, 13))
    assert view().network_count == 12 and view().trial_results is None
    room.finish()
    assert len(view().trial_results.results) == 12 and view().unfinished_network_count == 0
    seen = room.round_of(tokens[0])
    assert len(seen.test_accuracies) == 3 and seen.startable_network_count == 0


def test_a_rounds_run_goes_before_its_students_others_and_nobody_elses(room):
    for _ in range(2):
        room.engine.runs.submit_runs(room.enter(), [SMALL])
    mia = room.join("Mia")
    ali = room.join("Ali")
    own = [run.id for run in room.engine.runs.submit_runs(mia, [SMALL] * 2, group="x")]
    other = room.engine.runs.submit_runs(ali, [SMALL] * 2, group="y")[0].id
    waiting = [each.workspace for each in room.engine._engine_state.queue]
    room.rounds.start_round("seeds")
    queue = [each.record.id for each in room.engine._engine_state.queue]
    of_round = [run.id for run in mia.runs() if run.id not in own]
    assert max(map(queue.index, of_round)) < min(map(queue.index, own))
    assert [each.workspace for each in room.engine._engine_state.queue][: len(waiting)] == waiting
    assert other in queue


def test_teacher_and_student_learn_of_a_run_refused_by_a_limit_which_can_be_tried_again(
    room, rounds, view
):
    mia = room.join("Mia")
    room.join("Ali")
    full = room.engine.runs.submit_runs(mia, [SMALL] * 12, group="x")
    room.rounds.start_round("seeds")
    assert view().refused_nicknames == ("Mia",)
    assert room.round_of(mia).was_refused
    assert room.round_of(mia).startable_network_count == 5
    with refused("limit_queued"):
        rounds.train_missing_networks(mia, 1)
    for run in full:
        room.engine.runs.delete_run(mia, run.id)
    rounds.train_missing_networks(mia, 1)
    assert view().refused_nicknames == ()
    assert room.round_of(mia).startable_network_count == 0
    assert not room.round_of(mia).was_refused
    rounds.train_missing_networks(mia, 1)  # a second click starts no further runs
    assert len(mia.runs()) == 5


def test_a_late_student_and_one_whose_run_was_lost_train_theirs_with_a_free_seed(
    room, rounds, view
):
    mia = room.join("Mia")
    room.rounds.start_round("seeds")
    room.skip(5.0)
    late = room.join("Late")
    assert room.round_of(late).startable_network_count == 1
    rounds.train_missing_networks(late, 1)
    assert [run.settings.seed for run in late.runs()] == [ENOUGH_NETWORKS + 1]
    lost = next(run for run in mia.runs() if run.state == "running")
    room.engine.lose(lost.id)
    assert room.round_of(mia).startable_network_count == 1
    rounds.train_missing_networks(mia, 1)
    seeds = [run.settings.seed for run in mia.runs()]
    assert seeds.count(lost.settings.seed) == 2
    room.finish()
    assert len(view().trial_results.results) == ENOUGH_NETWORKS + 1


# Rounds in which students draw


def test_a_drawing_is_on_the_wall_with_the_answer_of_the_network(room, rounds, view):
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.rounds.start_round("draw", "1")
    rounds.put_drawing_on_wall(mia, 1, image(8))
    rounds.put_drawing_on_wall(mia, 1, image(14))
    assert room.round_of(mia).has_drawn
    assert room.round_of(mia).predicted_label is None
    assert not room.round_of(ali).has_drawn
    (tile,) = view().tiles
    (answer,) = room.engine.answers.classify_images(ali, "mnist", [image(14)])
    assert np.array_equal(unpack_image(tile.drawing), image(14))
    assert (tile.student_id, tile.predicted_label) == (room.student("Mia"), answer.predicted_label)
    room.rounds.reveal_round()
    assert room.round_of(mia).predicted_label == answer.predicted_label
    with refused("round_over"):
        rounds.put_drawing_on_wall(ali, 1, image())


@pytest.mark.parametrize("closed", [False, True])
def test_drawings_and_strokes_are_deleted_when_the_round_or_the_class_ends(room, rounds, closed):
    mia = room.join("Mia")
    strokes = round_group_name(room.id, 1)
    room.rounds.start_round("draw", "1")
    room.engine.notes.remember_page_data(mia, strokes, b"strokes")
    rounds.put_drawing_on_wall(mia, 1, image())
    if closed:
        room.teachers.close_class()
        room.teachers.reopen_class()
    else:
        room.rounds.end_round()
    assert room.classroom.round is None
    assert room.round_of(mia) is None
    assert room.engine.notes.recall_page_data(mia, strokes) is None
    (row,) = room.teachers.student_rows()
    assert row.student.entry is None


@pytest.mark.parametrize(
    "bad", [np.zeros((28, 28)), np.zeros((2, 2), np.uint8), "x", None], ids=repr
)
def test_data_that_are_not_an_image_are_refused_on_the_wall(room, rounds, bad):
    mia = room.join("Mia")
    room.rounds.start_round("draw", "7")
    with refused("bad_image"):
        rounds.put_drawing_on_wall(mia, 1, bad)


@pytest.mark.parametrize("set_by", [0.0, 40 * DAY, -3 * 365 * DAY])
def test_time_ends_while_somebody_draws_and_who_has_drawn_nothing_may_begin_late(
    room, rounds, set_by
):
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.rounds.start_round("draw", "7")
    rounds.put_drawing_on_wall(mia, 1, image(8))
    room.engine.set_by = set_by  # somebody changes the computer's clock meanwhile
    room.skip(DRAW_SECONDS + GRACE_SECONDS - 1)
    rounds.put_drawing_on_wall(mia, 1, image(9))  # Mia was still drawing when the time ran out
    before = room.version(mia)
    room.skip(1.5)
    assert room.version(mia) > before and room.round_of(mia).covers_pages_until is None
    for token in (mia, ali):
        with refused("round_over"):
            rounds.put_drawing_on_wall(token, 1, image(20))
    assert np.array_equal(unpack_image(room.rounds.round_view().tiles[0].drawing), image(9))
    with refused("round_over"):
        rounds.begin_late_drawing(mia, 1)
    rounds.begin_late_drawing(ali, 1)
    rounds.put_drawing_on_wall(ali, 1, image(20))
    room.skip(DRAW_SECONDS + GRACE_SECONDS + 1)
    assert room.round_of(ali).covers_pages_until is None
    assert len(room.rounds.round_view().tiles) == 2


@pytest.mark.parametrize("revealed", [False, True])
def test_a_drawing_is_taken_off_by_the_teacher_for_good_and_by_its_student(
    room, rounds, view, revealed
):
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.rounds.start_round("draw", "7")
    for token in (mia, ali):
        rounds.put_drawing_on_wall(token, 1, image())
    if revealed:
        room.rounds.reveal_round()
    room.rounds.take_drawing_off_wall(room.student("Mia"))
    (tile,) = room.rounds.round_view().tiles
    assert tile.student_id == room.student("Ali") and room.round_of(mia).is_taken_off
    with refused("round_over"):
        rounds.put_drawing_on_wall(mia, 1, image())
    rounds.take_own_drawing_off_wall(ali, 1)
    assert view().tiles == () and not room.round_of(ali).has_drawn
    if not revealed:
        rounds.put_drawing_on_wall(ali, 1, image())


# Drawings on the wall that the teacher keeps as examples


def wall(room, count):
    """Let `count` students draw a 7, then reveal the round; return the students' tokens."""
    tokens = room.join_many(count)
    room.rounds.start_round("draw", "7")
    number = room.classroom.round.number
    for n, token in enumerate(tokens):
        room.engine.rounds.put_drawing_on_wall(token, number, image(4 + n))
    room.rounds.reveal_round()
    return tokens


def test_the_teacher_keeps_a_revealed_wall_as_examples_half_of_them_for_the_test(room):
    tokens = wall(room, 5)
    own = room.engine.examples.keep_example(room.teacher, "mnist", image(2), 7)
    room.class_drawings.keep_wall_drawings()
    room.class_drawings.keep_wall_drawings()
    kept = room.kept(room.teacher, "mnist")
    assert kept[0] == own and {(each.label, each.source) for each in kept} == {(7, "drawing")}
    assert [each.place for each in kept[1:]] == ["learn", "test", "learn", "test", "learn"]
    assert {each.id for each in kept[1:]} == {
        make_example_id("mnist", image(4 + n).tobytes()) for n in range(5)
    }
    assert room.classroom.round.kept
    assert room.round_of(tokens[0]).is_kept
    assert room.kept(tokens[0]) == ()
    room.rounds.end_round()
    assert room.kept(room.teacher, "mnist") == kept


def test_a_drawing_taken_off_the_wall_is_no_example_before_or_after_keeping(room, rounds):
    tokens = wall(room, 4)
    room.rounds.take_drawing_off_wall(room.student("Student 1"))
    room.class_drawings.keep_wall_drawings()
    room.rounds.take_drawing_off_wall(room.student("Student 2"))
    rounds.take_own_drawing_off_wall(tokens[2], 1)
    (left,) = room.kept(room.teacher)
    assert left.id == make_example_id("mnist", image(7).tobytes())
    room.engine.examples.delete_examples(room.teacher, [left.id])
    rounds.take_own_drawing_off_wall(tokens[3], 1)
    assert not room.round_of(tokens[3]).has_drawn


def test_students_who_leave_during_a_round_take_their_drawings_out_of_the_kept_wall(room):
    tokens = wall(room, 6)
    room.class_drawings.keep_wall_drawings()
    room.leave(tokens[0])
    room.engine.workspaces.delete_workspace(tokens[1])
    room.remove("Student 3")
    room.remove("Student 4", ban=True)
    left = {each.id for each in room.kept(room.teacher)}
    assert left == {make_example_id("mnist", image(4 + n).tobytes()) for n in (4, 5)}
    room.rounds.end_round()
    room.leave(tokens[4])
    assert {each.id for each in room.kept(room.teacher)} == left


def test_only_a_revealed_wall_is_kept(room, rounds):
    mia = room.join("Mia")
    room.rounds.start_round("draw", "7")
    rounds.put_drawing_on_wall(mia, 1, image())
    with refused("no_round"):
        room.class_drawings.keep_wall_drawings()
    room.rounds.reveal_round()
    room.rounds.start_round("predict", "network")
    room.rounds.reveal_round()
    with refused("no_round"):
        room.class_drawings.keep_wall_drawings()
    assert room.kept(room.teacher) == ()


def test_a_wall_for_which_there_is_no_room_is_not_kept_in_part(room):
    for n in range(MOST_EXAMPLES - 1):
        noise = random_pixels(n)
        room.engine.examples.keep_example(room.teacher, "mnist", noise, n % 10)
    wall(room, 2)
    with refused("limit_examples"):
        room.class_drawings.keep_wall_drawings()
    assert len(room.kept(room.teacher)) == MOST_EXAMPLES - 1 and not room.classroom.round.kept


# Rounds in which the networks of a class vote


@pytest.fixture
def few_images(monkeypatch):
    """Let votes use only the first 300 test images."""
    load = inspecting.load_dataset

    def load_some(name, places):
        whole = load(name, places)
        return replace(whole, x_test=whole.x_test[:300], y_test=whole.y_test[:300])

    monkeypatch.setattr(inspecting, "load_dataset", load_some)


def test_all_networks_of_the_last_seeds_vote(room, few_images):
    student, *_ = room.join_many(5)
    with refused("round_voters"):
        room.rounds.start_round("vote")
    room.rounds.start_round("seeds")
    room.finish()
    room.train(student)
    room.rounds.reveal_round()
    voted = room.rounds.start_round("vote").round.voted
    assert len(voted.accuracies) == 10 and 0 <= voted.vote <= 1


def test_a_vote_that_cannot_be_counted_is_marked_as_failed(room, few_images, monkeypatch):
    for student in room.join_many(2):
        room.train(student)
    monkeypatch.setattr(room.engine._journal, "read_checkpoint", lambda run: None)
    assert room.rounds.start_round("vote").round.failed


# Rounds while the server restarts


def test_a_round_and_all_that_was_done_in_it_outlives_the_server(
    room, restart, few_images, monkeypatch
):
    mia = room.join("Mia")
    room.rounds.start_round("seeds")
    room.finish()
    room.rounds.reveal_round()
    room.rounds.start_round("draw", "7")
    room.engine.rounds.put_drawing_on_wall(mia, 2, image())
    restart(room)
    assert room.round_of(mia).has_drawn
    assert np.array_equal(unpack_image(room.rounds.round_view().tiles[0].drawing), image())
    room.rounds.reveal_round()
    with monkeypatch.context() as patch:
        # The server ends before it has counted the votes.
        patch.setattr(VoteCounter, "count_votes_if_due", lambda self, classroom: None)
        room.rounds.start_round("vote")
    restart(room)
    assert len(room.classroom.round.voted.accuracies) == ENOUGH_NETWORKS
