"""Finds out how far each student of a class has come, and who needs the teacher's help."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.roster import Classroom, SentNetworkText, wall_network_code
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.missions.mission import Mission
from fvapp.core.missions.progress import MissionProgress, unfinished_missions
from fvapp.core.missions.table import MISSIONS
from fvapp.core.results.by_class import has_few_test_images
from fvapp.core.runs import ACTIVE

HelpReason = Literal["hand", "error", "long"]
"""The reason for help: a raised hand, the same error twice, or a long time on one step."""

HELP_REASONS: tuple[HelpReason, ...] = get_args(HelpReason)

LONG_ON_STEP = 180.0  # seconds on one step after which a student counts as stuck


@dataclass(frozen=True)
class LatestStudentActivity:
    """A student's latest step in a mission and latest activity, and the time of each.

    Attributes:
        step_started_at: when the student reached the step, or last worked outside of missions.
        activity_version: the progress in missions, then other values that change with activity.
    """

    mission_step: tuple[str, str]
    step_started_at: float
    activity_version: tuple[object, ...]
    last_active_at: float


@dataclass(frozen=True)
class StudentStatus:
    """The state of a student in a school class at one moment.

    Attributes:
        is_name_public: whether the projector may show the nickname.
        mission, mission_step: the student's current mission, and the current step in this mission.
            The step is one of `Mission.step_names`, or "start" if the mission is not begun. If all
            missions of the class are done, the step is "done" and the mission is the last one.
        best_accuracy: the best test accuracy, leaving out runs with few test images and runs that
            taught a trained network; None without such a result.
        idle_minutes: whole minutes since the student last did something or had a network waiting or
            training.
        help_reason: why the student needs help, or None.
        help_minutes: for how many whole minutes the student has needed help.
        is_present: whether the student has a page open.
        is_done: whether the student has done all missions of the class.
        wall_network_code: the code in the file address of the network that the student shows on the
            wall (the projector).
        assigned_done_count: number of missions in the latest assignment that the student has done.
        round_kind: kind of the class's round, if the student takes part in the round and either its
            results are not revealed or the student has not begun the current mission; else empty.
        is_training: whether the student is training a network.
        has_done_nothing: whether the student has done nothing at all since joining.
        written_line: the line written by the student's network that the student wants to show, or
            None.
        student_row: the complete row of the student, for other facts that a page shows.
    """

    id: str
    nickname: str
    is_name_public: bool
    mission: str
    mission_step: str
    best_accuracy: float | None
    idle_minutes: int
    help_reason: HelpReason | None
    help_minutes: int
    is_present: bool
    is_done: bool
    wall_network_code: str = ""
    assigned_done_count: int = 0
    round_kind: str = ""
    is_training: bool = False
    has_done_nothing: bool = False
    written_line: SentNetworkText | None = None
    student_row: StudentRow | None = field(default=None, compare=False, repr=False)

    @property
    def has_not_started(self) -> bool:
        return (
            self.is_present
            and not self.help_reason
            and not self.round_kind
            and not self.is_training
            and self.mission_step == "start"
        )


@dataclass(frozen=True)
class ClassSnapshot:
    """The state of a school class at one moment; equal snapshots look the same on the screen.

    Attributes:
        students: students who need help most come first, then students who are furthest behind.
        unfinished_run_count: number of runs of the class that are waiting or training.
        answer_count: number of predictions, judged predictions, answers and finished runs. The
            number makes the snapshot change whenever any of these is added.
    """

    students: tuple[StudentStatus, ...] = ()
    unfinished_run_count: int = 0
    answer_count: int = 0

    @property
    def present_student_count(self) -> int:
        return sum(student.is_present for student in self.students)

    @property
    def students_in_need(self) -> tuple[StudentStatus, ...]:
        return tuple(student for student in self.students if student.help_reason)

    @property
    def done_student_count(self) -> int:
        return sum(student.is_done for student in self.students)

    @property
    def not_started_student_count(self) -> int:
        return sum(student.has_not_started for student in self.students)

    @property
    def working_student_count(self) -> int:
        return (
            self.present_student_count
            - self.not_started_student_count
            - sum(s.is_present and (s.is_done or bool(s.help_reason)) for s in self.students)
        )

    def students_in_mission(self, mission: str) -> tuple[StudentStatus, ...]:
        """Return the students with a page open who are working on a mission."""
        return tuple(
            student
            for student in self.students
            if student.mission == mission and student.is_present and not student.is_done
        )


def find_current_mission_step(
    progress: Mapping[str, MissionProgress], missions: Sequence[str]
) -> tuple[str, str]:
    """Return the mission that a student is working on, and the current step in this mission.

    The current mission is the last one that the student began or, if that mission is done, the next
    unfinished mission.
    """
    begun = [
        index
        for index, mission in enumerate(missions)
        if progress[mission].has_done_more_than_predict
    ]
    if not begun:
        return missions[0], "start"
    last = begun[-1]
    step = _find_step_in_mission(MISSIONS[missions[last]], progress[missions[last]])
    if step != "done":
        return missions[last], step
    unfinished = unfinished_missions(progress, missions)
    following = [mission for mission in missions[last + 1 :] if mission in unfinished] or unfinished
    if not following:
        return missions[-1], "done"
    return following[0], _find_step_in_mission(MISSIONS[following[0]], progress[following[0]])


def update_latest_activity(
    row: StudentRow,
    before: LatestStudentActivity | None,
    missions: Sequence[str],
    now: float,
    held: float = 0.0,
) -> LatestStudentActivity:
    """Return the updated record of when a student last changed step and was last active.

    Args:
        before: the previous record; None for the first.
        held: number of seconds since the previous record during which nobody could work. These
            seconds do not count as time on a step.
    """
    place = find_current_mission_step(row.progress, missions)
    activity = (
        row.progress,
        row.activity_version,
        row.work_versions,
        row.student.entry,
        [run.state for run in row.runs],
    )
    if before is None:
        return LatestStudentActivity(place, now, activity, now)
    changes: dict[str, Any] = {"step_started_at": before.step_started_at + held} if held else {}
    is_active = activity != before.activity_version
    works_elsewhere = is_active and row.progress == before.activity_version[0]
    if works_elsewhere or place != before.mission_step:
        changes |= {"mission_step": place, "step_started_at": now}
    if is_active or row.is_training:
        changes |= {"activity_version": activity, "last_active_at": now}
    return replace(before, **changes) if changes else before


def take_class_snapshot(
    classroom: Classroom,
    rows: Iterable[StudentRow],
    watches: Mapping[str, LatestStudentActivity],
    now: float,
) -> ClassSnapshot:
    """Return the state of a school class at the moment `now`.

    Args:
        rows: rows of the students who are not banned.
        watches: student id -> record from :func:`update_latest_activity` at the same moment.
    """
    rows = list(rows)
    order = {mission: index for index, mission in enumerate(classroom.missions)}
    assigned = classroom.assignments[-1].missions if classroom.assignments else ()
    students = [
        _make_student_status(row, watches[row.student.id], now, assigned, classroom) for row in rows
    ]

    def help_urgency_key(student: StudentStatus) -> tuple[object, ...]:
        need = HELP_REASONS.index(student.help_reason) if student.help_reason else len(HELP_REASONS)
        return (
            need,
            -student.help_minutes,
            student.is_done,
            order.get(student.mission, 0),
            student.nickname.casefold(),
        )

    trains = sum(run.state in ACTIVE for row in rows for run in row.runs)
    answers = sum(
        len(progress.answers) + progress.judged + (progress.prediction is not None)
        for row in rows
        for progress in map(row.progress.__getitem__, classroom.missions)
    )
    results = sum(run.result is not None for row in rows for run in row.runs)
    return ClassSnapshot(tuple(sorted(students, key=help_urgency_key)), trains, answers + results)


def _make_student_status(
    row: StudentRow,
    watch: LatestStudentActivity,
    now: float,
    assigned: Sequence[str],
    classroom: Classroom,
) -> StudentStatus:
    student = row.student
    mission, step = watch.mission_step
    here = row.is_present(now)
    need, since = _help_reason_and_start(row, watch, now) if here else (None, now)
    accuracies = (
        run.result.test_accuracy
        for run in row.runs
        if run.result
        and run.result.has_meaningful_accuracy
        and not (run.taught or has_few_test_images(run.result))
    )
    current = classroom.round
    round_kind = ""
    if (
        current is not None
        and (step == "start" or not current.revealed)
        and KINDS[current.kind].has_partly_answered(classroom, row, now)
    ):
        round_kind = current.kind

    return StudentStatus(
        id=student.id,
        nickname=student.nickname,
        is_name_public=student.offered or student.shown,
        mission=mission,
        mission_step=step,
        best_accuracy=max(accuracies, default=None),
        idle_minutes=int((now - watch.last_active_at) // 60),
        help_reason=need,
        help_minutes=int(max(0.0, now - since) // 60),
        is_present=here,
        is_done=step == "done",
        wall_network_code=wall_network_code(student, {run.id for run in row.runs}, now),
        assigned_done_count=len(assigned) - len(unfinished_missions(row.progress, assigned)),
        round_kind=round_kind,
        is_training=row.is_training,
        has_done_nothing=row.has_done_nothing,
        written_line=student.line,
        student_row=row,
    )


def _help_reason_and_start(
    row: StudentRow, watch: LatestStudentActivity, now: float
) -> tuple[HelpReason | None, float]:
    """Return why a student needs help, and since when."""
    student = row.student
    if student.hand_at is not None:
        return "hand", student.hand_at
    wrong_on_purpose = tuple(
        mission.run_group_prefix for mission in MISSIONS.values() if mission.fails_on_purpose
    )
    runs = [run for run in row.runs if not (run.group or "").startswith(wrong_on_purpose)]
    last = runs[-2:]
    same = len(last) == 2 and last[0].error is not None and last[0].error == last[1].error
    if same and last[1].created > student.helped_at:
        return "error", last[1].created
    since = max(watch.step_started_at, student.helped_at)
    if (
        now - since > LONG_ON_STEP
        and watch.mission_step[1] not in ("start", "done")
        and not row.is_training
    ):
        return "long", since
    return None, now


def _find_step_in_mission(mission: Mission, own: MissionProgress) -> str:
    if own.is_mission_done(mission):
        return "done"
    if own.step:
        return own.step
    # If no step is stored (outside a class, or by an earlier version of the app), the step is
    # derived from the student's progress.
    if not own.has_done_more_than_predict:
        return "start"
    if not own.has_predicted_all(mission):
        return "predict"
    return "question" if own.judged else "watch"
