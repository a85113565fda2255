"""The interface that every kind of round implements, with defaults."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from fvapp.core.classroom.drawings import RoundDrawing
from fvapp.core.classroom.hunt import HuntBudget, TestSetSeal
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.rounds import Round, RoundEntry, RoundView, StudentRound, current_entry
from fvapp.core.classroom.student_row import AWAY_SECONDS, StudentRow
from fvapp.core.errors import EngineError

GetView = Callable[[], RoundView | None]
"""A function that returns the current state of a round."""


class WallContent(NamedTuple):
    """The drawings that a teacher keeps from a round.

    Attributes:
        drawings: drawings for the class's collection.
        examples: examples for the teacher: images, uint8 [28, 28], with labels and sources.
    """

    drawings: Sequence[RoundDrawing] = ()
    examples: Sequence[tuple[np.ndarray, int, str]] = ()


class RoundKind:
    """A kind of round; by default it has no subject and takes no answers.

    Methods that take a class or a student's row are about the class's current round.

    Attributes:
        menu_position: its position among the kinds that a teacher can choose.
        fewest_voters: how many networks able to vote are needed to start such a round.
    """

    menu_position: int
    fewest_voters = 0

    # Starting a round

    def accepts_subject(self, subject: str, missions: Sequence[str]) -> bool:
        """Return whether a round can be about a subject in a class with these missions."""
        return subject == ""

    def validate_round_subject(self, subject: str, kept: Iterable[RoundDrawing]) -> str:
        """Return a subject as it is stored.

        Args:
            kept: the drawings that the class has kept.

        Raises:
            FvappError: the subject is not valid.
        """
        return subject

    def check_can_start(self, classroom: Classroom, subject: str) -> None:
        """Raise an error if the class can no longer have such a round.

        Raises:
            EngineError: its code gives the reason.
        """

    # What students do

    def record_answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        """Return a student's row with an answer added.

        Raises:
            EngineError: ``round_over``: the round takes no answers; ``round_unknown``: the answer
                is not one of the round's.
        """
        raise EngineError("round_over")

    def record_drawing(
        self, current: Round, entry: RoundEntry, image: np.ndarray, now: float
    ) -> RoundEntry:
        """Return a student's entry with a drawing, uint8 [28, 28], added.

        Raises:
            EngineError: ``round_over``: the round takes no drawings, or no longer does.
        """
        raise EngineError("round_over")

    def begin_drawing_late(self, current: Round, entry: RoundEntry, now: float) -> RoundEntry:
        """Return the entry of a student who starts drawing later than the others.

        Raises:
            EngineError: as :meth:`record_drawing`.
        """
        raise EngineError("round_over")

    def deadline(self, current: Round, entry: RoundEntry) -> float:
        """Return when a student's time is over; the student's pages are redrawn then."""
        return inf

    def count_networks_to_queue(self, current: Round, joined: float) -> int:
        """Return how many networks to queue for a student who joined at the time `joined`."""
        return 0

    # What the class sees

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        """Return whether a student has done what the round waits for."""
        return bool(current_entry(row.student.entry, classroom.current_round).answer)

    def takes_part(self, classroom: Classroom, row: StudentRow) -> bool:
        """Return whether a student has done anything in the round, even if not everything."""
        entry = row.student.entry
        return (
            self.has_answered(classroom, row)
            or (entry is not None and entry.round == classroom.current_round.number)
            or any(run.group == classroom.round_group for run in row.runs)
        )

    def class_view(self, classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
        """Return the state of the round at the time `now`, for the teacher and the projector."""
        return RoundView(*self.count_answered(classroom, rows, now))

    def count_answered(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> tuple[int, int]:
        """Return how many students have answered, and how many have answered or are present."""
        answered = [self.has_answered(classroom, row) for row in rows]
        asked = sum(
            has_answered or now - row.last_seen_at <= AWAY_SECONDS
            for has_answered, row in zip(answered, rows, strict=True)
        )
        return sum(answered), asked

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> StudentRound:
        """Return the round as a student sees it; `get_view` returns its current state."""
        return StudentRound(*classroom.current_round.shared_fields)

    def is_vote_uncounted(self, current: Round) -> bool:
        """Return whether a vote is still to be counted."""
        return False

    def finish_round(self, classroom: Classroom, students: Sequence[Student]) -> Classroom:
        """Return the class with the final result of its round; the round takes no more answers."""
        return classroom

    # Sealing and keeping

    def hunt_budget(self, current: Round | StudentRound) -> HuntBudget | None:
        """Return the budget that students' runs must keep to until the round is revealed."""
        return None

    def test_set_seal(self, current: Round) -> TestSetSeal | None:
        """Return the seal that hides the test results of the round's runs, None if unsealed."""
        return None

    def check_can_resume(self, current: Round) -> None:
        """Raise an error if resuming a run of the round would change results already revealed."""

    def keep_wall(self, current: Round, wall: Sequence[tuple[int, str]]) -> WallContent:
        """Return the drawings and examples that a teacher keeps from a revealed wall.

        Args:
            wall: seats and their drawings.

        Raises:
            EngineError: ``no_round``: there is nothing to keep.
        """
        raise EngineError("no_round")
