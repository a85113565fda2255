"""The classes, who sits in which of them now, and whose pages hear of a change. Called with the engine's lock held."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from fvapp.core.classroom import rounds as rules
from fvapp.core.classroom.roster import CODE_LENGTH, CODE_LETTERS, Classroom, Student
from fvapp.core.errors import EngineError
from fvapp.core.examples import Example, example_id
from fvapp.engine.classroom.rows import Rows
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run

_HOUR = 3_600.0  # between two notes of when a class was last used


class Register:
    """What teachers and students share.

    Attributes:
        rows: classes and students.

    Args:
        drop_run: takes a run, which is about to be deleted, from its worker or the queue.
        drop_examples: deletes examples.
    """

    def __init__(
        self,
        board: Board,
        drop_run: Callable[[Run], None],
        drop_examples: Callable[[OpenWorkspace, Sequence[Example]], None],
    ) -> None:
        self.workspaces, self.lock, self.changing = board.workspaces, board.lock, board.changing
        self.clock, self.wall, self.limits, self._journal = board.clock, board.wall, board.limits, board.journal
        self._drop_run, self._drop_examples = drop_run, drop_examples
        self.rows = Rows(board.journal)
        self._seats: dict[str, tuple[str, str]] = {}  # workspace -> class and student, of the open classes
        for classroom in self.rows.classes.values():
            self.seat_all(classroom)

    # Who is who

    def open_class_of(self, workspace: str) -> Classroom | None:
        """Return the open class of a teacher's workspace."""
        return next((each for each in self.rows.classes.values() if each.owner == workspace and each.open), None)

    def seat(self, workspace: str) -> tuple[Classroom, Student] | None:
        """Return the open class in which a workspace is a student, who uses it by asking."""
        if workspace not in self._seats:
            return None
        classroom, student = self._seats[workspace]
        return self.touch(self.rows.classes[classroom]), self.rows.students(classroom)[student]

    def own(self, token: str) -> Classroom:
        """Return the open class of a teacher.

        Raises:
            EngineError: ``unknown_class``.
        """
        found = self.open_class_of(self.workspaces.open(token).id)
        if found is None:
            raise EngineError("unknown_class")
        return found

    def seated(self, token: str) -> tuple[Classroom, Student]:
        """Return the open class in which a student is a student.

        Raises:
            EngineError: ``not_in_class``.
        """
        found = self.seat(self.workspaces.open(token).id)
        if found is None:
            raise EngineError("not_in_class")
        return found

    def student(self, classroom: Classroom, student: str) -> Student:
        """Return a student who is not banned.

        Raises:
            EngineError: ``unknown_student``.
        """
        found = self.rows.students(classroom.id).get(student)
        if found is None or found.banned:
            raise EngineError("unknown_student")
        return found

    def check_free(self, workspace: str) -> None:
        """Refuse who has an open class, or sits in one.

        Raises:
            EngineError: ``class_open_already``, ``class_joined``.
        """
        if self.open_class_of(workspace) is not None:
            raise EngineError("class_open_already")
        if workspace in self._seats:
            raise EngineError("class_joined")

    def workspaces_of(self, classroom: Classroom) -> list[tuple[Student, OpenWorkspace]]:
        """Return the students of a class with their workspaces, without those that cannot be read at the moment."""
        found = []
        for student in self.rows.students(classroom.id).values():
            try:
                if not student.banned:
                    found.append((student, self.workspaces.of_id(student.workspace)))
            except EngineError:
                continue
        return found

    def holds(self, workspace: str) -> bool:
        """Return whether a workspace is a student somewhere: it stays when its browser goes on in another one."""
        return any(not student.banned for _, student in self.rows.of_workspace(workspace))

    def new_code(self) -> str:
        used = {each.code for each in self.rows.classes.values()}
        while (code := "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))) in used:
            pass
        return code

    # Changes

    def change(self, classroom: Classroom, **changes: object) -> Classroom:
        """Change a class, and have all pages drawn that it concerns."""
        changed = self.rows.put(replace(classroom, **changes, used=self.wall()))
        self._tell_all(changed)
        return changed

    def put(self, classroom: Classroom, student: Student) -> None:
        self.rows.put_student(classroom.id, student)
        self.tell(student)

    def sit(self, classroom: Classroom, student: Student) -> None:
        """Add a student."""
        self._seats[student.workspace] = classroom.id, student.id
        self.put(classroom, student)

    def seat_all(self, classroom: Classroom) -> None:
        """Seat the students of an open class who are in no other one by now."""
        if classroom.open:
            for student in self.rows.students(classroom.id).values():
                if not student.banned and self.open_class_of(student.workspace) is None:
                    self._seats.setdefault(student.workspace, (classroom.id, student.id))

    def unseat_all(self, classroom: Classroom) -> None:
        self._seats = {workspace: seat for workspace, seat in self._seats.items() if seat[0] != classroom.id}

    def take_out(self, classroom: Classroom, student: Student) -> None:
        """Delete a student with what the class knows of them, on a wall that was kept as examples too."""
        self.drop_example(classroom, student)
        if self._seats.get(student.workspace) == (classroom.id, student.id):
            del self._seats[student.workspace]
        self.rows.drop_student(classroom.id, student.id)
        self.tell(student)

    def drop_example(self, classroom: Classroom, student: Student) -> None:
        """Delete what the teacher has kept of a student's drawing, as long as its round lasts."""
        current = classroom.round
        drawing = rules.entry_of(student.entry, current).drawing if current is not None and current.kept else ""
        if drawing:
            teacher = self.workspaces.of_id(classroom.owner)
            example = teacher.examples.get(example_id(rules.DRAWN, rules.unpack_image(drawing).tobytes()))
            if example is not None:  # the teacher may have deleted it
                self._drop_examples(teacher, [example])

    def touch(self, classroom: Classroom) -> Classroom:
        """Note that somebody uses a class, once an hour."""
        now = self.wall()
        return self.rows.put(replace(classroom, used=now)) if now - classroom.used > _HOUR else classroom

    def drop(self, classroom: Classroom) -> None:
        """Delete a class, and the workspaces that only their studentship has kept."""
        left = [each for _, each in self.workspaces_of(classroom) if not each.code and not each.tokens]
        self._tell_all(classroom)
        self.unseat_all(classroom)
        self.rows.drop(classroom.id)
        for workspace in left:
            if not self.holds(workspace.id):
                self.forget(workspace)

    def forget(self, workspace: OpenWorkspace) -> None:
        """Delete a workspace with its runs, and with what there is of it as a student and as a teacher."""
        for classroom, student in list(self.rows.of_workspace(workspace.id)):
            self.take_out(classroom, student)
        for classroom in [each for each in self.rows.classes.values() if each.owner == workspace.id]:
            self.drop(classroom)
        for run in workspace.runs.values():
            self._drop_run(run)
        self.workspaces.forget(workspace)
        self._journal.renew_copies()

    def tell(self, student: Student) -> None:
        self.workspaces.versions.changed(student.workspace)

    def _tell_all(self, classroom: Classroom) -> None:
        self.workspaces.versions.changed(classroom.owner)
        for student in self.rows.students(classroom.id).values():
            self.tell(student)
