"""Collects the results of a school class: predictions, outcomes and test accuracies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.missions.progress import MissionProgress
from fvapp.core.missions.table import MISSIONS
from fvapp.core.runs import RunRecord


@dataclass(frozen=True)
class TrialResult:
    """The test accuracy of a run, and the seed of the run."""

    accuracy: float
    seed: int


@dataclass(frozen=True)
class TrialResults:
    """The results of all students in a class who trained the same run of a mission.

    Attributes:
        run_number: number of the run within the mission, from 0.
    """

    run_number: int
    results: tuple[TrialResult, ...]

    @property
    def mean_accuracy(self) -> float:
        return fmean(dot.accuracy for dot in self.results)

    @property
    def accuracy_standard_deviation(self) -> float:
        """The standard deviation of the test accuracies; 0 for a single result."""
        return stdev(dot.accuracy for dot in self.results) if len(self.results) > 1 else 0.0


@dataclass(frozen=True)
class MissionResults:
    """The results of a school class in one mission.

    Attributes:
        prediction_counts: outcome -> number of students who predicted it.
        outcome_counts: outcome, as the students' pages show it -> number of students whose runs had
            this outcome. The key None is for students whose results are too close to decide.
        trial_results: the results of each run of the mission that at least one student has
            finished.
    """

    mission: str
    prediction_counts: Mapping[str, int]
    outcome_counts: Mapping[str | None, int]
    trial_results: tuple[TrialResults, ...]

    @property
    def prediction_total(self) -> int:
        return sum(self.prediction_counts.values())

    @property
    def verdict_total(self) -> int:
        return sum(self.outcome_counts.values())


@dataclass(frozen=True)
class ResultRow:
    """A line in the results table of a class: a student, a mission, and a run, if there is one."""

    student: Student
    mission: str
    progress: MissionProgress
    run: RunRecord | None


def class_mission_results(
    classroom: Classroom, rows: Sequence[StudentRow]
) -> tuple[MissionResults, ...]:
    """Return the results of each mission of a class, including missions without predictions."""
    return tuple(
        _results_of_mission(mission, rows) for mission in classroom.missions if mission in MISSIONS
    )


def result_rows(classroom: Classroom, rows: Iterable[StudentRow]) -> Iterator[ResultRow]:
    """Yield a line of the results table for each run of each mission that a student began.

    A mission without runs has one line.
    """
    for row in sorted(rows, key=lambda row: row.student.nickname.casefold()):
        runs = {run.id: run for run in row.runs}
        for mission in classroom.missions:
            own = row.progress.get(mission, MissionProgress())
            if own == MissionProgress():
                continue
            trained = tuple(runs[run] for run in own.runs if run in runs)
            yield from (ResultRow(row.student, mission, own, run) for run in (trained or (None,)))


def _results_of_mission(mission: str, rows: Sequence[StudentRow]) -> MissionResults:
    predicted: Counter[str] = Counter()
    outcomes: Counter[str | None] = Counter()
    dots: dict[int, list[TrialResult]] = {}
    for row in rows:
        own = row.progress[mission]
        if own.prediction is not None:
            predicted[own.prediction] += 1
        if own.verdicts:
            outcomes[own.verdicts[0].shown_outcome] += 1
        runs = {run.id: run for run in row.runs}
        for number, run in enumerate(map(runs.get, own.runs[: MISSIONS[mission].shown_run_count])):
            if run is not None and run.result is not None and run.result.has_meaningful_accuracy:
                dots.setdefault(number, []).append(
                    TrialResult(run.result.test_accuracy, run.settings.seed)
                )
    return MissionResults(
        mission, predicted, outcomes, tuple(TrialResults(n, tuple(dots[n])) for n in sorted(dots))
    )
