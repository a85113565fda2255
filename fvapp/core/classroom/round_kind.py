"""Defines the interface that every kind of classroom round implements, with defaults."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from fvapp.core.classroom.drawings import RoundDrawing
from fvapp.core.classroom.hunt import HuntBudget, TestResultSeal
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.rounds import Round, RoundEntry, RoundView, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError

GetView = Callable[[], RoundView | None]
"""A function that returns the current state of a round."""


class KeptWallContent(NamedTuple):
    """The drawings that a teacher keeps from a round.

    Attributes:
        drawings: drawings for the class's collection.
        examples: the teacher's new examples: images, uint8 [28, 28], with labels and sources.
    """

    drawings: Sequence[RoundDrawing] = ()
    examples: Sequence[tuple[np.ndarray, int, str]] = ()


class RoundKind:
    """A kind of classroom round, by default without a subject and without answers.

    Methods that receive a `classroom` or a student's `row` refer to the current round.

    Attributes:
        menu_position: its position among the kinds that a teacher can choose.
        fewest_voters: minimum number of networks that must be able to vote before a round starts.
    """

    menu_position: int
    fewest_voters = 0

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        """Return whether a class with these missions can have a round about this subject."""
        return subject == ""

    def validate_round_subject(self, subject: str, kept: Iterable[RoundDrawing]) -> str:
        """Return the subject of a round in the form in which it is stored.

        Args:
            kept: the drawings that the class has kept.

        Raises:
            FvappError: the subject is not valid.
        """
        return subject

    def check_round_can_start(self, classroom: Classroom, subject: str) -> None:
        """Raise an error if the class can no longer have a round of this kind and subject.

        Raises:
            EngineError: the code of the error gives the reason.
        """

    def record_answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        """Return a student's row with the student's answer added.

        Raises:
            EngineError: ``round_over``: the round takes no answers; ``round_unknown``: the round
                does not offer this answer.
        """
        raise EngineError("round_over")

    def record_drawing(
        self, current: Round, entry: RoundEntry, image: np.ndarray, now: float
    ) -> RoundEntry:
        """Return a student's entry in the round after adding a drawing, uint8 [28, 28].

        Raises:
            EngineError: ``round_over``: the round has ended, or never accepts drawings.
        """
        raise EngineError("round_over")

    def begin_drawing_late(self, current: Round, entry: RoundEntry, now: float) -> RoundEntry:
        """Return the entry of a student who starts to draw later than the other students.

        Raises:
            EngineError: see :meth:`record_drawing`.
        """
        raise EngineError("round_over")

    def turn_end_time(self, current: Round, entry: RoundEntry) -> float:
        """Return the time at which a student's turn ends and the student's pages are redrawn."""
        return inf

    def count_networks_to_queue(self, current: Round, joined: float) -> int:
        """Return the number of networks to queue for a student who joined at the time `joined`."""
        return 0

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        """Return whether a student has done what the round asks for."""
        return bool(row.student.entry_in(classroom.current_round).answer)

    def has_partly_answered(self, classroom: Classroom, row: StudentRow, now: float) -> bool:
        """Return whether a student has done part of what the round asks for, or does it now."""
        entry = row.student.entry
        return (
            self.has_answered(classroom, row)
            or (entry is not None and entry.round == classroom.current_round.number)
            or any(run.group == classroom.current_round_group_name for run in row.runs)
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
            has_answered or row.is_present(now)
            for has_answered, row in zip(answered, rows, strict=True)
        )
        return sum(answered), asked

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> StudentRound:
        """Return the round as a student sees it.

        Args:
            get_view: returns the state of the round that the teacher and the projector see.
        """
        return StudentRound(*classroom.current_round.fields_for_students)

    def is_vote_awaiting_count(self, current: Round) -> bool:
        """Return whether the round is a vote that still has to be counted."""
        return False

    def finish_round(self, classroom: Classroom, students: Sequence[Student]) -> Classroom:
        """Return the class after its round has ended, with any final result of the round stored."""
        return classroom

    def hunt_budget(self, current: Round | StudentRound) -> HuntBudget | None:
        """Return the limits on networks in a contest whose results are hidden; otherwise None."""
        return None

    def test_result_seal(self, current: Round) -> TestResultSeal | None:
        """Return the object that hides the round's test results; None if results may be shown."""
        return None

    def check_run_can_resume(self, current: Round) -> None:
        """Raise an error if a run of the round must not resume, as the results are revealed."""

    def collect_kept_drawings(
        self, current: Round, wall: Sequence[tuple[int, str]]
    ) -> KeptWallContent:
        """Return the drawings and examples that a teacher keeps after a drawing round.

        Args:
            wall: seat number and packed drawing of each student whose drawing is shown.

        Raises:
            EngineError: ``no_round``: this kind of round has no drawings to keep.
        """
        raise EngineError("no_round")
