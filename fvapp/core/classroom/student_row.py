"""What the store and the engine know of a student of a class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fvapp.core.classroom.roster import Student
from fvapp.core.missions.progress import Progress
from fvapp.core.runs import ACTIVE, RunRecord

# seconds without a sign of life after which somebody is not here; an open page gives one a minute
AWAY = 150.0


@dataclass(frozen=True)
class StudentRow:
    """What the store and the engine know of a student.

    Attributes:
        progress: by mission.
        runs: of the workspace, oldest first.
        notes: whatever changes when they do something that is no run.
        seen: when there was last a sign of life, as `now`; 0 for none since the server started.
        made: their drawings, examples and kept answers, in whatever form shows that there is
            another one.
        browser: hash of the token of the browser that asks; empty where it is not the student's.
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
        """Whether they have done nothing: neither trained nor drawn, predicted or answered, nor
        entered a round.
        """
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
