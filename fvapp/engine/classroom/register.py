"""Finds and changes school classes and their students, and notifies the pages that show them.

All methods are called with the engine's lock held.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fvapp.core.classroom import Classroom, Student, unused_school_classes
from fvapp.core.classroom import rounds as rules
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.errors import EngineError
from fvapp.core.examples import Example, make_example_id
from fvapp.engine.api import CLOSED, ENDED
from fvapp.engine.classroom.rows import ClassRows
from fvapp.engine.runs import GuessLimits, OpenWorkspace, SharedEngineState, TokenScope
from fvapp.engine.store.calendar import HOUR

KEPT_DAYS = 30
"""Number of days without use after which a school class is deleted."""


class ClassRegister:
    """School classes and their students, for the commands of both teachers and students.

    Attributes:
        lifecycle: changes the states of students' runs: queued, running, paused and so on.
        class_rows: classes, students, and the drawings that classes have kept.
        hidden_classes: ids of classes that appear unused for too long, according to a clock that
            may be wrong. Commands do not find these classes.

    Args:
        delete_examples_of_workspace: deletes examples of a workspace.
    """

    def __init__(
        self,
        engine_state: SharedEngineState,
        rows: ClassRows,
        delete_examples_of_workspace: Callable[[OpenWorkspace, Sequence[Example]], None],
    ) -> None:
        self.workspaces = engine_state.workspaces
        self.lock = engine_state.lock
        self.locked_workspace = engine_state.locked_workspace
        self.atomic_changes = engine_state.atomic_changes
        self.edit_workspace = engine_state.edit_workspace
        self.clock = engine_state.clock
        self.limits = engine_state.limits
        self.journal = engine_state.journal
        self._guess_limits = GuessLimits(engine_state.limits)
        self.trusted_clock = engine_state.journal.trusted_clock
        self._clock_offset = engine_state.wall_clock() - engine_state.clock()
        self.lifecycle = engine_state.lifecycle
        self._delete_examples_of_workspace = delete_examples_of_workspace
        self.class_rows = rows
        self._seats_by_workspace = engine_state.workspaces.seats_by_workspace
        self.workspaces.legacy_seats_by_workspace |= rows.legacy_seats_by_workspace()
        # When each class was last used, by a clock that nobody can set
        self._last_used_at: dict[str, float] = {}
        self.hidden_classes: set[str] = set()
        self.workspaces.check_seats_open = self.check_seats_open
        self._update_hunt_seals()
        self.correct_last_use_times()
        self.hide_old_classes()
        self.seat_students(*self.class_rows.classes.values())

    # Methods that depend on the clock

    def now(self) -> float:
        """Return the seconds since 1970, by a clock that ignores changes to the system clock."""
        return self._clock_offset + self.clock()

    def hide_old_classes(self) -> list[Classroom]:
        """Hide classes that seem to have been unused for too long; return the classes to delete."""
        classes = self.class_rows.classes
        old = {
            classroom.id
            for classroom in unused_school_classes(classes, self.trusted_clock.now(), KEPT_DAYS)
        }
        changed = old ^ self.hidden_classes
        self.hidden_classes = old
        for classroom in (
            classes[classroom_id] for classroom_id in changed if classroom_id in classes
        ):
            (self.unseat_students if classroom.id in old else self.seat_students)(classroom)
            self._notify_class(classroom)
        return unused_school_classes(classes, self.trusted_clock.believed_time, KEPT_DAYS)

    def correct_last_use_times(self) -> None:
        """Correct the times when classes were last used, if the system clock was set.

        A last use in the future was recorded by a wrong clock, and is changed to the current time.
        """
        calendar = self.trusted_clock
        was_set = calendar.check_if_clock_was_set()
        now = calendar.now()
        steady = calendar.steady_clock()
        for classroom in list(self.class_rows.classes.values()):
            if was_set and classroom.id in self._last_used_at:
                self.class_rows.store_class(
                    replace(classroom, used=now - (steady - self._last_used_at[classroom.id]))
                )
            elif calendar.is_plausible and classroom.used > now:
                self.class_rows.store_class(replace(classroom, used=now))
        if was_set:
            self.workspaces.change_counter.record_visible_change(None)

    # Methods that look up classes and students

    def open_classes_of_workspace(self, workspace: str) -> list[Classroom]:
        """Return the open classes of a teacher's workspace, the most recently used first."""
        own = (
            classroom
            for classroom in self.class_rows.classes.values()
            if classroom.owner == workspace and self.is_class_open(classroom)
        )
        return sorted(own, key=lambda classroom: -classroom.used)

    def all_classes(self) -> tuple[tuple[Classroom, int], ...]:
        """Return each class with its number of students, the most recently used class first."""
        found = sorted(self.class_rows.classes.values(), key=lambda classroom: -classroom.used)
        return tuple(
            (classroom, len(self.class_rows.unbanned_students(classroom.id))) for classroom in found
        )

    def is_class_open(self, classroom: Classroom) -> bool:
        return classroom.is_open_to_students and classroom.id not in self.hidden_classes

    def are_seats_open(self, classroom: Classroom) -> bool:
        """Return whether students can return to their seats in a class by code or card now."""
        day = time.strftime("%Y-%m-%d", time.localtime(self.trusted_clock.now()))
        return classroom.codes and (
            self.is_class_open(classroom) or classroom.has_assignment_due(day)
        )

    def check_seats_open(self, classroom: str) -> None:
        """Check that students can return to their seats in a class by code or card now.

        Raises:
            EngineError: ``seat_ended``: the class is gone or cannot be read; ``card_sleeps``: the
                class's owner has not been verified as a teacher yet; ``seat_closed``: the class
                is closed or hidden, and no assignment is due.
        """
        found = self.class_rows.classes.get(classroom)
        if found is None:
            raise EngineError(ENDED)
        if not self.are_seats_open(found):
            raise EngineError(CLOSED if found.codes else "card_sleeps", name=found.name)

    def find_seat(self, workspace: OpenWorkspace) -> tuple[Classroom, Student] | None:
        """Return the open class in which a workspace has a seat, and the seat's student, or None.

        The call counts as a use of the class.
        """
        classroom, student = self._seats_by_workspace.get(workspace.id, ("", ""))
        if not classroom or not workspace.scope.includes_class(classroom):
            return None
        return self.record_class_use(
            self.class_rows.classes[classroom]
        ), self.class_rows.students_by_id(classroom)[student]

    def find_own_open_class(self, token: str, classroom: str) -> Classroom:
        """Return a teacher's open class by its id.

        Raises:
            EngineError: ``unknown_class``: the class is closed, deleted, or another teacher's.
        """
        found = self.find_own_class(token, classroom)
        if not self.is_class_open(found):
            raise EngineError("unknown_class")
        return found

    def find_own_class(self, token: str, classroom: str) -> Classroom:
        """Return a teacher's class by its id, open or closed.

        Raises:
            EngineError: ``unknown_class``: the class is deleted, or another teacher's.
        """
        workspace = self.workspaces.open_workspace(token)
        found = self.class_rows.classes.get(classroom)
        if found is None or found.owner != workspace.teacher_id:
            raise EngineError("unknown_class")
        return found

    @contextmanager
    def edit_class(self, token: str, classroom: str) -> Iterator[Classroom]:
        """Yield a teacher's open class; when the context ends, store all changes.

        Raises:
            EngineError: ``unknown_class``: the class is closed, deleted, or another teacher's.
        """
        with self.atomic_changes():
            yield self.find_own_open_class(token, classroom)

    @contextmanager
    def edit_seat(self, token: str) -> Iterator[tuple[Classroom, Student]]:
        """Yield a visitor's class and student record; when the context ends, store changes.

        Raises:
            EngineError: ``not_in_class``: the visitor has no seat in an open class.
        """
        with self.edit_workspace(token) as workspace:
            found = self.find_seat(workspace)
            if found is None:
                raise EngineError("not_in_class")
            yield found

    def find_student(self, classroom: Classroom, student: str) -> Student:
        """Return the student of a class who has the id `student`.

        Raises:
            EngineError: ``unknown_student``: there is no such student, or the student is banned.
        """
        found = self.class_rows.students_by_id(classroom.id).get(student)
        if found is None or found.banned:
            raise EngineError("unknown_student")
        return found

    def check_not_seated(self, workspace: OpenWorkspace, most: int, code: str) -> None:
        """Check that a workspace is in no class, and teaches fewer than `most` open classes.

        Args:
            code: code of the error to raise if the workspace teaches too many classes.

        Raises:
            EngineError: ``class_joined``: the workspace has a seat; ``seat_elsewhere``: the
                workspace has a seat that another browser has taken over; ``seat_only``: a code or
                card gave this browser access only to work in a class; or `code`.
        """
        if workspace.scope.only_class_id:
            raise EngineError("seat_only")
        if workspace.id in self._seats_by_workspace:
            raise EngineError("class_joined" if self.find_seat(workspace) else "seat_elsewhere")
        if len(self.open_classes_of_workspace(workspace.id)) >= most:
            raise EngineError(code, most=most)

    def count_guess_if_wrong(self, workspace: OpenWorkspace, right: bool, address: str) -> bool:
        """Return `right` (whether a typed code or password is correct), and count a wrong guess.

        Raises:
            EngineError: as `GuessLimits.check_guess_limit`: there were too many wrong guesses.
        """
        now = self.clock()
        self._guess_limits.check_guess_limit(workspace.id, workspace.is_newcomer, address, now)
        if not right:
            self._guess_limits.count_wrong_guess(workspace.id, address, now)
        return right

    def workspaces_of_class(self, classroom: Classroom) -> list[tuple[Student, OpenWorkspace]]:
        """Return a class's students and their work there; omit students with unreadable work."""
        scope = TokenScope(classroom.id)
        found = [
            (student, self.find_workspace(student.workspace))
            for student in self.class_rows.unbanned_students(classroom.id)
        ]
        return [
            (student, workspace.part_for_scope(scope))
            for student, workspace in found
            if workspace is not None
        ]

    def seated_students(self, classroom: Classroom) -> list[tuple[Student, OpenWorkspace]]:
        """Return the students who have a seat in a class now, and their work in the class.

        A student of a closed class may have joined another class, where they now have their seat.
        """
        found = self.workspaces_of_class(classroom)
        return [row for row in found if self.is_seated(classroom, row[0])]

    def is_seated(self, classroom: Classroom, student: Student) -> bool:
        """Return whether a student sits in this class now, and not in another class."""
        return self._seats_by_workspace.get(student.workspace) == (classroom.id, student.id)

    def find_workspace(self, workspace: str) -> OpenWorkspace | None:
        """Return a workspace, or None if it cannot be read."""
        try:
            return self.workspaces.find_or_load_workspace(workspace)
        except EngineError:
            return None

    # Methods that change classes and students

    def update_class_fields(self, classroom: Classroom, **changes: Any) -> Classroom:
        """Change fields of a class, and redraw the pages of its teacher and students."""
        changed = self._store_class_use(replace(classroom, **changes))
        self._update_hunt_seals()
        self._notify_class(changed)
        return changed

    def store_student(self, classroom: Classroom, student: Student) -> None:
        self.class_rows.store_student(classroom.id, student)
        self.notify_student(student)

    def seat_student(self, classroom: Classroom, student: Student) -> None:
        """Store a student of a class, and give the student their seat in this class."""
        self.workspaces.legacy_seats_by_workspace.get(student.workspace, {}).pop(classroom.id, None)
        self._seats_by_workspace[student.workspace] = classroom.id, student.id
        self.store_student(classroom, student)

    def seat_students(self, *classes: Classroom) -> None:
        """Give each student without a seat their seat in the open class that they joined last.

        Students who teach an open class themselves get no seat.
        """
        holds = {
            classroom.owner
            for classroom in self.class_rows.classes.values()
            if self.is_class_open(classroom)
        }
        opened = [classroom.id for classroom in filter(self.is_class_open, classes)]
        rows = [
            (classroom, student)
            for classroom in opened
            for student in self.class_rows.all_students(classroom)
        ]
        for classroom, student in sorted(rows, key=lambda row: -row[1].joined):
            if not student.banned and student.workspace not in holds:
                self._seats_by_workspace.setdefault(student.workspace, (classroom, student.id))

    def unseat_students(self, classroom: Classroom) -> None:
        for workspace in [
            seated for seated, seat in self._seats_by_workspace.items() if seat[0] == classroom.id
        ]:
            del self._seats_by_workspace[workspace]

    def delete_student_with_data(self, classroom: Classroom, student: Student) -> None:
        """Delete a student and all their data in a class, even drawings that the teacher kept."""
        self.delete_wall_example(classroom, student)
        self.delete_student_drawings(classroom, student)
        if self.is_seated(classroom, student):
            del self._seats_by_workspace[student.workspace]
        self.revoke_seat_access(classroom, student)
        if (workspace := self.find_workspace(student.workspace)) is not None:
            self.workspaces.delete_class_notes(workspace, classroom.id)
        self.class_rows.delete_student(classroom.id, student.id)
        self.notify_student(student)

    def revoke_seat_access(self, classroom: Classroom, student: Student, card: str = "") -> None:
        """Revoke a seat's code and card, and the access of browsers in which they were typed.

        Args:
            card: hash of the code on the seat's new card; empty if there is no new card.
        """
        self.store_student(classroom, replace(student, back="", back_until=0.0, card=card))
        if (workspace := self.find_workspace(student.workspace)) is not None:
            self.workspaces.end_class_tokens(
                workspace, classroom.id, closed=not self.are_seats_open(classroom)
            )

    def remove_student(self, classroom: Classroom, student: Student) -> None:
        """Delete a student from a class, and their workspace if no browser or code opens it."""
        workspace = self.find_workspace(student.workspace)
        self.delete_student_with_data(classroom, student)
        if workspace is not None:
            self.delete_workspace_if_unreachable(workspace)

    def delete_wall_example(self, classroom: Classroom, student: Student) -> None:
        """Delete the teacher's and the class's copies of a drawing taken off the wall (display)."""
        if (current := classroom.round) is None:
            return
        self.delete_student_drawings(classroom, student, current.number)
        if current.kept and (drawing := student.entry_in(current).drawing):
            teacher = self.workspaces.find_or_load_workspace(classroom.owner)
            example = teacher.examples.get(
                make_example_id(rules.DIGIT_DATASET, rules.unpack_image(drawing).tobytes())
            )
            if example is not None:  # the teacher may have deleted the example meanwhile
                self._delete_examples_of_workspace(teacher, [example])

    def delete_student_drawings(
        self, classroom: Classroom, student: Student, number: int | None = None
    ) -> None:
        """Delete the drawings by a student that a class has kept.

        Args:
            number: number of the round whose drawings are deleted; None for all rounds.
        """
        kept = (
            drawing
            for drawing in self.class_rows.kept_drawings(classroom.id)
            if drawing.seat == student.seat
        )
        if mine := [drawing for drawing in kept if number in (None, drawing.round)]:
            self.class_rows.delete_drawings(classroom.id, mine)
            self._notify_class(classroom)

    def _update_hunt_seals(self) -> None:
        """Hide the test accuracy of runs in hunts (contests between networks) that are not over."""
        self.workspaces.hunt_seals_by_group.clear()
        for classroom in self.class_rows.classes.values():
            current = classroom.round
            if current is not None and (seal := KINDS[current.kind].test_result_seal(current)):
                self.workspaces.hunt_seals_by_group[classroom.current_round_group_name] = seal

    def record_class_use(self, classroom: Classroom) -> Classroom:
        """Record that a class is used now; the time is written to disk at most once an hour."""
        self._last_used_at[classroom.id] = self.trusted_clock.steady_clock()
        return (
            self._store_class_use(classroom)
            if abs(self.trusted_clock.timestamp() - classroom.used) > HOUR
            else classroom
        )

    def _store_class_use(self, classroom: Classroom) -> Classroom:
        self._last_used_at[classroom.id] = self.trusted_clock.steady_clock()
        return self.class_rows.store_class(replace(classroom, used=self.trusted_clock.timestamp()))

    def delete_class(self, classroom: Classroom) -> None:
        """Delete a class, and workspaces that could be opened only through a seat in the class."""
        workspaces = [part.whole_workspace for _, part in self.workspaces_of_class(classroom)]
        self._notify_class(classroom)
        for student in self.class_rows.unbanned_students(classroom.id):
            self.revoke_seat_access(classroom, student)
        self.unseat_students(classroom)
        self.hidden_classes.discard(classroom.id)
        self._last_used_at.pop(classroom.id, None)
        self.class_rows.delete_class(classroom.id)
        self._update_hunt_seals()
        for workspace in workspaces:
            self.workspaces.delete_class_notes(workspace, classroom.id)
            self.delete_workspace_if_unreachable(workspace)

    def delete_workspace_if_unreachable(self, workspace: OpenWorkspace) -> None:
        """Delete a workspace if no browser, recovery code or seat opens it any more."""
        seats = (
            student
            for _, student in self.class_rows.seats_of_workspace(workspace.id)
            if not student.banned
        )
        if not (workspace.recovery_code_hash or workspace.token_count or any(seats)):
            self.delete_workspace(workspace)

    def delete_workspace(self, workspace: OpenWorkspace) -> None:
        """Delete a workspace or a part of it, with its seats and the classes it teaches."""
        for run in list(workspace.runs.values()):
            self.lifecycle.withdraw_run_before_deletion(run)
        seats = [
            seat
            for seat in self.class_rows.seats_of_workspace(workspace.id)
            if workspace.scope.includes_class(seat[0].id)
        ]
        if workspace is not workspace.whole_workspace:
            self.workspaces.delete_workspace_part(workspace)
        for classroom, student in seats:
            self.delete_student_with_data(classroom, student)
        for classroom in [
            classroom
            for classroom in self.class_rows.classes.values()
            if classroom.owner == workspace.teacher_id
        ]:
            self.delete_class(classroom)
        if workspace is workspace.whole_workspace:
            self.workspaces.delete_workspace(workspace)
        self.journal.mark_database_copies_outdated()

    def notify_student(self, student: Student) -> None:
        self.workspaces.change_counter.record_visible_change(student.workspace)

    def _notify_class(self, classroom: Classroom) -> None:
        self.workspaces.change_counter.record_visible_change(classroom.owner)
        for student in self.class_rows.all_students(classroom.id):
            self.notify_student(student)
