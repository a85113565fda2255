"""The quiz "What do you think?": its questions, and what teachers learn about the answers."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import combinations

import numpy as np
import pytest

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.kinds.think import (
    FEWEST_ANSWERS,
    FEWEST_MOVED,
    FEWEST_OF_PAIRS,
    FORMS,
    MISCONCEPTIONS,
    MISSIONS_ABOUT,
    PARTS,
    QUESTION_PAIRS,
    QUESTIONS,
    RIGHT,
    TOPICS,
    compute_form_statistics,
    count_answers,
    question_form_for_seat,
    read_answer_count_table,
    shown_held_counts,
    sign_test_verdict,
    startable_question_parts,
    write_answer_count_table,
)
from fvapp.core.classroom.roster import AnswerTally, Classroom, StoredAnswer, Student
from fvapp.core.classroom.rounds import Round
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.dataset_table import SHIPPED
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import read_progress
from fvapp.core.schema import read_as_type
from fvapp.i18n import Translator, language_tags
from refusal import refused

WORDS = {language: Translator(language) for language in language_tags()}
NUMBERED_QUESTIONS = [
    (form, number, item)
    for form, items in QUESTIONS.items()
    for number, item in enumerate(items, 1)
]

Kept = tuple[StoredAnswer, ...]

TRIALS = 150  # simulated classes; `-m long` simulates ten times as many


# The questions of the quiz


@pytest.mark.parametrize(
    ("form", "number", "item"), NUMBERED_QUESTIONS, ids=lambda value: str(value)[:2]
)
def test_a_question_is_short_and_each_of_its_four_answers_has_a_reason(form, number, item):
    assert len(set(item.choices)) == 4 and set(item.choices) - {RIGHT} < set(MISCONCEPTIONS)
    assert RIGHT in item.choices
    assert number > len(MISCONCEPTIONS) or TOPICS[number - 1] in item.choices
    t = WORDS["en"]
    assert len(t(f"think.{form}{number}.ask").split()) <= 25
    lengths = [len(t(f"think.{form}{number}.{choice}").split()) for choice in item.choices]
    assert max(lengths) <= 10 and max(lengths) - min(lengths) <= 1


def test_both_forms_ask_about_the_same_things_with_answers_of_the_same_kind():
    for first, second in zip(*QUESTIONS.values(), strict=True):
        assert set(first.choices) == set(second.choices)
    assert len(QUESTIONS["a"]) == len(QUESTIONS["b"]) == len(TOPICS) == 8


def test_no_answer_is_right_in_both_forms_of_a_question():
    """A student who guesses by how answers sound answers at most one of the two forms correctly."""
    for t in WORDS.values():
        for number in range(1, len(TOPICS) + 1):
            right_in_first, right_in_second = (t(f"think.{form}{number}.{RIGHT}") for form in FORMS)
            assert right_in_first != right_in_second


STORED_CHOICES = (
    {"programmed", "stores", "fetches"},
    {"exact", "goes_on", "stores"},
    {"stores", "goes_on", "programmed"},
    {"goes_on", "from_me", "stores"},
    {"from_me", "programmed", "fetches"},
    {"fetches", "from_me", "stores"},
    {"exact", "goes_on", "stores"},
    {"exact", "fetches", "goes_on"},
)
"""For each question, the wrong answers (misconceptions) that may be stored.

They have not changed since the first wording of the questions.
"""


def test_an_answer_stored_under_an_earlier_wording_is_still_among_the_choices():
    for items in QUESTIONS.values():
        for item, names in zip(items, STORED_CHOICES, strict=True):
            assert set(item.choices) == names | {RIGHT}


def test_the_right_answer_has_no_place_of_its_own_and_no_length():
    places = Counter(item.choices.index(RIGHT) for _, _, item in NUMBERED_QUESTIONS)
    assert set(places.values()) == {4}
    for t in WORDS.values():
        ranks = Counter()
        for form, number, item in NUMBERED_QUESTIONS:
            by_length = sorted(
                item.choices, key=lambda choice: len(t(f"think.{form}{number}.{choice}"))
            )
            ranks[by_length.index(RIGHT)] += 1
        assert ranks[3] <= 6, "the longest one is the right one too often"


def test_no_answer_of_a_question_reads_like_another_in_any_language():
    for t in WORDS.values():
        for form, number, item in NUMBERED_QUESTIONS:
            assert len({t(f"think.{form}{number}.{choice}") for choice in item.choices}) == 4


def test_every_picture_is_one_that_ships_and_every_thing_has_a_mission():
    for _, _, item in NUMBERED_QUESTIONS:
        if item.curve:
            assert item.curve in ("loss", "accuracy")
            assert not item.dataset
        else:
            assert item.dataset in SHIPPED
            assert 0 <= item.test_image < 10_000
    assert set(MISSIONS_ABOUT.values()) <= set(MISSIONS)


@pytest.mark.parametrize("part", PARTS)
def test_a_round_has_the_name_of_its_part_in_its_title(part):
    for t in WORDS.values():
        assert t(f"think.part.{part}") in t(f"think.title.{part}")


def syllables(word: str) -> int:
    """Count the vowel groups of a word without a silent e; a number is read digit by digit."""
    word = word.lower()
    if word.isdecimal():
        return sum(2 if digit in "07" else 1 for digit in word)
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxz]es$", word)
    return max(1, groups - bool(silent and groups > 1))


def grade(texts: Iterable[str]) -> float:
    """Return the Flesch-Kincaid school grade of a text.

    J. P. Kincaid and others, "Derivation of new readability formulas", Naval Technical Training
    Command (1975).
    """
    sentences = [each for text in texts for each in re.split(r"(?<=[.?!])\s+", text)]
    words = re.findall(r"[A-Za-z]+|\d+", " ".join(sentences).replace(",000", "000"))
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


def test_the_questions_can_be_read_in_grade_six():
    t = WORDS["en"]
    asked = [t(f"think.{form}{number}.ask") for form, number, _ in NUMBERED_QUESTIONS]
    answers = [
        t(f"think.{form}{n}.{choice}")
        for form, n, item in NUMBERED_QUESTIONS
        for choice in item.choices
    ]
    assert len(answers) == 64
    assert grade(asked + answers) <= 6 and grade(asked) <= 6
    assert (
        grade(
            ["Interdisciplinary considerations necessitate unprecedented intellectual flexibility."]
        )
        > 12
    )


# Simulated classes of students


def answer(
    rng: random.Random, form: str, number: int, part: str, right: float, skipped: float = 0.0
) -> Kept:
    if rng.random() < skipped:
        return ()
    wrong = [choice for choice in QUESTIONS[form][number].choices if choice != RIGHT]
    choice = RIGHT if rng.random() < right else rng.choice(wrong)
    return (StoredAnswer(part, number, choice, "browser"),)


def class_of(
    size: int,
    rng: random.Random,
    gain: float = 0.0,
    skipped: float = 0.0,
    parts: Iterable[str] = PARTS,
) -> dict[int, Kept]:
    """Return the answers of a simulated class by seat.

    Each student has an ability, and each question a difficulty.
    """
    difficulty = {(form, number): rng.uniform(-0.2, 0.2) for form in FORMS for number in range(8)}
    students = {}
    for seat in range(1, size + 1):
        able = rng.uniform(0.2, 0.6)
        students[seat] = tuple(
            each
            for part in parts
            for number in range(8)
            for form in (question_form_for_seat(seat, part),)
            for each in answer(
                rng,
                form,
                number,
                part,
                able + difficulty[form, number] + gain * (part == "after"),
                skipped,
            )
        )
    return students


def told(students: Mapping[int, Kept]) -> tuple[AnswerTally, ...]:
    return tuple(tally for part in PARTS for tally in count_answers(part, students))


def together(tallies: Iterable[AnswerTally], part: str) -> AnswerTally:
    (found,) = (tally for tally in tallies if tally.part == part and not tally.form)
    return found


def after(students: Mapping[int, Kept]) -> AnswerTally:
    """Return the answer counts of the whole class after both parts of the quiz."""
    return together(told(students), "after")


def sums_of(tallies: Iterable[AnswerTally]) -> Counter:
    """Write the counts to a table, read the table back, and return its sums."""
    return read_answer_count_table(write_answer_count_table(tallies))


def share_of(verdicts: Sequence[str], wanted: str) -> float:
    return verdicts.count(wanted) / len(verdicts)


@pytest.mark.parametrize("trials", [TRIALS, pytest.param(10 * TRIALS, marks=pytest.mark.long)])
@pytest.mark.parametrize("size", [8, 15, 30])
def test_an_unchanged_class_is_seldom_reported_as_changed(size, trials):
    rng = random.Random(size)
    verdicts = [sign_test_verdict(after(class_of(size, rng))) for _ in range(trials)]
    assert share_of(verdicts, "more") <= 0.05 and share_of(verdicts, "fewer") <= 0.05


def test_a_class_of_30_that_gains_30_points_in_each_question_is_reported_as_better():
    rng = random.Random(1)
    verdicts = [sign_test_verdict(after(class_of(30, rng, gain=0.3))) for _ in range(TRIALS // 3)]
    assert share_of(verdicts, "more") >= 0.9


def test_with_fewer_than_eight_changed_students_there_is_no_verdict_and_no_count():
    students = {
        seat: (
            StoredAnswer("before", 0, "stores", "b"),
            StoredAnswer("after", 0, RIGHT if seat <= 7 else "stores", "b"),
        )
        for seat in range(1, 21)
    }
    few = after(students)
    assert (sign_test_verdict(few), few.more, few.fewer) == ("few", 0, 0)
    students[8] = (StoredAnswer("before", 0, "stores", "b"), StoredAnswer("after", 0, RIGHT, "b"))
    enough = after(students)
    assert (sign_test_verdict(enough), enough.more, enough.fewer) == ("more", FEWEST_MOVED, 0)


def test_only_questions_answered_both_times_show_that_a_student_changed():
    gave_up = (
        StoredAnswer("before", 0, RIGHT, "b"),
        StoredAnswer("before", 1, RIGHT, "b"),
        StoredAnswer("after", 0, RIGHT, "b"),
    )
    tally = after({seat: gave_up for seat in range(1, 21)})
    assert (tally.more, tally.fewer, sign_test_verdict(tally)) == (0, 0, "few")


# Which counts of answers teachers are shown


def test_a_misconception_is_counted_once_for_each_student_whose_answers_show_it():
    students = class_of(31, random.Random(3), skipped=0.1)
    for part in PARTS:
        given = [{each.choice for each in kept if each.part == part} for kept in students.values()]
        held = together(count_answers(part, students), part).held
        assert held == tuple(sum(name in choices for choices in given) for name in MISCONCEPTIONS)


def test_a_misconception_has_a_count_only_if_all_questions_that_offer_it_have_one():
    """Otherwise, it tells what the few students chose who answered a question without a count."""
    rng = random.Random(4)
    some = 0
    for _ in range(TRIALS):
        often = [rng.choice((0.1, 0.9)) for _ in TOPICS]
        students = {
            seat: tuple(each for each in kept if rng.random() < often[each.item])
            for seat, kept in class_of(rng.randint(5, 12), rng, parts=("before",)).items()
        }
        whole = together(count_answers("before", students), "before")
        for name, count in zip(MISCONCEPTIONS, whole.held, strict=False):
            asked = [name in item.choices for item in QUESTIONS["a"]]
            few = [of is None for of in whole.answered]
            assert (count is None) == any(map(min, zip(asked, few, strict=True)))
            some += count is not None and any(few)
    assert some, "a class may skip one question and still see other misconceptions"
    stored = (5,) * 7 + (None,), (4,) * 6
    assert shown_held_counts(*stored) == (4, None, 4, None, 4, None), (
        "as an earlier version stored it"
    )


@pytest.mark.parametrize("size", range(1, 31))
def test_there_are_counts_of_five_answers_of_forms_with_five_each_and_of_pairs_with_fifteen_each(
    size,
):
    tallies = count_answers("before", class_of(size, random.Random(size)))
    whole = together(tallies, "before")
    assert whole.students == size and bool(whole.answered) == (size >= FEWEST_ANSWERS)
    forms = [tally for tally in tallies if tally.form]
    assert bool(forms) == (size // 2 >= FEWEST_ANSWERS)
    assert all(tally.students >= FEWEST_ANSWERS for tally in forms)
    assert all(bool(tally.both) == (size // 2 >= FEWEST_OF_PAIRS) for tally in forms)


def test_a_question_that_few_have_answered_has_no_counts():
    students = class_of(20, random.Random(5))
    students = {
        seat: tuple(e for e in kept if e.item != 7 or seat <= 4) for seat, kept in students.items()
    }
    tallies = count_answers("before", students)
    whole = together(tallies, "before")
    assert whole.answered[7] is whole.right[7] is None and None not in whole.answered[:7]
    assert tallies == (whole,), "a form's counts would tell those of the few"
    assert b"before,both,answered,8," not in write_answer_count_table(tallies)


def groups(
    students: Mapping[int, Kept], tallies: Iterable[AnswerTally]
) -> Iterator[tuple[object, frozenset[int]]]:
    """Yield what each published count is about, and the seats of the students whom it counts."""
    for tally in tallies:
        given = {
            seat: {each.item for each in kept if each.part == tally.part}
            for seat, kept in students.items()
            if tally.form in ("", question_form_for_seat(seat, tally.part))
        }
        took_part = frozenset(seat for seat, items in given.items() if items)
        for number, count in enumerate(tally.answered):
            if count is not None:
                yield (
                    (tally.part, number),
                    frozenset(seat for seat in took_part if number in given[seat]),
                )
        if tally.held:
            yield (tally.part, "held"), took_part
        if tally.both:
            yield (tally.part, "both"), took_part


@pytest.mark.parametrize("size", range(1, 31))
def test_counts_do_not_depend_on_which_student_with_a_form_gave_which_answers(size):
    """A student's answer is revealed only if all students with this form of the question agree."""
    rng = random.Random(size)
    students = class_of(size, rng, skipped=0.2)
    seats = {odd: [seat for seat in students if seat % 2 == odd] for odd in (0, 1)}
    for _ in range(2):
        shuffled = {odd: rng.sample(of, len(of)) for odd, of in seats.items()}
        others = {
            seat: students[to]
            for odd in (0, 1)
            for seat, to in zip(seats[odd], shuffled[odd], strict=True)
        }
        assert told(others) == told(students)
        assert write_answer_count_table(told(others)) == write_answer_count_table(told(students))


@pytest.mark.parametrize("size", range(1, 31))
@pytest.mark.parametrize("skipped", [0.0, 0.1, 0.5])
def test_no_count_and_no_difference_of_two_is_of_fewer_than_five_students(size, skipped):
    students = class_of(size, random.Random(size), skipped=skipped)
    found = list(groups(students, told(students)))
    assert all(len(seats) >= FEWEST_ANSWERS for _, seats in found)
    for (about, first), (other, second) in combinations(found, 2):
        if about == other and first != second:
            assert all(
                len(part) >= FEWEST_ANSWERS for part in (first - second, second - first) if part
            )


@pytest.mark.parametrize("size", range(1, 31))
def test_counts_seen_at_any_two_moments_are_equal_or_empty(size):
    """Results at two moments do not reveal the answers of a student who came or left meanwhile."""
    rng = random.Random(size)
    room = Classroom("c", "teacher", "8b", "en", ("network",), "KTRWPX")
    students: dict[int, Student] = {}
    answers = class_of(size, rng)
    for part in PARTS:
        room = replace(room, round=Round(1, "think", part))
        looks = set()
        for seat, kept in answers.items():
            before = students[seat].answers if seat in students else ()
            given = tuple(each for each in kept if each.part == part)
            students[seat] = Student(
                str(seat), str(seat), str(seat), seat=seat, answers=(*before, *given)
            )
        looks.add(look(room, students))
        assert looks == {()}
        room = KINDS["think"].finish_round(room, list(students.values()))
        room = replace(room, round=replace(room.round, revealed=True))
        looks.add(look(room, students))
        counted = len(students) >= FEWEST_ANSWERS
        for seat in rng.sample(sorted(students), size // 4):
            del students[seat], answers[seat]
        looks.add(look(room, students))
        assert len(looks - {()}) == 1
        if counted:
            with refused("round_counted"):
                KINDS["think"].check_round_can_start(room, part)


def look(room: Classroom, students: Mapping[int, Student]) -> tuple[str, ...]:
    """Return the counts that board, projector and file show, computed without current answers."""
    rows = [
        StudentRow(replace(each, answers=()), read_progress(None), (), (), 0.0)
        for each in students.values()
    ]
    return tuple(map(repr, KINDS["think"].class_view(room, rows, 0.0).tallies))


def test_a_part_can_be_had_again_until_it_has_counts_and_before_only_before_after():
    few = AnswerTally("before", "", 4)
    enough = AnswerTally("before", "", 5, (5,) * 8, (1,) * 8)
    assert startable_question_parts(()) == ("before", "after")
    assert startable_question_parts([few]) == ("after", "before"), "what is due is preselected"
    assert startable_question_parts([enough]) == ("after",)
    assert startable_question_parts([few, AnswerTally("after", "", 2)]) == ("after",)
    assert startable_question_parts([enough, replace(enough, part="after")]) == ()


# Sums of answer counts over several classes


def test_tables_of_several_classes_add_up_to_that_of_all_students():
    rng = random.Random(7)
    classes = [class_of(30, rng), class_of(34, rng, skipped=0.05), class_of(40, rng)]
    sums = Counter()
    for students in classes:
        sums.update(sums_of(told(students)))
    moved = {}
    for offset, students in enumerate(classes):
        for seat, kept in students.items():
            # The offset is even, so each seat keeps its form of the questions.
            moved[seat + 2_000 * offset] = kept
    assert sums == sums_of(told(moved))


def test_difficulty_discrimination_and_alpha_are_those_of_the_answers_themselves():
    students = class_of(80, random.Random(11), skipped=0.05)
    sums = sums_of(told(students))
    for part in PARTS:
        for form in FORMS:
            given = [
                {each.item: each.choice for each in kept if each.part == part}
                for seat, kept in students.items()
                if question_form_for_seat(seat, part) == form
            ]
            scores = np.array(
                [[each.get(number) == RIGHT for number in range(8)] for each in given], float
            )
            figures = compute_form_statistics(sums, part, form)
            assert figures.student_count == figures.pair_student_count == len(scores)
            right = [
                [each[number] == RIGHT for each in given if number in each] for number in range(8)
            ]
            assert figures.difficulty == pytest.approx([np.mean(each) for each in right])
            rest = [
                np.corrcoef(scores[:, n], np.delete(scores, n, 1).sum(1))[0, 1] for n in range(8)
            ]
            assert figures.discrimination == pytest.approx(rest)
            alpha = 8 / 7 * (1 - scores.var(0).sum() / scores.sum(1).var())
            assert figures.cronbach_alpha == pytest.approx(alpha)


def test_without_spread_or_pairs_there_is_no_figure_rather_than_a_wrong_one():
    small = sums_of(told(class_of(12, random.Random(2))))
    figures = compute_form_statistics(small, "before", "a")
    assert figures.student_count == 6
    assert figures.pair_student_count == 0
    assert figures.cronbach_alpha is None
    assert None not in figures.difficulty and set(figures.discrimination) == {None}
    same = {
        seat: tuple(StoredAnswer("before", number, RIGHT, "b") for number in range(8))
        for seat in range(1, 41)
    }
    figures = compute_form_statistics(
        sums_of(count_answers("before", same)),
        "before",
        "a",
    )
    assert figures.cronbach_alpha is None
    assert set(figures.discrimination) == {None}
    assert set(figures.difficulty) == {1.0}
    assert compute_form_statistics(Counter(), "before", "a").difficulty == (None,) * 8


@pytest.mark.parametrize("size", [3, 5, 9, 12, 29, 30, 45])
def test_a_table_holds_sums_and_is_no_longer_for_more_students(size):
    table = (
        write_answer_count_table(told(class_of(size, random.Random(size))))
        .decode("utf-8-sig")
        .splitlines()
    )
    assert len(table) <= 1 + 2 * (1 + 16 + 2 * (1 + 16 + 1 + len(QUESTION_PAIRS)))
    assert all(line.split(",")[0] in ("part", *PARTS) for line in table)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"name,answer\nMia,right",
        b"part,form,count,question,and question,students\nbefore,a,right,1,,-3",
        b"part,form,count,question,and question,students\nbefore,a,right,1",
        b"part,form,count,question,and question,students\nlater,a,right,1,,3",
        "part,form,count,question,and question,students\nbefore,a,right,1,,\N{SUPERSCRIPT TWO}".encode(),
        b'part,form,count,question,and question,students\n"before',
    ],
)
def test_a_file_that_is_not_a_table_of_counts_is_refused(data):
    with pytest.raises(ValueError):
        read_answer_count_table(data)


def test_counts_and_answers_come_back_from_the_disk_as_they_were():
    students = class_of(31, random.Random(4))
    room = Classroom("c", "t", "8b", "en", ("network",), tallies=told(students))
    assert read_as_type(Classroom, json.loads(json.dumps(asdict(room)))) == room
    mia = Student("m", "w", "Mia", answers=students[1])
    assert read_as_type(Student, json.loads(json.dumps(asdict(mia)))) == mia
