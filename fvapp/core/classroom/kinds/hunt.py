"""Everybody looks for the best network within a budget; `core.classroom.hunt` has the rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.classroom.hunt import (
    BUDGETS,
    TRIES,
    HuntAttempt,
    HuntBudget,
    TestSetSeal,
    ended_tries,
    tries_of,
)
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import Look, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError


@dataclass(frozen=True)
class HuntView(RoundView):
    """The finished tries of a class."""

    tries: tuple[HuntAttempt, ...] = ()


@dataclass(frozen=True)
class HuntRound(StudentRound):
    """The tries of a student.

    Attributes:
        tries: those that have ended.
        left: how many more the student may start.
        best: the best validation accuracy in the class.
    """

    tries: tuple[HuntAttempt, ...] = ()
    left: int = 0
    best: float | None = None


class HuntKind(RoundKind):
    """A hunt whose subject is its budget."""

    place = 60

    def fits(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in BUDGETS

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return bool(tries_of(row.runs, classroom.group))

    def look(
        self,
        classroom: Classroom,
        rows: Sequence[StudentRow],
        now: float,
    ) -> HuntView:
        tries: list[HuntAttempt] = []
        for row in rows:
            student = row.student
            name = student.nickname if student.offered or student.shown else ""
            tried = tries_of(row.runs, classroom.group)
            tries += ended_tries(tried, classroom.current.revealed, student.id, name)
        return HuntView(*self.count(classroom, rows, now), tuple(tries))

    def seen_by(
        self,
        classroom: Classroom,
        row: StudentRow,
        now: float,
        look: Look,
    ) -> HuntRound:
        tried = tries_of(row.runs, classroom.group)
        tries = ended_tries(tried, classroom.current.revealed)
        found = look()
        others = found.tries if isinstance(found, HuntView) else ()
        best = max((one.validation for one in (*others, *tries)), default=None)
        return HuntRound(
            *classroom.current.head,
            tries=tries,
            left=max(0, TRIES - len(tried)),
            best=best,
        )

    def budget(self, current: Round | StudentRound) -> HuntBudget | None:
        return None if current.revealed else BUDGETS[current.subject]

    def seal(self, current: Round) -> TestSetSeal | None:
        budget = self.budget(current)
        return TestSetSeal(budget, current.secret) if budget else None

    def check_resumed(self, current: Round) -> None:
        if current.revealed:
            raise EngineError("hunt_revealed")


KIND = HuntKind()
