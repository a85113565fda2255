"""What a kind of round says of itself."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from fvapp.core.classroom.drawings import Drawing
from fvapp.core.classroom.hunt import Budget, Seal
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.rounds import Entry, Round, RoundView, StudentRound, entry_of
from fvapp.core.classroom.student_row import AWAY, StudentRow
from fvapp.core.errors import EngineError

Look = Callable[[], RoundView | None]
"""Returns what has come of a round at a moment."""


class KeptWall(NamedTuple):
    """What a teacher keeps of a round.

    Attributes:
        drawings: for the class.
        examples: the teacher's own: images, uint8 [28, 28], with labels and sources.
    """

    drawings: Sequence[Drawing] = ()
    examples: Sequence[tuple[np.ndarray, int, str]] = ()


class RoundKind:
    """A kind of round; each overrides what sets it apart from one about nothing, in which nobody
    does anything.

    Wherever a class or a student's row is taken, its round is the one that is under way.

    Attributes:
        place: among the kinds, which a teacher chooses in the order of these numbers.
        fewest_voters: how many networks that can vote it takes to start one.
    """

    place: int
    fewest_voters = 0

    # To start one

    def fits(self, subject: str, missions: Sequence[str]) -> bool:
        """Return whether a round can be about a subject in a class with these missions."""
        return subject == ""

    def name_subject(self, subject: str, kept: Iterable[Drawing]) -> str:
        """Return a subject as it is stored.

        Args:
            kept: the drawings that the class has kept.

        Raises:
            FvappError: it cannot be one.
        """
        return subject

    def check_start(self, classroom: Classroom, subject: str) -> None:
        """Refuse a round that the class can have no more.

        Raises:
            EngineError: why.
        """

    # What students do

    def answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        """Return a student's row with an answer in it.

        Raises:
            EngineError: ``round_over``: nothing is answered; ``round_unknown``: that cannot be
                answered.
        """
        raise EngineError("round_over")

    def draw(self, current: Round, entry: Entry, image: np.ndarray, now: float) -> Entry:
        """Return a student's entry with a drawing, uint8 [28, 28].

        Raises:
            EngineError: ``round_over``: nothing is drawn, or no longer.
        """
        raise EngineError("round_over")

    def begin_late(self, current: Round, entry: Entry, now: float) -> Entry:
        """Return the entry of a student who begins to draw later than the others; raises as
        :meth:`draw`.
        """
        raise EngineError("round_over")

    def ends(self, current: Round, entry: Entry) -> float:
        """Return when nothing more is taken of a student, whose pages are drawn again then."""
        return inf

    def networks(self, current: Round, joined: float) -> int:
        """Return how many networks a student trains who joined then; they are queued as the round
        begins.
        """
        return 0

    # What comes of it

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        """Return whether a student has done what the round waits for."""
        return bool(entry_of(row.student.entry, classroom.current).answer)

    def takes_part(self, classroom: Classroom, row: StudentRow) -> bool:
        """Return whether a student has done something in it, though perhaps not all that it waits
        for.
        """
        entry = row.student.entry
        return (
            self.has_answered(classroom, row)
            or (entry is not None and entry.round == classroom.current.number)
            or any(run.group == classroom.group for run in row.runs)
        )

    def look(self, classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
        """Return what has come of it at a moment, for teacher and projector."""
        return RoundView(*self.count(classroom, rows, now))

    def count(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> tuple[int, int]:
        """Return how many have answered, and how many they are with all others who are here."""
        answered = [self.has_answered(classroom, row) for row in rows]
        asked = sum(one or now - row.seen <= AWAY for one, row in zip(answered, rows, strict=True))
        return sum(answered), asked

    def seen_by(
        self, classroom: Classroom, row: StudentRow, now: float, look: Look
    ) -> StudentRound:
        """Return it as a student sees it; `look` returns what has come of it."""
        return StudentRound(*classroom.current.head)

    def is_uncounted(self, current: Round) -> bool:
        """Return whether networks have voted whose votes are still to be counted."""
        return False

    def end(self, classroom: Classroom, students: Sequence[Student]) -> Classroom:
        """Return the class with what its round comes to for good, now that nobody
        answers any more.
        """
        return classroom

    # What is sealed, and kept

    def budget(self, current: Round | StudentRound) -> Budget | None:
        """Return what runs of students are held to, which count for the round until it
        is revealed.
        """
        return None

    def seal(self, current: Round) -> Seal | None:
        """Return what keeps the test set of those runs closed."""
        return None

    def check_resumed(self, current: Round) -> None:
        """Refuse to let a run of the round go on, once that would change what was revealed."""

    def keep(self, current: Round, wall: Sequence[tuple[int, str]]) -> KeptWall:
        """Return what a teacher keeps of a revealed wall: the drawings of seats.

        Raises:
            EngineError: ``no_round``: there is nothing to keep.
        """
        raise EngineError("no_round")
