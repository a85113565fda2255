"""A class's text: submitted like drawings, learned by all students, withdrawn by each student."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.settings import DEFAULTS
from scripted_engine import refused
from stored import count_rows

TEXTS = [
    (seat, f"Student {letter} saw a small green dragon. It did not bite anybody!")
    for seat, letter in enumerate("bcdefghijkl", 1)
]


@pytest.fixture
def tokens(room):
    return room.join_many(len(TEXTS))


@pytest.fixture
def given(room, tokens) -> str:
    return room.class_drawings.make_text_data_set(TEXTS, "stories")


def train(student, dataset):
    return student.submit(DEFAULTS.settings_for_dataset(dataset).with_values(epochs=1))


def test_a_text_given_to_the_class_is_a_data_set_for_its_members_only(room, tokens, given):
    assert DATASETS[given].is_shared and DATASETS[given].base_dataset == "stories"
    assert room.seat(tokens[0]).data == given
    record = train(tokens[3], given)
    assert train(room.teacher, given).examples.digest == record.examples.digest
    with refused("class_text_gone"):
        train(room.enter(), given)
    (text,) = room.kept(tokens[5], given)
    sentences = {f"{sentence}." for sentence in text.text.replace(". ", ".").split(".")[:-1]}
    assert sentences >= {"student a saw a small green dragon.".replace("student a", "student b")}
    assert len(text.text) == sum(len(text) + 1 for _, text in TEXTS)
    kept = room.class_drawings.summarize_kept_drawings()
    assert kept.text_length == len(text.text) and not kept.drawings_by_word


@pytest.mark.parametrize(
    ("goes", "left"),
    [
        (lambda room, token: room.engine.class_drawings.delete_own_drawings(token), 10),
        (lambda room, token: room.leave(token), 10),
        (lambda room, token: room.remove("Student 1"), 10),
        (lambda room, token: room.class_drawings.delete_kept_drawings(""), 0),
        (lambda room, token: room.class_drawings.delete_kept_drawings(), 0),
    ],
)
def test_a_withdrawn_text_is_removed_from_all_waiting_runs(
    room, tokens, given, goes, left, tmp_path
):
    runs = [train(tokens[4], given) for _ in range(3)]
    room.engine.runs.pause_run(tokens[4], runs[0].id)
    room.skip(1.0)
    goes(room, tokens[0])
    room.skip(1.0)
    assert [room.engine._journal.read_examples_copy(run.id) for run in runs] == [None] * 3
    texts = room.kept(tokens[4], given)
    assert sum(text.text.count("dragon") for text in texts) == left
    assert count_rows(tmp_path, "drawings") == left


def test_a_text_given_again_replaces_the_previous_one(room, tokens, given):
    again = room.class_drawings.make_text_data_set(
        [(0, "The teacher has written another one, all alone. " * 12)], "stories"
    )
    (text,) = room.kept(tokens[0], again)
    assert again == given and "dragon" not in text.text


@pytest.mark.parametrize(
    ("texts", "base", "code"),
    [
        (TEXTS[:3], "stories", "text_short"),
        ([(0, "x" * 60_001)], "stories", "text_long"),
        (TEXTS, "mnist", "example_dataset"),
        ([], "stories", "text_short"),
    ],
)
def test_texts_that_are_too_short_or_too_long_are_not_given(room, given, texts, base, code):
    with refused(code):
        room.class_drawings.make_text_data_set(texts, base)
    assert room.kept(room.teacher, given)
