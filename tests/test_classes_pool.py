"""``python -m fvapp classes --pool``: what several classes' counts say about the questions."""

import random

import pytest

from fvapp.__main__ import main
from fvapp.core.classroom.kinds.think import (
    QUESTIONS,
    RIGHT,
    count_answers,
    question_form_for_seat,
    write_answer_count_table,
)
from fvapp.core.classroom.roster import StoredAnswer


def wrong(seat: int, item: int) -> str:
    return next(
        choice
        for choice in QUESTIONS[question_form_for_seat(seat, "before")][item].choices
        if choice != RIGHT
    )


@pytest.fixture
def files(tmp_path):
    """Return the files with the counts of two classes of 32 students, who answer half correctly."""
    paths = []
    for number in range(2):
        rng = random.Random(number)
        students = {
            seat: tuple(
                StoredAnswer("before", item, rng.choice((RIGHT, wrong(seat, item))), "b")
                for item in range(8)
            )
            for seat in range(1, 33)
        }
        path = tmp_path / f"class-{number}.csv"
        path.write_bytes(write_answer_count_table(count_answers("before", students)))
        paths.append(str(path))
    return paths


def test_it_adds_the_files_and_prints_figures_of_each_form(files, capsys):
    assert main(["classes", "--lang", "en", "--pool", *files]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if "alpha" in line]
    assert len(heads) == 4 and len(lines) == 4 * 9
    assert heads[0].startswith("Before, form A: 32 answered") and "(32 of them" in heads[0]
    assert "0 answered" in heads[2] and "–" in heads[2]
    assert all("difficulty 0." in line and "discrimination" in line for line in lines[1:9])


def test_a_file_that_is_none_of_them_is_named_in_one_sentence(files, tmp_path, capsys):
    other = tmp_path / "other.csv"
    for content in (None, b"name,answer\n", b"\xff"):
        if content is not None:
            other.write_bytes(content)
        assert main(["classes", "--lang", "en", "--pool", *files, str(other)]) == 2
        said = capsys.readouterr()
        assert str(other) in said.err and len(said.err.splitlines()) == 1 and not said.out
