"""Defines the hunt, a classroom round in which students compete to train the best network.

The rules of the hunt are in `core.classroom.hunt`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.classroom.hunt import (
    ATTEMPTS,
    BUDGETS,
    HuntAttempt,
    HuntBudget,
    TestResultSeal,
    ended_attempts,
    runs_counted_as_attempts,
)
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError


@dataclass(frozen=True)
class HuntRoundView(RoundView):
    """The state of a hunt (a contest between networks): the finished attempts of all students."""

    attempts: tuple[HuntAttempt, ...] = ()


@dataclass(frozen=True)
class HuntRound(StudentRound):
    """A hunt (a contest between networks) as one student sees it.

    Attributes:
        attempts: the student's finished attempts.
        attempts_left: number of attempts that the student may still start.
        best_val_accuracy: the best validation accuracy among all students of the class.
    """

    attempts: tuple[HuntAttempt, ...] = ()
    attempts_left: int = 0
    best_val_accuracy: float | None = None


class HuntRoundKind(RoundKind):
    """A contest for the best network within limits; the limits are the subject of the round."""

    menu_position = 60

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in BUDGETS

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return bool(runs_counted_as_attempts(row.runs, classroom.current_round_group_name))

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> HuntRoundView:
        attempts: list[HuntAttempt] = []
        for row in rows:
            student = row.student
            name = student.nickname if student.offered or student.shown else ""
            runs = runs_counted_as_attempts(row.runs, classroom.current_round_group_name)
            attempts += ended_attempts(runs, classroom.current_round.revealed, student.id, name)
        return HuntRoundView(*self.count_answered(classroom, rows, now), tuple(attempts))

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> HuntRound:
        runs = runs_counted_as_attempts(row.runs, classroom.current_round_group_name)
        attempts = ended_attempts(runs, classroom.current_round.revealed)
        view = get_view()
        others = view.attempts if isinstance(view, HuntRoundView) else ()
        best = max((attempt.val_accuracy for attempt in (*others, *attempts)), default=None)
        return HuntRound(
            *classroom.current_round.fields_for_students,
            attempts=attempts,
            attempts_left=max(0, ATTEMPTS - len(runs)),
            best_val_accuracy=best,
        )

    def hunt_budget(self, current: Round | StudentRound) -> HuntBudget | None:
        return None if current.revealed else BUDGETS[current.subject]

    def test_result_seal(self, current: Round) -> TestResultSeal | None:
        budget = self.hunt_budget(current)
        return TestResultSeal(budget, current.secret) if budget else None

    def check_run_can_resume(self, current: Round) -> None:
        if current.revealed:
            raise EngineError("hunt_revealed")


KIND = HuntRoundKind()
