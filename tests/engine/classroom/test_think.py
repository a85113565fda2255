"""The quiz "What do you think?": whose answers count, how long they are kept, who sees them."""

from collections.abc import Iterable, Iterator

import pytest

from engine.classroom.conftest import parts_of
from fvapp.core.classroom.kinds.think import QUESTIONS, RIGHT, TOPICS
from fvapp.core.classroom.results import result_rows
from fvapp.core.classroom.roster import StoredAnswer
from fvapp.core.documents.class_results import (
    class_results_csv,
    student_names_in_tables,
    students_csv,
)
from fvapp.engine.runs.tokens import browser_id
from fvapp.engine.store.calendar import DAY
from fvapp.i18n import Translator
from scripted_engine import refused

ALL_RIGHT = (RIGHT,) * len(TOPICS)
NO_CHOICES = (None,) * len(TOPICS)


def told(room, token):
    return room.seat(token).think_choices


def say(room, token, *choices: str) -> None:
    """Answer the questions in turn with these choices."""
    number = room.round_of(token).number
    for item, choice in enumerate(choices):
        room.engine.rounds.answer_round(token, number, f"{item} {choice}")


def wrong(room, token) -> list[str]:
    """Return an incorrect answer to each question."""
    return [
        next(each for each in item.choices if each != RIGHT)
        for item in QUESTIONS[room.round_of(token).question_form]
    ]


def together(room, part: str):
    return next(
        (each for each in room.classroom.tallies if each.part == part and not each.form), None
    )


@pytest.fixture
def students(room) -> list[str]:
    return room.join_many(10)


def answers_of(room) -> dict[int, tuple[StoredAnswer, ...]]:
    """Return each student's stored answers, by seat."""
    return {
        student.seat: student.answers
        for student in room.engine._class_register.class_rows.unbanned_students(room.id)
    }


def hold(room, part: str, *said: tuple[str, Iterable[str] | None]) -> None:
    """Hold a part of the quiz from start to end.

    Args:
        said: for each student, the token and the choices; None answers every question incorrectly.
    """
    room.rounds.start_round("think", part)
    for token, choices in said:
        say(room, token, *(wrong(room, token) if choices is None else choices))
    room.rounds.reveal_round()
    room.rounds.end_round()


def test_each_half_of_the_class_has_one_form_before_and_the_other_after(room, students):
    forms = []
    for part in ("before", "after"):
        room.rounds.start_round("think", part)
        forms.append([room.round_of(token).question_form for token in students])
        room.rounds.reveal_round()
        room.rounds.end_round()
    before, after = forms
    assert before.count("a") == before.count("b") == 5
    assert all(first != second for first, second in zip(before, after, strict=True))


def test_days_lie_between_before_and_after_and_other_rounds(room, students, restart):
    hold(room, "before", *((token, None) for token in students))
    assert together(room, "before").right == (0,) * 8
    room.rounds.start_round("predict", "look")
    room.engine.rounds.answer_round(students[0], room.classroom.round.number, "held")
    room.rounds.end_round()
    restart(room)
    room.skip(5 * DAY)
    for token in (room.teacher, *students):
        room.version(token)
    hold(room, "after", *((token, ALL_RIGHT) for token in students[:9]))
    after = together(room, "after")
    assert (after.right, after.more, after.fewer) == ((9,) * 8, 9, 0)
    assert together(room, "before").students == 10, "the counts of before are as they were"


def test_counts_appear_only_when_a_part_ends_and_do_not_change_afterwards(room, students):
    room.rounds.start_round("think", "before")
    for token in students:
        say(room, token, *ALL_RIGHT)
        room.skip(1.0)
        assert room.rounds.round_view().tallies == () == room.classroom.tallies
    assert room.rounds.round_view().answered_student_count == 10
    room.rounds.reveal_round()
    room.skip(1.0)
    tallies = room.classroom.tallies
    assert tallies and room.rounds.round_view().tallies == tallies
    with refused("round_over"):
        say(room, students[0], *wrong(room, students[0]))
    room.remove("Student 1")
    room.leave(students[1])
    room.rounds.reveal_round()
    room.rounds.end_round()
    with refused("round_counted"):
        room.rounds.start_round("think", "before")
    assert room.classroom.tallies == tallies


@pytest.mark.parametrize("ends", ["end", "close"])
def test_a_part_that_ends_without_being_revealed_counts_as_well(room, students, ends):
    room.rounds.start_round("think", "before")
    for token in students:
        say(room, token, *ALL_RIGHT)
    if ends == "end":
        room.rounds.end_round()
    else:
        room.teachers.close_class()
        room.teachers.reopen_class()
    assert together(room, "before").right == (10,) * 8


def test_below_five_answers_there_are_no_counts_and_the_part_can_be_had_again(room, students):
    hold(room, "before", *((token, ALL_RIGHT) for token in students[:4]))
    tally = together(room, "before")
    assert tally.students == 4 and tally.answered == tally.right == () and not tally.held
    hold(room, "before", (students[4], ALL_RIGHT))
    assert together(room, "before").right == (5,) * 8, "what the four have answered has stayed"
    with refused("round_counted"):
        room.rounds.start_round("think", "before")


def test_a_student_may_skip_and_change_and_is_told_nothing_before_the_end_of_after(room, students):
    mia, other = students[:2]
    hold(room, "before", (mia, ["stores"]), *((token, None) for token in students[2:]))
    room.rounds.start_round("think", "after")
    assert room.round_of(mia).given_choices == NO_CHOICES and told(room, mia) is None
    first = QUESTIONS[room.round_of(mia).question_form][0].choices
    say(room, mia, first[0])
    say(room, mia, first[1])
    assert room.round_of(mia).given_choices == (first[1], *NO_CHOICES[1:])
    assert told(room, mia) is None
    room.rounds.reveal_round()
    assert told(room, mia) == (("stores", *NO_CHOICES[1:]), (first[1], *NO_CHOICES[1:]))
    assert told(room, other) == (NO_CHOICES, NO_CHOICES)


@pytest.mark.parametrize(
    "answer",
    ["", "right", "8 right", "-1 right", "0 nothing", "0", "0 right ", "٣ right", "x" * 9_000],
)
def test_an_invalid_answer_is_refused(room, students, answer):
    room.rounds.start_round("think", "before")
    with refused("round_unknown"):
        room.engine.rounds.answer_round(students[0], room.classroom.round.number, answer)


@pytest.mark.parametrize("way", ["seat code", "card", "recovery code"])
def test_own_answers_are_shown_in_the_browser_that_gave_them_alone(room, way):
    engine = room.engine
    engine.teachers.try_teachers_password(room.teacher, True)
    mia = room.join("Mia")
    room.rounds.start_round("think", "before")
    say(room, mia, "stores")
    other = room.enter()
    if way == "seat code":
        other = engine.seat_returns.open_seat_by_code(
            other, room.seat_returns.make_seat_code(room.student("Mia"))[0]
        )[0].token
    elif way == "card":
        other = engine.workspaces.recover_workspace(
            other, dict(room.seat_returns.make_seat_cards(()))["Mia"]
        ).token
    else:
        other = engine.workspaces.recover_workspace(
            other, engine.workspaces.recovery_code(mia)
        ).token
    assert room.round_of(other).given_choices == NO_CHOICES
    assert room.round_of(other).has_answers_elsewhere
    say(room, other, *[RIGHT] * 2)
    if way != "seat code":  # a seat code has closed the seat in the first browser
        assert room.round_of(mia).given_choices == NO_CHOICES, (
            "the other browser has answered in its place"
        )
    room.rounds.end_round()
    room.rounds.start_round("think", "after")
    say(room, other, RIGHT)
    room.rounds.reveal_round()
    assert told(room, other)[0] == (RIGHT, RIGHT, *NO_CHOICES[2:])
    room.rounds.end_round()
    assert told(room, other) == (
        (RIGHT, RIGHT, *NO_CHOICES[2:]),
        (RIGHT, *NO_CHOICES[1:]),
    )
    if way != "seat code":
        assert told(room, mia) == (NO_CHOICES, NO_CHOICES)


@pytest.mark.parametrize("ends", ["revealed", "not revealed"])
def test_own_changes_are_told_after_the_round_until_the_student_leaves(room, students, ends):
    mia, other = students[:2]
    hold(room, "before", (mia, ["stores"]), (other, ["stores"]))
    assert told(room, mia) is None
    room.rounds.start_round("think", "after")
    say(room, mia, RIGHT)
    assert told(room, mia) is None
    if ends == "revealed":
        room.rounds.reveal_round()
    room.rounds.end_round()
    room.rounds.start_round("draw", "7")
    changes = ("stores", *NO_CHOICES[1:]), (RIGHT, *NO_CHOICES[1:])
    assert told(room, mia) == changes
    assert told(room, other) == (changes[0], NO_CHOICES), "this student skipped After"
    room.leave(mia)
    room.join("Mia", mia)
    assert told(room, mia) == (NO_CHOICES, NO_CHOICES)


def test_answers_go_with_their_student_and_stay_with_one_who_joins_again(room, students):
    hold(room, "before", *((token, ALL_RIGHT) for token in students))
    assert all(answers_of(room).values())
    room.leave(students[0])
    room.engine.workspaces.delete_workspace(students[1])
    room.remove("Student 3")
    assert len(answers_of(room)) == 7 and all(answers_of(room).values())
    room.teachers.remove_idle_students([room.student("Student 4")])
    assert len(answers_of(room)) == 7, "to have answered is to have done something"
    room.teachers.delete_class()
    assert room.engine.teachers.open_classes_of_teacher(room.teacher) == []


@pytest.mark.parametrize("size", [1, 4, 5, 12, 30])
def test_no_command_of_a_teacher_or_a_neighbour_returns_an_answer(room, size):
    t = Translator("en")
    students = room.join_many(size)

    def everything() -> Iterator[object]:
        room.skip(1.0)
        rows = room.teachers.student_rows()
        names = student_names_in_tables(rows, True, t)
        yield from (
            room.rounds.round_view(),
            room.teachers.class_snapshot(),
            rows,
            room.classroom,
            class_results_csv(result_rows(room.classroom, rows), names, t),
            students_csv(room.classroom, rows, names, t),
        )
        for token in students[1:]:
            yield room.seat(token)
            yield room.engine.notes.read_note(token, "think")

    for part in ("before", "after"):
        room.rounds.start_round("think", part)
        say(room, students[0], *wrong(room, students[0]))
        moments = [everything]
        moments.append(lambda: (room.rounds.reveal_round(), *everything()))
        moments.append(lambda: (room.rounds.end_round(), *everything()))
        for moment in moments:
            for each in moment():
                found = list(parts_of(each))
                assert not any(isinstance(part, StoredAnswer) for part in found)
                assert not any(
                    browser_id(students[0]) in str(part)
                    for part in found
                    if isinstance(part, str | bytes)
                )
        assert [each for each in parts_of(answers_of(room)) if isinstance(each, StoredAnswer)], (
            "or there is none to find"
        )
