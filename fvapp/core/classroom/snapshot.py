"""Where everybody is and who needs help at one moment: what a teacher's pages are drawn from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.roster import Classroom, StudentLine, wall_network_code
from fvapp.core.classroom.student_row import AWAY_SECONDS, StudentRow
from fvapp.core.missions.mission import Mission
from fvapp.core.missions.progress import Progress
from fvapp.core.missions.table import MISSIONS
from fvapp.core.results.by_class import has_few_test_images
from fvapp.core.runs import ACTIVE

Step = Literal["start", "predict", "try", "question", "done"]
"""Where a student is in a mission: not begun, not all predicted, no verdict yet, a verdict but an
unanswered question, all done.
"""

HelpReason = Literal["hand", "error", "long"]
"""Why a student needs help: a raised hand, the same error twice, or too long on one step."""

HELP_REASONS: tuple[HelpReason, ...] = get_args(HelpReason)

LONG_ON_STEP = 180.0  # seconds on one step after which a student may be stuck


@dataclass(frozen=True)
class StepWatch:
    """Since when a student has been at a step or idle; a single moment cannot tell."""

    place: tuple[str, Step]
    since: float
    activity: object
    active_at: float


@dataclass(frozen=True)
class StudentNow:
    """A student at one moment.

    Attributes:
        shown: whether the projector may show the nickname.
        mission, step: where the student is; the last mission once all are done.
        best: the best test accuracy, leaving out runs with few test images; None if there is none.
        idle: whole minutes since the student last did something or had a network waiting or
            training.
        need: why the student needs help, or None.
        minutes: for how many whole minutes help has been needed.
        here: whether the student has a page open.
        done: whether the student has done all missions of the class.
        network: file code of the network that the student shows on the wall.
        assigned: how many missions of the class's latest assignment are done.
        busy: whether the student is training, or taking part in the class's round.
        did_nothing: whether the student has done nothing at all since joining.
        line: what the student's network wrote for the projector, None for none.
        row: the student's complete row, for whatever else a page shows.
    """

    id: str
    nickname: str
    shown: bool
    mission: str
    step: Step
    best: float | None
    idle: int
    need: HelpReason | None
    minutes: int
    here: bool
    done: bool
    network: str = ""
    assigned: int = 0
    busy: bool = False
    did_nothing: bool = False
    line: StudentLine | None = None
    row: StudentRow | None = field(default=None, compare=False, repr=False)

    @property
    def not_started(self) -> bool:
        return self.here and not self.need and not self.busy and self.step == "start"


@dataclass(frozen=True)
class Snapshot:
    """A class at one moment; equal snapshots look the same.

    Attributes:
        students: first those who need help most, then those who are furthest behind.
        trains: how many runs of the class are waiting or training.
        answers: number of predictions, verdicts, answers and finished runs, so that a new one
            changes the snapshot.
    """

    students: tuple[StudentNow, ...] = ()
    trains: int = 0
    answers: int = 0

    @property
    def here(self) -> int:
        return sum(student.here for student in self.students)

    @property
    def in_need(self) -> tuple[StudentNow, ...]:
        return tuple(student for student in self.students if student.need)

    @property
    def done(self) -> int:
        return sum(student.done for student in self.students)

    @property
    def not_started(self) -> int:
        return sum(student.not_started for student in self.students)

    @property
    def at_work(self) -> int:
        return (
            self.here
            - self.not_started
            - sum(s.here and (s.done or bool(s.need)) for s in self.students)
        )

    def at(self, mission: str) -> tuple[StudentNow, ...]:
        """Return the students who are at a mission."""
        return tuple(
            student for student in self.students if student.mission == mission and not student.done
        )


def find_mission_step(
    progress: Mapping[str, Progress], missions: Sequence[str]
) -> tuple[str, Step]:
    """Return where a student is: at the last mission begun or, once that is done, at the next."""
    begun = [index for index, mission in enumerate(missions) if progress[mission].begun]
    if not begun:
        return missions[0], "start"
    last = begun[-1]
    step = _step_in_mission(MISSIONS[missions[last]], progress[missions[last]])
    if step != "done":
        return missions[last], step
    unfinished = [m for m in missions if _step_in_mission(MISSIONS[m], progress[m]) != "done"]
    following = [mission for mission in missions[last + 1 :] if mission in unfinished] or unfinished
    if not following:
        return missions[-1], "done"
    return following[0], _step_in_mission(MISSIONS[following[0]], progress[following[0]])


def update_step_watch(
    row: StudentRow,
    before: StepWatch | None,
    missions: Sequence[str],
    now: float,
    held: float = 0.0,
) -> StepWatch:
    """Return the watch on a student at `now`, given the previous watch.

    Args:
        before: the previous watch; None for the first.
        held: seconds since the previous watch in which nobody could work; they do not count as time
            on a step.
    """
    place = find_mission_step(row.progress, missions)
    activity = (row.notes, row.made, row.student.entry, [run.state for run in row.runs])
    if before is None:
        return StepWatch(place, now, activity, now)
    changes: dict[str, Any] = {"since": before.since + held} if held else {}
    if place != before.place:
        changes |= {"place": place, "since": now}
    if activity != before.activity or row.trains:
        changes |= {"activity": activity, "active_at": now}
    return replace(before, **changes) if changes else before


def take_snapshot(
    classroom: Classroom,
    rows: Iterable[StudentRow],
    watches: Mapping[str, StepWatch],
    now: float,
) -> Snapshot:
    """Return the class at the moment `now`.

    Args:
        rows: rows of the students who are not banned.
        watches: student id -> watch, from :func:`update_step_watch` at the same moment.
    """
    rows = list(rows)
    order = {mission: index for index, mission in enumerate(classroom.missions)}
    assigned = classroom.assignments[-1].missions if classroom.assignments else ()
    students = [
        _make_student_now(
            row,
            watches[row.student.id],
            now,
            assigned,
            classroom,
        )
        for row in rows
    ]

    def behind(student: StudentNow) -> tuple[object, ...]:
        need = HELP_REASONS.index(student.need) if student.need else len(HELP_REASONS)
        return (
            need,
            -student.minutes,
            student.done,
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
    return Snapshot(tuple(sorted(students, key=behind)), trains, answers + results)


def _make_student_now(
    row: StudentRow,
    watch: StepWatch,
    now: float,
    assigned: Sequence[str],
    classroom: Classroom,
) -> StudentNow:
    student = row.student
    mission, step = watch.place
    here = now - row.seen <= AWAY_SECONDS
    need, since = _help_needed(row, watch, now) if here else (None, now)
    accuracies = (
        run.result.test_accuracy
        for run in row.runs
        if run.result
        and run.result.has_meaningful_accuracy
        and not (run.taught or tells_little(run.result))
    )
    current = classroom.round
    takes_part = current is not None and KINDS[current.kind].takes_part(classroom, row)

    return StudentNow(
        id=student.id,
        nickname=student.nickname,
        shown=student.offered or student.shown,
        mission=mission,
        step=step,
        best=max(accuracies, default=None),
        idle=int((now - watch.active_at) // 60),
        need=need,
        minutes=int(max(0.0, now - since) // 60),
        here=here,
        done=step == "done",
        network=wall_network_code(student, {run.id for run in row.runs}, now),
        assigned=sum(row.progress[mission].done(MISSIONS[mission]) for mission in assigned),
        busy=row.trains or takes_part,
        did_nothing=row.idle,
        line=student.line,
        row=row,
    )


def _help_needed(row: StudentRow, watch: StepWatch, now: float) -> tuple[HelpReason | None, float]:
    """Return why a student needs help, and since when."""
    student = row.student
    if student.hand_at is not None:
        return "hand", student.hand_at
    wrong_on_purpose = tuple(mission.group for mission in MISSIONS.values() if mission.fails)
    runs = [run for run in row.runs if not (run.group or "").startswith(wrong_on_purpose)]
    last = runs[-2:]
    same = len(last) == 2 and last[0].error is not None and last[0].error == last[1].error
    if same and last[1].created > student.helped_at:
        return "error", last[1].created
    since = max(watch.since, student.helped_at)
    if now - since > LONG_ON_STEP and watch.place[1] not in ("start", "done") and not row.trains:
        return "long", since
    return None, now


def _step_in_mission(mission: Mission, own: Progress) -> Step:
    if not own.begun:
        return "start"
    if not own.predicted_all(mission):
        return "predict"
    if not own.judged:
        return "try"
    return "done" if own.done(mission) else "question"
