"""Takes a snapshot of each class once a second while its teacher is present.

Teachers' boards and projectors show the snapshots. All methods are called with the engine's lock
held.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from fvapp.core.classroom import (
    AWAY_SECONDS,
    Classroom,
    ClassSnapshot,
    LatestStudentActivity,
    RoundView,
    Student,
    StudentRow,
    take_class_snapshot,
    update_latest_activity,
)
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.missions.progress import NOTE, MissionProgress, read_progress
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.runs import OpenWorkspace, TokenScope, notes

EVERY = 1.0  # seconds between snapshots of a school class


@dataclass
class _LatestClassView:
    """The latest snapshot of an open class and its round, with data for the next snapshot."""

    snapshot: ClassSnapshot = field(default_factory=ClassSnapshot)
    round_view: RoundView | None = None
    latest_activity_by_student: dict[str, LatestStudentActivity] = field(default_factory=dict)
    taken_at: float = 0.0


class ClassSnapshots:
    """Takes snapshots of school classes, and keeps the latest of each."""

    def __init__(self, register: ClassRegister) -> None:
        self._class_register = register
        self._latest_views: dict[str, _LatestClassView] = {}
        # The texts of a student's notes and the progress parsed from them, by student and scope.
        # A browser that opened a seat by a code or card has a narrower scope: it sees fewer notes.
        self._cached_progress: dict[
            tuple[str, TokenScope], tuple[list[str | None], dict[str, MissionProgress]]
        ] = {}

    def update_due_snapshots(self) -> None:
        """Take snapshots of all open classes whose teacher is present; notify pages of changes."""
        for classroom in list(self._class_register.class_rows.classes.values()):
            owner = self._class_register.workspaces.find_open_workspace(classroom.owner)
            if (
                not self._class_register.is_class_open(classroom)
                or owner is None
                or self._class_register.clock() - owner.seen_at > AWAY_SECONDS
            ):
                continue
            if self.update_class_snapshot(classroom):
                self._class_register.record_class_use(classroom)

    def latest_snapshot(self, classroom: Classroom) -> ClassSnapshot:
        """Return the latest snapshot of a class; take one if there is none yet."""
        if classroom.id not in self._latest_views:
            self.update_class_snapshot(classroom)
        return self._latest_views[classroom.id].snapshot

    def round_view(self, classroom: Classroom) -> RoundView | None:
        """Return a class's round as of the latest snapshot, or None if there is no round."""
        self.latest_snapshot(classroom)
        return self._latest_views[classroom.id].round_view

    def forget_class_snapshot(self, classroom: Classroom) -> None:
        """Drop the latest snapshot of a class that is being closed or deleted."""
        self._latest_views.pop(classroom.id, None)
        students = self._class_register.class_rows.students_by_id(classroom.id)
        self._cached_progress = {
            key: kept for key, kept in self._cached_progress.items() if key[0] not in students
        }

    def student_rows(
        self, classroom: Classroom, students: Iterable[tuple[Student, OpenWorkspace]]
    ) -> list[StudentRow]:
        """Return what a teacher may know about students: everything except their saved answers."""
        rows = (self.student_row(classroom, student, workspace) for student, workspace in students)
        return [replace(row, student=replace(row.student, answers=())) for row in rows]

    def student_row(
        self, classroom: Classroom, student: Student, workspace: OpenWorkspace
    ) -> StudentRow:
        """Return all data about a student in a class: progress, runs, notes, drawings, answers."""
        texts = [
            workspace.notes.get(name)
            for name in (NOTE, notes.name_of_note_part(NOTE, workspace.class_id))
        ]
        key = student.id, workspace.scope
        kept = self._cached_progress.get(key)
        # parse notes only after they have changed, because a class has megabytes of notes
        if kept is None or kept[0] != texts:
            kept = self._cached_progress[key] = (
                texts,
                read_progress(workspace.read_note_value(NOTE)),
            )
        runs = [run.record_without_sealed_results for run in workspace.runs.values()]
        seen = (
            self._class_register.now() - self._class_register.clock() + workspace.seen_at
            if workspace.seen_at
            else 0.0
        )
        in_class = (
            (drawing.round, drawing.seat)
            for drawing in self._class_register.class_rows.kept_drawings(classroom.id)
            if drawing.seat == student.seat
        )
        answers = range(len(student.answers))
        made = (
            *in_class,
            *workspace.examples,
            *workspace.canvas_drawings_in_class(classroom.id),
            *answers,
        )
        return StudentRow(student, kept[1], runs, tuple(workspace.notes.values()), seen, made)

    def update_class_snapshot(self, classroom: Classroom) -> bool:
        """Take a snapshot of a class; if anything has changed, notify pages and return True."""
        seen = self._latest_views.setdefault(classroom.id, _LatestClassView())
        last = seen.snapshot, seen.round_view
        now = self._class_register.now()
        before = seen.latest_activity_by_student
        rows = self.student_rows(classroom, self._class_register.seated_students(classroom))
        held = (
            now - seen.taken_at
            if classroom.round is not None or classroom.steering.eyes_up
            else 0.0
        )
        seen.latest_activity_by_student = {
            row.student.id: update_latest_activity(
                row, before.get(row.student.id), classroom.missions, now, held
            )
            for row in rows
        }
        seen.taken_at = now
        seen.snapshot = take_class_snapshot(classroom, rows, seen.latest_activity_by_student, now)
        current = classroom.round
        seen.round_view = (
            None if current is None else KINDS[current.kind].class_view(classroom, rows, now)
        )
        if (seen.snapshot, seen.round_view) == last:
            return False
        self._class_register.workspaces.change_counter.record_visible_change(classroom.owner)
        return True
