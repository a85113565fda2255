"""Defines the row of a student in a school class, with all facts that rounds need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fvapp.core.classroom.roster import Student
from fvapp.core.missions.progress import MissionProgress
from fvapp.core.runs import ACTIVE, RunRecord

# Seconds without contact after which a student counts as away; an open page contacts the server
# once a minute.
AWAY_SECONDS = 150.0


@dataclass(frozen=True)
class StudentRow:
    """A student of a school class, with all facts known to the store and the engine.

    Attributes:
        progress: mission id -> progress of the student in the mission.
        runs: runs of the student's workspace, oldest first.
        activity_version: a value that changes whenever the student does something other than train
            a network.
        last_seen_at: time of the last contact; 0 if there was no contact since the server started.
        work_versions: values that change whenever the student adds a drawing, example or answer.
        browser_hash: hash of the token of the requesting browser; empty if the browser is not the
            student's.
    """

    student: Student
    progress: Mapping[str, MissionProgress]
    runs: Sequence[RunRecord]
    activity_version: object
    last_seen_at: float
    work_versions: tuple[object, ...] = ()
    browser_hash: str = ""

    @property
    def has_done_nothing(self) -> bool:
        """Whether the student has no run, drawing, prediction, answer or part in a round."""
        did = (
            self.runs
            or self.work_versions
            or self.student.entry
            or any(own != MissionProgress() for own in self.progress.values())
        )
        return not did

    def is_present(self, now: float) -> bool:
        """Return whether the student has a page open at the time `now`."""
        return now - self.last_seen_at <= AWAY_SECONDS

    @property
    def is_training(self) -> bool:
        return any(run.state in ACTIVE for run in self.runs)
