"""Everybody looks for the best network within a budget; what is measured and sealed, `core.classroom.hunt` says."""

from dataclasses import dataclass

from fvapp.core.classroom.hunt import BUDGETS, TRIES, Seal, Try, ended_tries, tries_of
from fvapp.core.classroom.round_kind import RoundKind
from fvapp.core.classroom.rounds import RoundView, StudentRound
from fvapp.core.errors import EngineError


@dataclass(frozen=True)
class HuntView(RoundView):
    """The tries of a class that have ended."""

    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class HuntRound(StudentRound):
    """The tries of a student.

    Attributes:
        tries: theirs that have ended; `left`: how many they may still begin.
        best: of the class, by validation.
    """

    tries: tuple[Try, ...] = ()
    left: int = 0
    best: float | None = None


class Hunt(RoundKind):
    """A hunt; its subject is the budget."""

    place = 60

    def fits(self, subject, missions):
        return subject in BUDGETS

    def has_answered(self, classroom, row):
        return bool(tries_of(row.runs, classroom.group))

    def look(self, classroom, rows, now):
        tries = []
        for row in rows:
            student = row.student
            name = student.nickname if student.offered or student.shown else ""
            tried = tries_of(row.runs, classroom.group)
            tries += ended_tries(tried, classroom.round.revealed, student.id, name)
        return HuntView(*self.count(classroom, rows, now), tuple(tries))

    def seen_by(self, classroom, row, now, look):
        tried = tries_of(row.runs, classroom.group)
        tries = ended_tries(tried, classroom.round.revealed)
        best = max((one.validation for one in (*look().tries, *tries)), default=None)
        return HuntRound(*classroom.round.head, tries=tries, left=max(0, TRIES - len(tried)), best=best)

    def budget(self, current):
        return None if current.revealed else BUDGETS[current.subject]

    def seal(self, current):
        budget = self.budget(current)
        return budget and Seal(budget, current.secret)

    def check_resumed(self, current):
        if current.revealed:
            raise EngineError("hunt_revealed")


KIND = Hunt()
