"""Defines rounds in which everybody predicts the outcome of a mission."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fvapp.core.classroom.results import MissionResults, class_mission_results
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, StudentRound
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError
from fvapp.core.missions import MISSIONS


@dataclass(frozen=True)
class PollRoundView(RoundView):
    """The state of a poll on a mission: the predictions of all students, and the outcomes."""

    mission_results: MissionResults | None = None


@dataclass(frozen=True)
class PollRound(StudentRound):
    """A poll on the outcome of a mission as one student sees it, with the student's prediction.

    Attributes:
        has_verdict: whether the student's mission already has a verdict on the prediction.
    """

    predicted_outcome: str | None = None
    has_verdict: bool = False


class PollRoundKind(RoundKind):
    """A poll on the outcome of a mission; the mission is the subject of the round."""

    menu_position = 10

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in missions and subject in MISSIONS

    def record_answer(self, current: Round, row: StudentRow, answer: str) -> StudentRow:
        if answer not in MISSIONS[current.subject].predictions:
            raise EngineError("round_unknown")
        own = row.progress[current.subject]
        own = own if own.judged else own.with_values(prediction=answer)
        return replace(row, progress={**row.progress, current.subject: own})

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return row.progress[classroom.current_round.subject].prediction is not None

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> PollRoundView:
        asked = replace(classroom, missions=(classroom.current_round.subject,))
        return PollRoundView(
            *self.count_answered(classroom, rows, now), class_mission_results(asked, rows)[0]
        )

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> PollRound:
        own = row.progress[classroom.current_round.subject]
        return PollRound(
            *classroom.current_round.fields_for_students,
            predicted_outcome=own.prediction,
            has_verdict=own.judged,
        )


KIND = PollRoundKind()
