"""A student of a class, with all that the store and the engine know about the student."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fvapp.core.classroom.roster import Student
from fvapp.core.missions.progress import Progress
from fvapp.core.runs import ACTIVE, RunRecord

# Seconds without a sign of life after which a student is away; an open page gives one a minute.
AWAY_SECONDS = 150.0


@dataclass(frozen=True)
class StudentRow:
    """A student, with all that the store and the engine know about the student.

    Attributes:
        progress: mission -> progress.
        runs: runs of the student's workspace, oldest first.
        notes: any value that changes when the student does something other than train a network.
        seen: time of the last sign of life; 0 for none since the server started.
        made: any values that change with each new drawing, example or kept answer.
        browser: hash of the token of the requesting browser; empty if it is not the student's.
    """

    student: Student
    progress: Mapping[str, Progress]
    runs: Sequence[RunRecord]
    notes: object
    seen: float
    made: tuple[object, ...] = ()
    browser: str = ""

    @property
    def idle(self) -> bool:
        """Whether the student has done nothing: no run, drawing, prediction, answer or round."""
        did = (
            self.runs
            or self.made
            or self.student.entry
            or any(own != Progress() for own in self.progress.values())
        )
        return not did

    @property
    def trains(self) -> bool:
        return any(run.state in ACTIVE for run in self.runs)
