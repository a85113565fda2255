"""The data set of a class: which drawings are held back, and that no drawing names its student."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.classroom.drawings import (
    RoundDrawing,
    count_held_out_students,
    count_words,
    examples_from_drawings,
    make_class_dataset,
)
from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import DatasetError, ExampleError

WORDS = ("fish", "house", "star")


def drawn(seats, words=WORDS, but=()):
    """Return a drawing by each seat for each word, except for the (seat, word) pairs in `but`."""
    return [
        RoundDrawing(
            number,
            seat,
            word,
            "",
            zlib.compress(np.full(784, 10 * number + seat, np.uint8).tobytes()),
        )
        for number, word in enumerate(words, 1)
        for seat in seats
        if (seat, word) not in but
    ]


@pytest.mark.parametrize(
    ("seats", "but", "held", "test"),
    [
        (range(1, 31), (), {4, 8, 12, 16, 20, 24, 28}, 7),
        # Every fourth student who drew is held back, whatever the seat numbers.
        ((2, 5, 6, 9, 11), (), {9}, 1),
        # The student in seat 4 did not draw every word, so the drawings from seat 5 are held back.
        ((1, 2, 3, 4, 5), [(4, "fish")], {5}, 1),
        (range(1, 9), [(4, "fish"), (8, "fish")], {5, 8}, 1),
    ],
)
def test_every_fourth_student_is_held_back_in_all_words(seats, but, held, test):
    dataset, placed = make_class_dataset(drawn(seats, but=but))
    assert DATASETS[dataset].english_names == WORDS
    assert DATASETS[dataset].is_own
    assert DATASETS[dataset].is_shared
    assert {each.seat for each in placed if each.place == "test"} == held
    assert count_held_out_students(placed) == len(held)
    assert (
        sum(
            each.place == "test"
            for each in examples_from_drawings(dataset, placed)
            if each.label == 0
        )
        == test
    )
    assert make_class_dataset(placed) == (dataset, placed)


def test_drawings_that_are_alike_are_the_same_examples_in_any_order():
    dataset, placed = make_class_dataset(
        [replace(each, image=drawn((1,))[0].image) for each in drawn(range(1, 9))]
    )
    assert examples_from_drawings(dataset, placed) == examples_from_drawings(dataset, placed[::-1])


def test_of_fewer_than_four_students_every_fourth_drawing_of_a_word_is_held_back():
    twice = drawn((1, 2, 3), words=("fish", "house", "fish", "house"))
    _, placed = make_class_dataset(twice)
    assert count_words(placed) == {"fish": 6, "house": 6} and count_held_out_students(placed) == 0
    assert [(each.round, each.seat) for each in placed if each.place == "test"] == [(3, 1), (4, 1)]


@pytest.mark.parametrize(
    ("seats", "words", "error", "code"),
    [
        (range(5), ("fish",), DatasetError, "own_classes"),
        ((1, 2, 3), WORDS, ExampleError, "own_too_few"),
    ],
)
def test_too_few_words_or_students_make_no_data_set(seats, words, error, code):
    with pytest.raises(error, match=code):
        make_class_dataset(drawn(seats, words))
