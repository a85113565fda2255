"""The rows of classes and students: all in memory, there are few, and each change noted in the journal.

Every method is called with the engine's lock held.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, replace

from fvapp.core.classroom.roster import Classroom, Student, as_known, free_seat
from fvapp.core.classroom.rounds import Entry
from fvapp.core.errors import FvappError
from fvapp.core.schema import BadValue, read
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal

_log = logging.getLogger(__name__)


class Rows:
    """What the store knows of classes.

    Attributes:
        classes: by id.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.classes: dict[str, Classroom] = {}
        self._students: dict[str, dict[str, Student]] = {}  # by class and id
        classes, students = journal.store.read_classes()
        for _, body in classes:
            classroom = _read(Classroom, body)
            if classroom is not None:
                self.classes[classroom.id] = as_known(classroom)
        for classroom, body in students:
            student = _read(Student, body)
            if student is not None and classroom in self.classes:
                self._students.setdefault(classroom, {})[student.id] = student
        for classroom, found in self._students.items():  # of earlier versions, which gave no numbers
            for student in sorted(found.values(), key=lambda each: each.joined):
                if not student.seat:
                    self.put_student(classroom, replace(student, seat=free_seat(found.values())))

    def students(self, classroom: str) -> dict[str, Student]:
        """Return the students of a class by id, the banned ones too."""
        return self._students.get(classroom, {})

    def of_workspace(self, workspace: str) -> Iterator[tuple[Classroom, Student]]:
        """Yield where a workspace is a student, in closed classes too."""
        for classroom, students in self._students.items():
            for student in students.values():
                if student.workspace == workspace:
                    yield self.classes[classroom], student

    def put(self, classroom: Classroom) -> Classroom:
        self.classes[classroom.id] = classroom
        self._journal.note(writes.class_changed(classroom.id, _write(classroom)))
        return classroom

    def put_student(self, classroom: str, student: Student) -> None:
        self._students.setdefault(classroom, {})[student.id] = student
        self._journal.note(writes.student_changed(classroom, student.id, _write(student)))

    def drop_entry(self, classroom: str, student: Student, entry: Entry | None) -> None:
        """Put another entry in the place of a student's, which goes from the copies too."""
        self.put_student(classroom, replace(student, entry=entry))
        self._journal.renew_copies()

    def clear_entries(self, classroom: str) -> None:
        """Delete what all students have done in a round."""
        for student in list(self.students(classroom).values()):
            if student.entry is not None:
                self.drop_entry(classroom, student, None)

    def drop_student(self, classroom: str, student: str) -> None:
        del self._students[classroom][student]
        self._journal.note(writes.student_deleted(classroom, student))
        self._journal.renew_copies()

    def drop(self, classroom: str) -> None:
        """Delete a class with all its students."""
        for student in self._students.pop(classroom, {}):
            self._journal.note(writes.student_deleted(classroom, student))
        del self.classes[classroom]
        self._journal.note(writes.class_deleted(classroom))
        self._journal.renew_copies()


def _write(row: Classroom | Student) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, separators=(",", ":"))


def _read(kind: type, body: object) -> Classroom | Student | None:
    """Return a row, None for one that is damaged: it is left in the store."""
    try:
        return read(kind, json.loads(body))
    except (BadValue, FvappError, TypeError, ValueError):
        _log.warning("a row of %s cannot be read", kind.__name__)
        return None
