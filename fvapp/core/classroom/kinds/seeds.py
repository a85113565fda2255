"""Defines rounds in which everybody trains the same network with different seeds.

In a small class, everybody trains several networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.classroom.results import TrialResult, TrialResults
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import Round, RoundView, StudentRound, runs_of_round
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.runs import ACTIVE


@dataclass(frozen=True)
class SeedsRoundView(RoundView):
    """The state of a round in which networks differ only by their seeds.

    Attributes:
        trial_results: results of the networks that have finished training; None before the first
            result.
        network_count: number of networks that students train or have trained, or that students who
            are present can still start.
        unfinished_network_count: how many of them are waiting, training, or not started.
        refused_nicknames: nicknames of students who were refused a network because of a limit.
    """

    trial_results: TrialResults | None = None
    network_count: int = 0
    unfinished_network_count: int = 0
    refused_nicknames: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeedsRound(StudentRound):
    """A round as one student sees it: the networks that this student trains with different seeds.

    Attributes:
        startable_network_count: number of networks that the student can still start.
        was_refused: whether the app refused to train one of the networks because of a limit.
        unfinished_network_count: how many networks are waiting or training.
        test_accuracies: test accuracies of the networks that have finished training.
    """

    startable_network_count: int = 0
    was_refused: bool = False
    unfinished_network_count: int = 0
    test_accuracies: tuple[float, ...] = ()


class SeedsRoundKind(RoundKind):
    """A round in which everybody trains networks that differ only by their seeds."""

    menu_position = 20

    def count_networks_to_queue(self, current: Round, joined: float) -> int:
        # A latecomer trains one network, even if the class was small when the round began.
        return current.each if joined <= current.started else 1

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return bool(runs_of_round(row.runs, classroom.current_round_group_name))

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> SeedsRoundView:
        group = classroom.current_round_group_name
        runs = [run for row in rows for run in runs_of_round(row.runs, group)]
        missing = sum(
            self._count_startable_networks(classroom, row) for row in rows if row.is_present(now)
        )
        ended = [run for run in runs if run.result and run.result.has_meaningful_accuracy]
        dots = tuple(
            TrialResult(run.result.test_accuracy, run.settings.seed) for run in ended if run.result
        )
        refused = (
            row.student for row in rows if row.student.entry_in(classroom.current_round).refused
        )
        return SeedsRoundView(
            *self.count_answered(classroom, rows, now),
            trial_results=TrialResults(0, dots) if dots else None,
            network_count=len(runs) + missing,
            unfinished_network_count=sum(run.state in ACTIVE for run in runs) + missing,
            refused_nicknames=tuple(student.nickname for student in refused),
        )

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> SeedsRound:
        current = classroom.current_round
        student = row.student
        runs = runs_of_round(row.runs, classroom.current_round_group_name)
        return SeedsRound(
            *current.fields_for_students,
            startable_network_count=self._count_startable_networks(classroom, row),
            was_refused=student.entry_in(current).refused,
            unfinished_network_count=sum(run.state in ACTIVE for run in runs),
            test_accuracies=tuple(
                run.result.test_accuracy for run in runs if run.result is not None
            ),
        )

    def _count_startable_networks(self, classroom: Classroom, row: StudentRow) -> int:
        asked = self.count_networks_to_queue(classroom.current_round, row.student.joined)
        return max(0, asked - len(runs_of_round(row.runs, classroom.current_round_group_name)))


KIND = SeedsRoundKind()
