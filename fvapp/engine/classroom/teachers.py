"""Teachers' commands: open, close and delete school classes, steer screens, watch students."""

import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from hmac import compare_digest
from typing import Any

from fvapp.core.classroom import (
    AWAY_SECONDS,
    Classroom,
    ClassSnapshot,
    SentNetworkText,
    Student,
    StudentRow,
    roster,
)
from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE, FINISHED
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.rounds import RoundCommands
from fvapp.engine.classroom.teachers_code import TeachersAddress
from fvapp.engine.classroom.watching import EVERY, ClassSnapshots
from fvapp.engine.runs import OpenWorkspace, tokens
from fvapp.engine.store.calendar import DAY

NOTE = "teacher"  # name of the note that marks workspaces with teacher privileges
_MINUTE = 60.0  # seconds between checks of the system clock


class TeacherCommands:
    """Teachers' commands on school classes.

    A command on one class or student may raise an `EngineError`: ``unknown_class``: the class is
    deleted or another teacher's, or is closed although the command needs an open class;
    ``unknown_student``: there is no such student, or the student is banned.

    Args:
        key: the key whose hash gives a workspace teacher privileges; see `teachers_right_key`.

    Attributes:
        max_students: the largest number of students in a class.
    """

    def __init__(
        self, register: ClassRegister, snapshots: ClassSnapshots, rounds: RoundCommands, key: str
    ) -> None:
        self._teachers_right_hash = tokens.hash_secret(key)
        self.max_students = register.limits.class_members
        self._teachers_address = TeachersAddress()
        self._class_register = register
        self._snapshots = snapshots
        self._rounds = rounds
        self._next_update_at = self._next_clock_check_at = float("-inf")
        # workspaces in which the teacher's password was typed since the server started
        self._workspaces_with_password: set[str] = set()

    def open_classes_of_teacher(self, token: str) -> list[Classroom]:
        """Return this teacher's open classes, the most recently used first."""
        register = self._class_register
        with register.locked_workspace(token) as workspace:
            teacher = workspace.teacher_id
            return (
                register.open_classes_of_workspace(teacher) if register.class_rows.classes else []
            )

    def classes_of_teacher(self, token: str) -> tuple[tuple[Classroom, int], ...]:
        """Return this teacher's classes and their student counts, the most recently used first."""
        register = self._class_register
        with register.locked_workspace(token) as workspace:
            teacher = workspace.teacher_id
            hidden = register.hidden_classes
            return tuple(
                row
                for row in register.all_classes()
                if row[0].owner == teacher and row[0].id not in hidden
            )

    def all_classes(self, token: str) -> tuple[tuple[Classroom, int], ...] | None:
        """Return all teachers' classes and their student counts, the most recently used first.

        The result is None for a workspace without teacher privileges.
        """
        with self._class_register.lock:
            return (
                self._class_register.all_classes()
                if self._has_teachers_right(self._class_register.workspaces.open_workspace(token))
                else None
            )

    def claim_teachers_right(self, token: str, code: str) -> None:
        """Give a workspace teacher privileges if `code` is the code in the private teacher link.

        The workspace's classes no longer count towards the server's limit, and are never deleted to
        make room for others. The workspace can see and delete everybody's classes. The code has 80
        random bits, which nobody can guess. So wrong codes are not counted, and cannot lock out the
        teacher. If the code has expired, a new link is made and shown.

        Raises:
            EngineError: ``teachers_code_unknown``: the code has expired or never existed, and the
                workspace has no teacher privileges yet; ``seat_only``: a code or card gave this
                browser access only to a student's work in a class.
        """
        register = self._class_register
        try:
            with register.edit_workspace(token) as workspace:
                right = self._teachers_address.accepts_code(code, register.clock())
                if not (right or self._has_teachers_right(workspace)):
                    raise EngineError("teachers_code_unknown")
                if workspace.scope.only_class_id:
                    raise EngineError("seat_only")
                register.workspaces.update_stored_note(
                    workspace, NOTE, lambda _: self._teachers_right_hash
                )
                self._allow_seat_codes(workspace)
        finally:
            self._teachers_address.show_address_once()

    def renew_teachers_address(self, token: str) -> str:
        """Replace the private teacher link, for use on another device; return the new link's path.

        Raises:
            EngineError: ``teachers_right_missing``: the workspace has no teacher privileges.
        """
        with self._class_register.locked_workspace(token) as workspace:
            if not self._has_teachers_right(workspace):
                raise EngineError("teachers_right_missing")
            self._teachers_address.renew_address()
            path = self._teachers_address.address_path
        self._teachers_address.show_address_once()
        return path

    def is_teachers_address_unused(self, token: str, path: str) -> bool:
        """Return whether `path` is the latest private teacher link and has not been used yet.

        The result is False for a workspace without teacher privileges.
        """
        with self._class_register.locked_workspace(token) as workspace:
            right = self._has_teachers_right(workspace)
            return (
                right
                and self._teachers_address.is_address_unused
                and path == self._teachers_address.address_path
            )

    def show_teachers_addresses(self, show: Callable[[str], None]) -> None:
        """Call `show` with the private teacher link's path, now and after each renewal."""
        self._teachers_address.set_address_listener(show)

    def try_teachers_password(self, token: str, right: bool, address: str = "") -> bool:
        """Return `right`: whether a typed teacher password is correct.

        A correct password allows seat codes in the workspace's classes; a wrong password counts as
        a wrong guess.

        Raises:
            EngineError: ``limit_guesses``, ``limit_guesses_all``: there were too many wrong
                guesses. The error is raised even if the password is correct.
        """
        with self._class_register.edit_workspace(token) as workspace:
            if self._class_register.count_guess_if_wrong(workspace, right, address):
                self._workspaces_with_password.add(workspace.id)
                self._allow_seat_codes(workspace)
            return right

    def open_class(
        self, token: str, name: str, language: str, missions: Collection[str]
    ) -> Classroom:
        """Open a new class that is taught from this workspace.

        Raises:
            EngineError: ``limit_open_classes``: the workspace teaches too many open classes;
                ``class_joined``: the workspace has a seat in a class; ``limit_classes``: the server
                keeps too many classes; or the name (`check_class_name`) or the missions
                (`keep_known_missions`) are invalid.
        """
        with self._class_register.atomic_changes():
            register = self._class_register
            workspace = register.workspaces.open_workspace(token)
            now = register.trusted_clock.timestamp()
            name = roster.check_class_name(name)
            missions = roster.keep_known_missions(missions)
            register.check_not_seated(workspace, register.limits.open_classes, "limit_open_classes")
            if not self._has_teachers_right(workspace):
                self._delete_idle_class()
            register.workspaces.store_workspace(workspace)
            codes = (
                self._has_teachers_right(workspace)
                or workspace.id in self._workspaces_with_password
            )
            made = Classroom(
                secrets.token_hex(8),
                workspace.id,
                name,
                language,
                missions,
                codes=codes,
                created=now,
            )
            return register.update_class_fields(
                made, code=self._new_class_code(), key=tokens.new_link_key()
            )

    def reopen_class(self, token: str, classroom: str) -> Classroom:
        """Reopen a closed class, with its students and a new code; an open class is not changed.

        Raises:
            EngineError: ``limit_open_classes``: the workspace teaches too many open classes;
                ``class_joined``: the workspace has a seat in a class.
        """
        with self._class_register.atomic_changes():
            register = self._class_register
            found = register.find_own_class(token, classroom)
            if register.is_class_open(found):
                return found
            register.check_not_seated(
                register.workspaces.open_workspace(token),
                register.limits.open_classes,
                "limit_open_classes",
            )
            opened = replace(
                found, code=self._new_class_code(), key=tokens.new_link_key(), door=True
            )
            register.class_rows.store_class(opened)
            register.seat_students(opened)
            return register.update_class_fields(opened)

    def close_class(self, token: str, classroom: str) -> None:
        """Close a class: revoke its code and end its round, but keep its students and results.

        A sentence that covers the screens is removed; the teacher's other controls are kept.
        """
        with self._class_register.edit_class(token, classroom) as room:
            self._snapshots.forget_class_snapshot(room)
            self._class_register.unseat_students(room)
            for student in self._class_register.class_rows.unbanned_students(room.id):
                if student.line:
                    self._class_register.class_rows.replace_student_fields(
                        room.id, student, line=None
                    )
            self._class_register.update_class_fields(
                self._rounds.clear_round(room),
                code="",
                key="",
                steering=replace(room.steering, eyes_up=""),
            )

    def delete_class(self, token: str, classroom: str) -> None:
        """Delete a class and its students.

        Deleting another teacher's class requires teacher privileges.
        """
        register = self._class_register
        with register.atomic_changes():
            found = register.class_rows.classes.get(classroom)
            if not (found and self._has_teachers_right(register.workspaces.open_workspace(token))):
                found = register.find_own_class(token, classroom)
            self._delete_class(found)

    def steer_screens(
        self, token: str, classroom: str, closable: Collection[str], **changes: Any
    ) -> Classroom:
        """Change the teacher's controls over all screens of the class; return the changed class.

        Args:
            closable: names of the pages that the teacher can close.
            changes: fields of `TeacherControls` with their new values.
        """
        with self._class_register.edit_class(token, classroom) as room:
            steering = roster.clean_teacher_controls(replace(room.steering, **changes), closable)
            return self._class_register.update_class_fields(room, steering=steering)

    def allow_joining(self, token: str, classroom: str, door: bool) -> Classroom:
        """Set whether new students can join the class."""
        with self._class_register.edit_class(token, classroom) as room:
            return self._class_register.update_class_fields(room, door=bool(door))

    def show_mission_results(
        self, token: str, classroom: str, mission: str, shown: bool
    ) -> Classroom:
        """Set whether the projector shows the class's results of a mission."""
        with self._class_register.edit_class(token, classroom) as room:
            others = [shown_mission for shown_mission in room.revealed if shown_mission != mission]
            added = [mission] if shown and mission in room.missions else []
            return self._class_register.update_class_fields(room, revealed=(*others, *added))

    def stop_all_runs(self, token: str, classroom: str) -> int:
        """Stop all waiting and training runs of the class; return the number of these runs."""
        with self._class_register.edit_class(token, classroom) as room:
            runs = [
                run
                for _, workspace in self._class_register.seated_students(room)
                for run in workspace.runs.values()
            ]
            active = [run for run in runs if run.life_phase in ACTIVE]
            for run in active:
                self._class_register.lifecycle.stop_run(run)
            return len(active)

    def rename_student(self, token: str, classroom: str, student: str, nickname: str) -> None:
        """Change a student's nickname, and let the projector show the new nickname."""
        with self._class_register.edit_class(token, classroom) as room:
            found = self._class_register.find_student(room, student)
            others = (
                other.nickname
                for other in self._class_register.class_rows.all_students(room.id)
                if other != found
            )
            name = roster.check_nickname(nickname, others)
            self._change_student(
                token, classroom, student, nickname=name, offered=False, shown=True
            )

    def show_nickname_on_projector(self, token: str, classroom: str, student: str) -> None:
        """Let the projector show a nickname that the student made up."""
        self._change_student(token, classroom, student, shown=True)

    def show_or_delete_student_line(
        self, token: str, classroom: str, student: str, line: SentNetworkText, shown: bool
    ) -> None:
        """Let the projector show a line of text that a student has sent, or delete the line.

        Nothing happens if the student has sent a newer line since.
        """
        with self._class_register.edit_class(token, classroom) as room:
            found = self._class_register.find_student(room, student)
            if found.line == line:
                kept = replace(line, shown=True) if shown else None
                self._class_register.class_rows.replace_student_fields(room.id, found, line=kept)
                self._snapshots.update_class_snapshot(room)

    def record_student_helped(self, token: str, classroom: str, student: str) -> None:
        """Record that a student was helped: lower their hand, and hide earlier signs of trouble."""
        self._change_student(
            token, classroom, student, hand_at=None, helped_at=self._class_register.now()
        )

    def remove_student(self, token: str, classroom: str, student: str, ban: bool = False) -> None:
        """Remove a student, their nickname and their answers; they may rejoin unless banned."""
        with self._class_register.edit_class(token, classroom) as room:
            found = self._class_register.find_student(room, student)
            self._class_register.remove_student(room, found)
            if ban:
                self._class_register.class_rows.store_student(
                    room.id, Student(found.id, found.workspace, "", banned=True, noted_from=0.0)
                )
            self._snapshots.update_class_snapshot(room)

    def remove_idle_students(self, token: str, classroom: str, students: Collection[str]) -> int:
        """Remove any of the given students who have done nothing; return how many were removed.

        Args:
            students: ids of the students.
        """
        with self._class_register.edit_class(token, classroom) as room:
            rows = self._snapshots.student_rows(room, self._class_register.seated_students(room))
            idle = [
                row.student for row in rows if row.has_done_nothing and row.student.id in students
            ]
            for student in idle:
                self._class_register.remove_student(room, student)
            self._snapshots.update_class_snapshot(room)
            return len(idle)

    def class_snapshot(self, token: str, classroom: str) -> ClassSnapshot:
        """Return a snapshot of an open class of this teacher, at most a second old."""
        with self._class_register.lock:
            return self._snapshots.latest_snapshot(
                self._class_register.find_own_open_class(token, classroom)
            )

    def student_rows(self, token: str, classroom: str) -> list[StudentRow]:
        """Return what a teacher may know about the students of their class, even a closed class."""
        with self._class_register.lock:
            room = self._class_register.find_own_class(token, classroom)
            return self._snapshots.student_rows(
                room, self._class_register.workspaces_of_class(room)
            )

    def clock_error(self, token: str) -> EngineError | None:
        """Return an error if the clock seems wrong: it jumped by days, or makes classes look old.

        The result is None if the clock seems to be correct.
        """
        register = self._class_register
        with register.locked_workspace(token) as workspace:
            teacher = workspace.teacher_id
            calendar = register.trusted_clock
            hidden = [
                hidden
                for hidden in register.hidden_classes
                if register.class_rows.classes[hidden].owner == teacher
            ]
            if hidden:
                date = time.strftime("%Y-%m-%d", time.localtime(calendar.now()))
                return EngineError("classes_hidden", n=len(hidden), date=date)
            days = round(abs(calendar.jump_seconds) / DAY)
            return EngineError("clock_set", days=days) if days else None

    def update_classes(self) -> None:
        """Update rounds and snapshots once a second, and delete classes unused for too long.

        Called with the engine's lock held.
        """
        register = self._class_register
        now = self._class_register.clock()
        if now < self._next_update_at:
            return
        self._next_update_at = now + EVERY
        self._rounds.update_rounds()
        self._snapshots.update_due_snapshots()
        if now >= self._next_clock_check_at:
            self._next_clock_check_at = now + _MINUTE
            register.correct_last_use_times()
            for classroom in register.hide_old_classes():
                self._delete_class(classroom)

    def _new_class_code(self) -> str:
        used = {classroom.code for classroom in self._class_register.class_rows.classes.values()}
        while (
            code := "".join(secrets.choice(roster.CODE_LETTERS) for _ in range(roster.CODE_LENGTH))
        ) in used:
            pass
        return code

    def _delete_idle_class(self) -> None:
        """Delete one class if workspaces without teacher privileges have opened too many classes.

        Only a class in which no student has finished a run may be deleted. Among such classes, the
        class with the fewest students present is deleted. If several classes have equally few, a
        class whose teacher has finished no run is chosen, and then the class used longest ago.

        Raises:
            EngineError: ``limit_classes``: none of these classes may be deleted.
        """
        register = self._class_register
        most = self._class_register.limits.classes
        here_since = self._class_register.clock() - AWAY_SECONDS
        others = [
            classroom
            for classroom in register.class_rows.classes.values()
            if not self._has_teachers_right(register.find_workspace(classroom.owner))
        ]
        if len(others) < most:
            return
        done = register.journal.store.workspaces_with_run_states(FINISHED)

        def deletion_rank(classroom: Classroom) -> tuple[int, bool, float]:
            here = sum(
                workspace.seen_at >= here_since
                for _, workspace in register.workspaces_of_class(classroom)
            )
            return here, classroom.owner in done, classroom.used

        students = {
            classroom.id: {
                student.workspace for student in register.class_rows.all_students(classroom.id)
            }
            for classroom in others
        }
        idle = [classroom for classroom in others if done.isdisjoint(students[classroom.id])]
        if not idle:
            raise EngineError("limit_classes", most=most)
        self._delete_class(min(idle, key=deletion_rank))

    def _delete_class(self, classroom: Classroom) -> None:
        self._snapshots.forget_class_snapshot(classroom)
        self._class_register.delete_class(classroom)

    def _has_teachers_right(self, workspace: OpenWorkspace | None) -> bool:
        """Return whether a workspace has a note that records its teacher privileges."""
        kept = workspace and workspace.read_note_value(NOTE)
        return isinstance(kept, str) and compare_digest(
            kept.encode(), self._teachers_right_hash.encode()
        )

    def _allow_seat_codes(self, workspace: OpenWorkspace) -> None:
        """Allow seat codes and cards in a teacher's classes; cards made earlier work again."""
        for classroom in list(self._class_register.class_rows.classes.values()):
            if classroom.owner == workspace.id and not classroom.codes:
                self._class_register.update_class_fields(classroom, codes=True)

    def _change_student(self, token: str, classroom: str, student: str, **changes: Any) -> None:
        """Change fields of a student, and update the teacher's view at once."""
        with self._class_register.edit_class(token, classroom) as room:
            self._class_register.store_student(
                room, replace(self._class_register.find_student(room, student), **changes)
            )
            self._snapshots.update_class_snapshot(room)
