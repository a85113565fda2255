"""The data set that a class draws: which drawings it keeps or loses, and who trains on it."""

from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from fvapp.bench.drawings import draw_random_scribble
from fvapp.core.classroom.drawings import RoundDrawing
from fvapp.core.classroom.rounds import pack_image
from fvapp.core.dataset_table import DATASETS
from fvapp.core.examples import MOST_EXAMPLES
from fvapp.core.preparation import prepare_drawing_or_photo
from fvapp.core.settings import RunSettings
from fvapp.engine.timing import DEFAULT_TIMING
from random_networks import random_pixels
from scripted_engine import refused
from stored import count_rows

SIZE = 5
WORDS = ("fish", "house")


def draw_word(room, tokens, word, keep=True):
    """Hold a round in which a word is drawn, and keep its drawings; return the round's number."""
    number = room.rounds.start_round("word", word).round.number
    for seat, token in enumerate(tokens):
        room.engine.rounds.put_drawing_on_wall(token, number, random_pixels(100 * number + seat))
    room.rounds.reveal_round()
    if keep:
        room.class_drawings.keep_wall_drawings()
    return number


def drawn(room):
    return room.class_drawings.summarize_kept_drawings().drawings_by_word


@pytest.fixture
def tokens(room):
    return room.join_many(SIZE)


@pytest.fixture
def given(room, tokens) -> str:
    for word in WORDS:
        draw_word(room, tokens, word)
    room.rounds.end_round()
    return room.class_drawings.make_data_set_of_drawings()


def train(student, dataset):
    return student.submit(RunSettings(dataset=dataset, validation_split=0.0, epochs=1))


def test_drawings_of_the_class_are_a_data_set_for_its_members_only(room, tokens, given, tmp_path):
    engine = room.engine
    stranger = room.enter()
    assert DATASETS[given].english_names == WORDS and room.seat(tokens[0]).data == given
    record = train(tokens[0], given)
    # The drawings of the fourth of five students are held back for testing.
    assert record.examples.learn == 8
    assert record.examples.test == 2
    assert train(room.teacher, given).examples.digest == record.examples.digest
    with refused("class_set_gone"):
        train(stranger, given)
    engine.finish()
    taken = engine.examples.examples_of_run(tokens[0], record.id)
    assert {each.tobytes() for each in taken.images_and_labels("test")[0]} == {
        random_pixels(103).tobytes(),
        random_pixels(203).tobytes(),
    }
    # The drawings are stored once, with the class, and not with each run.
    assert count_rows(tmp_path, "held_examples") == 0
    assert room.kept(room.teacher) == room.kept(tokens[0]) == ()


def test_a_student_who_joins_another_class_loses_the_data_set_and_keeps_the_run(
    room, tokens, given
):
    engine = room.engine
    other = room.enter()
    record = train(tokens[0], given)
    engine.finish()
    room.teachers.close_class()
    room.beside(other).join("Elsewhere", tokens[0])
    room.teachers.reopen_class()
    with refused("class_set_gone"):
        train(tokens[0], given)
    assert room.kept(tokens[0], given) == ()
    assert len(engine.examples.examples_of_run(tokens[0], record.id).labels) == 10


def test_the_class_data_set_survives_a_restart_and_is_deleted_with_the_class(
    room, restart, given, tmp_path
):
    kept = room.kept(room.teacher, given)
    again = restart(room)
    assert room.kept(room.teacher, given) == kept and len(kept) == 2 * SIZE
    room.teachers.delete_class()
    again.close()
    assert count_rows(tmp_path, "drawings") == 0


def test_students_of_earlier_versions_get_numbers_of_seats_that_stay(room, restart, tokens):
    rows = room.engine._class_register.class_rows
    for student in list(rows.students_by_id(room.id).values()):
        rows.store_student(room.id, replace(student, seat=0))
    seats = []
    for _ in range(2):
        rows = restart(room)._class_register.class_rows
        seats.append({name: student.seat for name, student in rows.students_by_id(room.id).items()})
    assert sorted(seats[0].values()) == list(range(1, SIZE + 1)) and seats[0] == seats[1]


@pytest.mark.parametrize(
    ("goes", "left"),
    [
        (lambda room, token: room.engine.class_drawings.delete_own_drawings(token), 8),
        (lambda room, token: room.leave(token), 8),
        (lambda room, token: room.engine.workspaces.delete_workspace(token), 8),
        (lambda room, token: room.remove("Student 4"), 8),
        (lambda room, token: room.class_drawings.delete_kept_drawings("fish"), 0),
        (lambda room, token: room.class_drawings.delete_kept_drawings(), 0),
    ],
)
def test_withdrawn_drawings_are_removed_from_runs_which_keep_their_results(
    room, tokens, given, goes, left
):
    record = train(tokens[0], given)
    room.finish()
    result = room.engine.runs.get_run(tokens[0], record.id).result
    # The third run waits behind the first two.
    paused = [train(tokens[0], given) for _ in range(3)][-1]
    room.engine.runs.pause_run(tokens[0], paused.id)
    before = room.version(tokens[0])
    goes(room, tokens[3])
    room.skip(DEFAULT_TIMING.check_interval_seconds)
    with refused("examples_gone"):
        room.engine.runs.resume_run(tokens[0], paused.id)
    assert room.engine._journal.read_examples_copy(paused.id) is None
    assert len(room.kept(tokens[0], given)) == left and room.version(tokens[0]) > before
    assert room.engine.runs.get_run(tokens[0], record.id).result == result is not None
    with refused("examples_gone"):
        room.engine.examples.examples_of_run(tokens[0], record.id)
    # The only student whose drawings were held back for testing has left.
    with refused("own_too_few" if left else "class_set_gone"):
        train(tokens[0], given)


def test_a_drawing_that_is_taken_off_its_wall_is_kept_no_longer(room, tokens):
    number = draw_word(room, tokens, "fish")
    room.engine.rounds.take_own_drawing_off_wall(tokens[0], number)
    room.rounds.take_drawing_off_wall(room.student("Student 2"))
    assert drawn(room) == {"fish": 3}
    assert [room.seat(token).drawing_count for token in tokens] == [0] * 2 + [1] * 3


def test_a_closed_class_offers_its_drawings_no_longer_and_an_opened_one_again_those_it_had_kept(
    room, tokens, given
):
    record = train(tokens[0], given)
    room.finish()
    draw_word(room, tokens, "house", keep=False)
    room.teachers.close_class()
    with refused("unknown_class"):
        room.class_drawings.keep_wall_drawings()
    with refused("class_set_gone"):
        train(tokens[0], given)
    assert (
        room.engine.examples.examples_of_run(tokens[0], record.id).content_digest
        == record.examples.digest
    )
    room.teachers.reopen_class()
    assert drawn(room) == {"fish": SIZE, "house": SIZE}
    assert train(tokens[0], given).examples.digest == record.examples.digest


def test_the_same_word_again_adds_to_it_and_what_is_deleted_can_be_kept_again(room, tokens):
    draw_word(room, tokens, "fish")
    draw_word(room, tokens, " Fish")
    room.class_drawings.keep_wall_drawings()  # a second click, from another tab
    assert drawn(room) == {"fish": 2 * SIZE}
    with refused("own_classes"):
        room.class_drawings.make_data_set_of_drawings()
    room.class_drawings.delete_kept_drawings("fish")
    room.class_drawings.keep_wall_drawings()
    assert drawn(room) == {"fish": SIZE}


def test_drawings_kept_later_join_the_data_set_when_it_is_given_again(room, tokens, given):
    draw_word(room, tokens, "fish")
    kept = room.class_drawings.summarize_kept_drawings()
    assert kept.dataset_words == WORDS
    assert not kept.is_dataset_complete
    assert kept.held_out_students == 1
    assert kept.drawings_by_word["fish"] == 2 * SIZE
    assert len(room.kept(tokens[0], given)) == 2 * SIZE
    assert room.class_drawings.make_data_set_of_drawings() == given
    assert len(room.kept(tokens[0], given)) == 3 * SIZE
    assert room.class_drawings.summarize_kept_drawings().is_dataset_complete


@pytest.mark.parametrize("first", range(SIZE))
def test_whoever_leaves_the_board_says_whether_the_class_can_still_train(
    room, tokens, given, first
):
    for leaving in (*tokens[first:], *tokens[:first])[:-1]:
        room.engine.students.leave_class(leaving)
        if room.class_drawings.summarize_kept_drawings().is_dataset_trainable:
            train(room.teacher, given)
        else:
            with refused("own_too_few"):
                train(room.teacher, given)


@pytest.mark.parametrize("word", ["", "a" * 17])
def test_an_invalid_word_starts_no_round(room, word):
    with refused("own_class_name"):
        room.rounds.start_round("word", word)
    assert room.classroom.round is None


def test_there_are_six_words_and_four_drawings_of_each(room, tokens):
    draw_word(room, tokens[:3], "one")
    for word in "abcde":
        draw_word(room, tokens, word)
    with refused("class_words"):
        room.rounds.start_round("word", "seventh")
    with refused("own_too_few"):
        room.class_drawings.make_data_set_of_drawings()
    draw_word(room, tokens[3:], "ONE")
    assert len(DATASETS[room.class_drawings.make_data_set_of_drawings()].english_names) == 6


def test_networks_vote_together_on_the_same_drawings_alone(room, tokens, given):
    train(tokens[2], given)
    draw_word(room, tokens, "fish")
    room.class_drawings.make_data_set_of_drawings()
    for token in tokens[:2]:
        train(token, given)
    room.finish()
    room.rounds.start_round("vote")
    assert len(room.classroom.round.voted.accuracies) == 2


def test_500_drawings_fit_into_300_kb_on_the_disk(room):
    """The drawings are scribbles, prepared as in a round; a set may hold 500 of them."""
    store = room.engine._journal.store
    rows = room.engine._class_register.class_rows
    hand = np.random.default_rng(1)
    store.checkpoint_wal()
    before = store.count_used_bytes()
    packed = [
        b64decode(pack_image(prepare_drawing_or_photo(draw_random_scribble(hand), "mnist").image))
        for _ in range(MOST_EXAMPLES)
    ]
    rows.store_drawings(
        room.id, [RoundDrawing(n // 30, n % 30, "fish", "", each) for n, each in enumerate(packed)]
    )
    room.engine._journal.write_pending_changes()
    store.checkpoint_wal()
    used = store.count_used_bytes() - before
    print(used)
    assert 50_000 < used < 300_000
    with refused("limit_examples"):
        rows.store_drawings(room.id, [RoundDrawing(99, 1, "fish", "", b"none")])
