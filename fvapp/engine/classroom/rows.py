"""Holds classes, students and drawings in memory, and has the journal store their changes.

Every method is called with the engine's lock held.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from fvapp.core.classroom import (
    Classroom,
    RoundDrawing,
    Student,
    drop_unknown_missions_and_round,
    examples_from_drawings,
    next_seat_number,
    round_group_prefix,
)
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.examples import MOST_EXAMPLES, Example
from fvapp.core.schema import read_as_type
from fvapp.engine.runs import LegacySeat, OpenWorkspace, tokens
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal

_log = logging.getLogger(__name__)

Row = TypeVar("Row", Classroom, Student, RoundDrawing)


class ClassRows:
    """The stored school classes, with their students and kept drawings.

    Attributes:
        classes: all stored classes, by id.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.classes: dict[str, Classroom] = {}
        self._students: dict[str, dict[str, Student]] = {}  # by class id, then by student id
        # Kept drawings by class id, then by round and seat; they are read when first needed.
        self._drawings: dict[str, dict[tuple[int, int], RoundDrawing]] = {}
        classes, students = journal.store.read_classes()
        for _, body in classes:
            classroom = _row_from_json(Classroom, body)
            if classroom is not None:
                self.classes[classroom.id] = drop_unknown_missions_and_round(classroom)
                # Earlier versions of the app gave classes no key for links, so a key is made here.
                if classroom.is_open_to_students and not classroom.key:
                    self.store_class(replace(self.classes[classroom.id], key=tokens.new_link_key()))
        for of_class, body in students:
            student = _row_from_json(Student, body)
            if student is not None and of_class in self.classes:
                self._students.setdefault(of_class, {})[student.id] = student
        # Add seat numbers and times that earlier versions of the app did not store.
        for of_class, found in self._students.items():
            for student in sorted(found.values(), key=lambda row: row.joined):
                if not student.seat:
                    self.store_student(
                        of_class, replace(student, seat=next_seat_number(found.values()))
                    )
            for student in list(found.values()):
                if student.noted_from < 0.0 and not student.banned:
                    self.store_student(
                        of_class, replace(student, noted_from=journal.trusted_clock.now())
                    )

    def students_by_id(self, classroom: str) -> dict[str, Student]:
        """Return the students of a class by id, including banned students."""
        return self._students.get(classroom, {})

    def all_students(self, classroom: str) -> list[Student]:
        """Return the students of a class, including banned students."""
        return list(self.students_by_id(classroom).values())

    def unbanned_students(self, classroom: str) -> list[Student]:
        """Return the students of a class who are not banned."""
        return [student for student in self.all_students(classroom) if not student.banned]

    def seats_of_workspace(self, workspace: str) -> Iterator[tuple[Classroom, Student]]:
        """Yield each class, open or closed, in which a workspace has a seat, with its student."""
        for classroom, students in self._students.items():
            for student in students.values():
                if student.workspace == workspace:
                    yield self.classes[classroom], student

    def store_class(self, classroom: Classroom) -> Classroom:
        self.classes[classroom.id] = classroom
        self._journal.queue_changes(writes.store_class(classroom.id, _row_to_json(classroom)))
        return classroom

    def store_student(self, classroom: str, student: Student) -> None:
        self._students.setdefault(classroom, {})[student.id] = student
        self._journal.queue_changes(
            writes.store_student(classroom, student.id, _row_to_json(student))
        )

    def replace_student_fields(self, classroom: str, student: Student, **changes: Any) -> None:
        """Change fields of a student, and remove the old values from backup copies, too."""
        self.store_student(classroom, replace(student, **changes))
        self._journal.mark_database_copies_outdated()

    def delete_round_entries(self, classroom: str) -> None:
        """Delete all students' entries (answers and drawings) in a class's round."""
        for student in self.all_students(classroom):
            if student.entry is not None:
                self.replace_student_fields(classroom, student, entry=None)

    def delete_student(self, classroom: str, student: str) -> None:
        del self._students[classroom][student]
        self._journal.queue_changes(writes.delete_student(classroom, student))
        self._journal.mark_database_copies_outdated()

    def delete_class(self, classroom: str) -> None:
        """Delete a class with all its students and drawings."""
        self._drawings.pop(classroom, None)
        for student in self._students.pop(classroom, {}):
            self._journal.queue_changes(writes.delete_student(classroom, student))
        del self.classes[classroom]
        self._journal.queue_changes(writes.delete_class(classroom), writes.delete_class_copies())
        self._journal.mark_database_copies_outdated()

    # Methods for kept drawings

    def kept_drawings(self, classroom: str) -> tuple[RoundDrawing, ...]:
        """Return the drawings a class has kept."""
        return tuple(self._drawings_by_round_and_seat(classroom).values())

    def _drawings_by_round_and_seat(self, classroom: str) -> dict[tuple[int, int], RoundDrawing]:
        if classroom not in self._drawings:
            found = (
                _row_from_json(RoundDrawing, row)
                for row in self._journal.store.read_drawings(classroom)
            )
            self._drawings[classroom] = {
                (each.round, each.seat): each
                for each in found
                if each is not None and each.has_complete_content
            }
        return self._drawings[classroom]

    def store_drawings(self, classroom: str, drawings: Iterable[RoundDrawing]) -> None:
        """Store drawings; replace earlier drawings of the same round and seat.

        Raises:
            EngineError: ``limit_examples``: the class would keep more than `MOST_EXAMPLES`.
        """
        held = self._drawings_by_round_and_seat(classroom)
        new = {(drawing.round, drawing.seat): drawing for drawing in drawings}
        if len(held.keys() | new.keys()) > MOST_EXAMPLES:
            raise EngineError("limit_examples", most=MOST_EXAMPLES)
        held |= new
        for drawing in new.values():
            self._journal.queue_changes(writes.store_drawing(classroom, drawing))

    def delete_drawings(self, classroom: str, drawings: Iterable[RoundDrawing]) -> None:
        """Delete kept drawings, including those in the backup copies of the database."""
        for drawing in drawings:
            del self._drawings_by_round_and_seat(classroom)[drawing.round, drawing.seat]
            self._journal.queue_changes(
                writes.delete_drawing(classroom, drawing), writes.delete_class_copies()
            )
            self._journal.mark_database_copies_outdated()

    def legacy_seats_by_workspace(self) -> dict[str, dict[str, LegacySeat]]:
        """Return, by workspace and class, how to recognise work done with earlier app versions."""
        rows = [
            (classroom, student)
            for classroom, students in self._students.items()
            for student in students.values()
        ]
        joined: dict[str, list[float]] = {}
        for _, student in rows:
            joined.setdefault(student.workspace, []).append(student.joined)
        found: dict[str, dict[str, LegacySeat]] = {}
        for classroom, student in rows:
            if student.noted_from > 0.0:
                later = (time for time in joined[student.workspace] if time > student.joined)
                until = min([student.noted_from, *later])
                seat = LegacySeat(
                    student.joined,
                    until,
                    round_group_prefix(classroom),
                    self.classes[classroom].missions,
                )
                found.setdefault(student.workspace, {})[classroom] = seat
        return found

    def class_data_set_examples(
        self, workspace: OpenWorkspace, dataset: str, given: bool
    ) -> list[tuple[Example, ...]]:
        """Return the examples of each of a workspace's classes whose data set is called `dataset`.

        The most recently used class comes first.

        Args:
            given: whether to include only classes that can train on the data set now: a teacher's
                open classes, and the class in which a student has a seat.
        """
        taught = [
            classroom
            for classroom in self.classes.values()
            if classroom.owner == workspace.teacher_id
            and (classroom.is_open_to_students or not given)
        ]
        rows = [
            (student.joined, classroom)
            for classroom, student in self.seats_of_workspace(workspace.id)
            if not student.banned
        ]
        if given:  # students train only on data of the open class that they joined last
            rows = sorted(
                (row for row in rows if row[1].is_open_to_students), key=lambda row: row[0]
            )[-1:]
        found = [
            classroom
            for classroom in (*taught, *(classroom for _, classroom in rows))
            if classroom.data == dataset
        ]
        found = [classroom for classroom in found if workspace.scope.includes_class(classroom.id)]
        found.sort(key=lambda classroom: -classroom.used)
        return [
            examples_from_drawings(dataset, self.kept_drawings(classroom.id)) for classroom in found
        ]


def _row_to_json(row: Classroom | Student) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, separators=(",", ":"))


def _row_from_json(kind: type[Row], body: Any) -> Row | None:
    """Return a class, student or drawing from its stored row, or None if the row is damaged."""
    try:
        return read_as_type(kind, body if isinstance(body, Mapping) else json.loads(body))
    except (FvappError, TypeError, ValueError):
        _log.warning("a row of %s cannot be read", kind.__name__)
        return None
