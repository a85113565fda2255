"""Defines rounds of eight questions, which a class answers before and after its lessons.

The rounds show whether a class changed its mind about how networks work. Two forms (question
sheets) ask about the same eight topics. A student answers one form in the part "before" and the
other form in the part "after". Answers are private. A teacher sees only counts, which are computed
once, when a part has ended, and do not change afterwards.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from math import sqrt
from typing import Annotated, NamedTuple

from fvapp.core.classroom.roster import (
    AnswerTally,
    Classroom,
    StoredAnswer,
    Student,
    ThinkChoices,
)
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError
from fvapp.core.results.significance import SIGNIFICANCE, sign_test_p_value
from fvapp.core.schema import has_length_between, read_as_type
from fvapp.core.tables import read_toml_table

PARTS = ("before", "after")
FORMS = ("a", "b")
RIGHT = "right"
THROUGH = "through"
"""The answer of a student who has gone through all questions, even without answering any."""

MISSIONS_ABOUT = {
    "programmed": "wrong_labels",
    "exact": "network",
    "stores": "inside_neuron",
    "goes_on": "teach",
    "from_me": "only_me",
    "fetches": "missing",
    "wrong": "wrong_reason",
    "test": "look",
}
"""Topic of each question, in the order of the questions -> id of the mission about this topic.

The topics are six misconceptions about a network, why an answer can be wrong, and what a test set
is for.
"""

TOPICS = tuple(MISSIONS_ABOUT)
MISCONCEPTIONS = TOPICS[:6]
"""The topics that are misconceptions about a network.

In this order, the misconceptions are: somebody programmed each of the network's answers; the
network is exact; it stores its training images; it keeps learning while it is used; it learned from
its user; it fetches data by itself.
"""

FEWEST_ANSWERS = 5
"""Answers to a question are counted only if at least this many students answered it.

This applies both to the whole class and to the students with the same form of the questions.
"""

FEWEST_OF_PAIRS = 15
"""Pairs of questions are counted only if at least this many students answered each form.

The count of a pair is the number of students who answered both questions correctly.
"""

FEWEST_MOVED = 8
"""The sign test needs at least this many students whose number of correct answers has changed.

The answers after the lessons are compared with the answers before the lessons.
"""


class ThinkQuestion(NamedTuple):
    """A question of a form (question sheet). Its texts are below ``think.<form><number from 1>``.

    Attributes:
        choices: names of the choices from top to bottom: ``right`` for the correct choice; for a
            wrong choice, the misconception that leads to it.
        dataset: name of the data set of the test image that the question shows.
        test_image: index of the image among the test images.
        curve: the measure, such as the loss, whose curves the question shows instead of an image;
            empty for an image.
        marked: whether the image has the white mark of mission 13.
    """

    choices: Sequence[str]
    dataset: str = ""
    test_image: int = 0
    curve: str = ""
    marked: bool = False


QUESTIONS: Mapping[str, tuple[ThinkQuestion, ...]] = {
    form: tuple(ThinkQuestion(**question) for question in questions)
    for form, questions in read_toml_table(__file__, "think.toml").items()
}

QUESTION_PAIRS = tuple(combinations_with_replacement(range(len(TOPICS)), 2))
"""Index pairs of questions, also of a question with itself, in the order of `AnswerTally.both`."""

Choices = Mapping[int, str]
"""A student's answers from before or from after the lessons: number of the question -> answer."""


@dataclass(frozen=True)
class ThinkRoundView(RoundView):
    """The state of a question round, with counts of answers once its results are revealed."""

    tallies: tuple[AnswerTally, ...] = ()


@dataclass(frozen=True)
class ThinkRound(StudentRound):
    """A student's questions, and the answers given in the student's current browser.

    Attributes:
        question_form: name of the form (question sheet), "a" or "b".
        given_choices: the answer to each question; None for a question without an answer.
        has_answers_elsewhere: whether the student has answered this part in another browser. The
            current browser does not show these answers.
    """

    question_form: str = FORMS[0]
    given_choices: tuple[str | None, ...] = ()
    has_answers_elsewhere: bool = False


class ThinkRoundKind(RoundKind):
    """A round of eight questions. Its subject is the part: "before" or "after" the lessons."""

    menu_position = 70

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in PARTS

    def check_round_can_start(self, classroom: Classroom, subject: str) -> None:
        if subject not in startable_question_parts(classroom.tallies):
            raise EngineError("round_counted")

    def record_answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        student = row.student
        entry = student.entry_in(current)
        answers = student.answers
        if answer != THROUGH:
            number, _, choice = answer.partition(" ")
            items = QUESTIONS[question_form_for_seat(student.seat, current.subject)]
            if (
                number not in map(str, range(len(items)))
                or choice not in items[int(number)].choices
            ):
                raise EngineError("round_unknown")
            answers = add_answer(
                answers, StoredAnswer(current.subject, int(number), choice, row.browser_hash)
            )
        if answer == THROUGH or len(_choices_by_question(answers, current.subject)) == len(TOPICS):
            entry = replace(entry, answer=THROUGH)
        return replace(row, student=replace(student, entry=entry, answers=answers))

    def has_partly_answered(self, classroom: Classroom, row: StudentRow, now: float) -> bool:
        """Return True for every student, so that the teacher cannot tell who has answered."""
        return True

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> ThinkRoundView:
        return ThinkRoundView(
            *self.count_answered(classroom, rows, now),
            tallies=classroom.tallies if classroom.current_round.revealed else (),
        )

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> ThinkRound:
        current = classroom.current_round
        answers = row.student.answers
        return ThinkRound(
            *current.fields_for_students,
            question_form=question_form_for_seat(row.student.seat, current.subject),
            given_choices=choices_given_in_browser(row.browser_hash, answers, current.subject),
            has_answers_elsewhere=any(
                answer.part == current.subject and answer.browser != row.browser_hash
                for answer in answers
            ),
        )

    def finish_round(self, classroom: Classroom, students: Iterable[Student]) -> Classroom:
        part = classroom.current_round.subject
        others = (tally for tally in classroom.tallies if tally.part != part)
        counted = count_answers(part, {student.seat: student.answers for student in students})
        return replace(classroom, tallies=(*others, *counted))


KIND = ThinkRoundKind()


def question_form_for_seat(seat: int, part: str) -> str:
    """Return the form (question sheet) of a seat number (student) in part "before" or "after".

    Students with consecutive seat numbers get different forms.
    """
    return FORMS[(seat + PARTS.index(part)) % 2]


def startable_question_parts(tallies: Iterable[AnswerTally]) -> tuple[str, ...]:
    """Return which of the parts "before" and "after" can start.

    A part can start until its answers are counted, but "before" can no longer start once "after"
    has begun. If both parts can start, a part that has not begun comes first.
    """
    counted = {tally.part for tally in tallies if tally.answered}
    begun = {tally.part for tally in tallies if tally.students}
    startable = (
        part
        for part in PARTS
        if part not in counted and not (part == PARTS[0] and PARTS[1] in begun)
    )
    return tuple(sorted(startable, key=begun.__contains__))


def _choices_by_question(answers: Iterable[StoredAnswer], part: str) -> Choices:
    return {answer.item: answer.choice for answer in answers if answer.part == part}


def add_answer(answers: Iterable[StoredAnswer], given: StoredAnswer) -> tuple[StoredAnswer, ...]:
    """Return the answers with a new answer, which replaces any earlier answer to the question."""
    return (
        *(answer for answer in answers if (answer.part, answer.item) != (given.part, given.item)),
        given,
    )


def choices_given_in_browser(
    browser: str, answers: Iterable[StoredAnswer], part: str
) -> tuple[str | None, ...]:
    """Return the answer given in a browser to each question; None for an unanswered question.

    Args:
        part: "before" or "after" the lessons.
    """
    given = _choices_by_question((answer for answer in answers if answer.browser == browser), part)
    return tuple(map(given.get, range(len(TOPICS))))


def revealed_choices(classroom: Classroom, student: Student, browser: str) -> ThinkChoices | None:
    """Return the answers before and after the lessons that a student gave in this browser.

    The result is None until students have answered the part "after" and it has ended. In a class
    too small for counts, the teacher can repeat that part afterwards.
    """
    if not any(tally.part == PARTS[1] and tally.students for tally in classroom.tallies):
        return None
    before, after = (choices_given_in_browser(browser, student.answers, part) for part in PARTS)
    return before, after


def count_answers(
    part: str, answers: Mapping[int, Sequence[StoredAnswer]]
) -> tuple[AnswerTally, ...]:
    """Return the counts of answers to both question forms together, then to each form.

    If one of the forms has too few answers, only the counts for both together are returned.

    Args:
        part: "before" or "after" the lessons.
        answers: seat number -> answers of the student to both parts.
    """
    by_form: dict[str, list[Choices]] = {form: [] for form in FORMS}
    for seat, kept in answers.items():
        if given := _choices_by_question(kept, part):
            by_form[question_form_for_seat(seat, part)].append(given)
    together = _tally_questions(
        part, "", [given for students in by_form.values() for given in students]
    )
    if part == PARTS[1]:
        more, fewer = _count_changed_students(answers.values())
        if more + fewer >= FEWEST_MOVED:
            together = replace(together, more=more, fewer=fewer)
    forms = [_tally_questions(part, form, students) for form, students in by_form.items()]
    if not all(tally.answered and None not in tally.answered for tally in forms):
        return (together,)
    if min(tally.students for tally in forms) < FEWEST_OF_PAIRS:
        return together, *forms

    return together, *(
        replace(
            tally,
            both=tuple(
                _count_both_correct(by_form[tally.form], first, second)
                for first, second in QUESTION_PAIRS
            ),
        )
        for tally in forms
    )


def _tally_questions(part: str, form: str, students: Sequence[Choices]) -> AnswerTally:
    """Return the counts of answers to each question; no counts if too few students answered."""
    if len(students) < FEWEST_ANSWERS:
        return AnswerTally(part, form, len(students))
    counts = [sum(number in given for given in students) for number in range(len(TOPICS))]
    answered = tuple(count if count >= FEWEST_ANSWERS else None for count in counts)
    right = tuple(
        None if of is None else _count_both_correct(students, number, number)
        for number, of in enumerate(answered)
    )
    held = [sum(name in given.values() for given in students) for name in MISCONCEPTIONS]
    return AnswerTally(
        part,
        form,
        len(students),
        answered,
        right,
        held=() if form else shown_held_counts(answered, held),
    )


def shown_held_counts(
    answered: Iterable[int | None], held: Iterable[int | None]
) -> tuple[int | None, ...]:
    """Return for each misconception how many students hold it; None if it may not be shown.

    A misconception is counted only if enough students answered every question that offers it as a
    choice. Earlier versions of the app stored its count even without enough answers.

    Args:
        answered, held: as in `AnswerTally`.
    """
    too_few = {
        choice
        for item, count in zip(QUESTIONS[FORMS[0]], answered, strict=True)
        if count is None
        for choice in item.choices
    }
    return tuple(
        None if name in too_few else count for name, count in zip(MISCONCEPTIONS, held, strict=True)
    )


def _count_both_correct(students: Iterable[Choices], first: int, second: int) -> int:
    return sum(given.get(first) == given.get(second) == RIGHT for given in students)


def _count_changed_students(students: Iterable[Sequence[StoredAnswer]]) -> tuple[int, int]:
    """Return how many students improved, and how many got worse, from part "before" to "after".

    Only questions that a student answered in both parts are compared.
    """
    changes = []
    for kept in students:
        before, after = (_choices_by_question(kept, part) for part in PARTS)
        both = before.keys() & after.keys()
        changes.append(sum((after[number] == RIGHT) - (before[number] == RIGHT) for number in both))
    return sum(change > 0 for change in changes), sum(change < 0 for change in changes)


def sign_test_verdict(tally: AnswerTally) -> str:
    """Return whether a class has more correct answers after its lessons, by a sign test.

    The result is ``more``, ``fewer`` or ``same``, or ``few`` if too few students have a different
    number of correct answers than before.

    W. J. Dixon and A. M. Mood, "The statistical sign test", Journal of the American Statistical
    Association 41 (1946). The test is two-sided and exact, and leaves out students with as many
    correct answers as before.
    """
    if tally.more + tally.fewer < FEWEST_MOVED:
        return "few"
    if sign_test_p_value(tally.more, tally.fewer) >= SIGNIFICANCE:
        return "same"
    return "more" if tally.more > tally.fewer else "fewer"


_HEADINGS = ("part", "form", "count", "question", "and question", "students")
_Key = Annotated[tuple[str, ...], has_length_between(len(_HEADINGS) - 1, len(_HEADINGS) - 1)]
_BOTH = "both"


def write_answer_count_table(tallies: Iterable[AnswerTally]) -> bytes:
    """Return a CSV table of answer counts, which can be added to the tables of other classes."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(_HEADINGS)
    for tally in tallies:
        cell = tally.part, tally.form or _BOTH
        table.writerow((*cell, "students", "", "", tally.students))
        for name in ("answered", "right"):
            counts = enumerate(getattr(tally, name), 1)
            table.writerows(
                (*cell, name, number, "", count) for number, count in counts if count is not None
            )
        if tally.both:
            table.writerow((*cell, "students of pairs", "", "", tally.students))
            pairs = zip(QUESTION_PAIRS, tally.both, strict=True)
            table.writerows(
                (*cell, "both right", first + 1, second + 1, count)
                for (first, second), count in pairs
            )
    return file.getvalue().encode("utf-8-sig")


Sums = Counter[tuple[str, ...]]
"""Cells of a row in the CSV table of answer counts -> the row's count, for one or more classes."""


def read_answer_count_table(data: bytes) -> Sums:
    """Return the answer counts from a CSV table that :func:`write_answer_count_table` made.

    Raises:
        ValueError: `data` is not such a table.
    """
    try:
        head, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True)
    except csv.Error as error:
        raise ValueError from error
    if tuple(head) != _HEADINGS:
        raise ValueError
    sums: Sums = Counter()
    for *key, count in filter(None, lines):
        part, form, *_ = read_as_type(_Key, key)
        if (
            part not in PARTS
            or form not in (*FORMS, _BOTH)
            or not (count.isascii() and count.isdecimal())
        ):
            raise ValueError
        sums[tuple(key)] += int(count)
    return sums


class FormStatistics(NamedTuple):
    """Statistics about a question form: its questions' difficulty and discrimination.

    Attributes:
        student_count: number of students who answered the form.
        difficulty: for each question, the share of correct answers among the given answers; None if
            too few answers were given.
        pair_student_count: number of students on whose answers `discrimination` and
            `cronbach_alpha` are based; students of small classes are left out.
        discrimination: for each question, its correlation with the number of correct answers to the
            other questions; None if either of the two is the same for all students. A skipped
            question counts as not correct.
        cronbach_alpha: Cronbach's alpha, from the variances of the answers; None if they do not
            vary. L. J. Cronbach, "Coefficient alpha and the internal structure of tests",
            Psychometrika 16 (1951).
    """

    student_count: int
    difficulty: tuple[float | None, ...]
    pair_student_count: int
    discrimination: tuple[float | None, ...]
    cronbach_alpha: float | None


def compute_form_statistics(sums: Sums, part: str, form: str) -> FormStatistics:
    """Return statistics about the questions of a form, from the answers in one part."""

    def summed_count(name: str, first: int | None = None, second: int | None = None) -> int:
        return sums[
            part,
            form,
            name,
            *("" if number is None else str(number + 1) for number in (first, second)),
        ]

    numbers = range(len(TOPICS))
    answered = [summed_count("answered", number) for number in numbers]
    difficulty = tuple(
        summed_count("right", number) / of if of else None for number, of in enumerate(answered)
    )
    students = summed_count("students of pairs")
    if not students:
        return FormStatistics(summed_count("students"), difficulty, 0, (None,) * len(TOPICS), None)
    mean = [summed_count("both right", number, number) / students for number in numbers]

    def covariance(first: int, second: int) -> float:
        low, high = sorted((first, second))
        return summed_count("both right", low, high) / students - mean[low] * mean[high]

    table = [[covariance(first, second) for second in numbers] for first in numbers]
    single = sum(table[number][number] for number in numbers)
    whole = sum(map(sum, table))
    discrimination = []
    for number in numbers:
        with_all = sum(table[number])
        own = table[number][number]
        spread = own * (whole - 2 * with_all + own)
        discrimination.append((with_all - own) / sqrt(spread) if spread > 1e-12 else None)
    alpha = len(TOPICS) / (len(TOPICS) - 1) * (1 - single / whole) if whole > 1e-12 else None
    return FormStatistics(
        summed_count("students"), difficulty, students, tuple(discrimination), alpha
    )
