"""What classes have kept of their rounds: read when it is asked for, and each change noted in the journal.

Every method is called with the engine's lock held.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import fields

from fvapp.core.classroom.drawings import Drawing, examples_of
from fvapp.core.classroom.roster import Classroom
from fvapp.core.errors import EngineError
from fvapp.core.examples import MOST, Example
from fvapp.core.schema import BadValue, read
from fvapp.engine.classroom.rows import Rows
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal

_log = logging.getLogger(__name__)


class KeptDrawings:
    """The drawings of all classes.

    Attributes:
        rows: classes and students.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal, self.rows = journal, Rows(journal)
        self._drawings: dict[str, dict[tuple[int, int], Drawing]] = {}  # by class, round and seat
        self._examples: dict[str, tuple[Example, ...]] = {}  # by class, until something changes

    def of(self, classroom: str) -> Sequence[Drawing]:
        """Return what a class has kept."""
        return tuple(self._of(classroom).values())

    def put(self, classroom: str, drawings: Iterable[Drawing]) -> None:
        """Keep drawings, in place of those of the same rounds and seats.

        Raises:
            EngineError: ``limit_examples``: the class has kept too many.
        """
        held, new = self._of(classroom), {(each.round, each.seat): each for each in drawings}
        if len(held.keys() | new.keys()) > MOST:
            raise EngineError("limit_examples", most=MOST)
        held |= new
        for each in new.values():
            self._journal.note(writes.drawing_kept(classroom, each))
        self._examples.pop(classroom, None)

    def drop(self, classroom: str, drawings: Iterable[Drawing]) -> None:
        """Delete drawings, from the copies of the database too."""
        for each in drawings:
            del self._of(classroom)[each.round, each.seat]
            self._journal.note(writes.drawing_deleted(classroom, each))
            self._journal.renew_copies()
        self._examples.pop(classroom, None)

    def forget(self, classroom: str) -> None:
        """Forget those of a class that is deleted, and its rows with it."""
        self._drawings.pop(classroom, None)
        self._examples.pop(classroom, None)

    def examples(self, classroom: Classroom) -> tuple[Example, ...]:
        """Return the data set that a class was given last, as examples; none where it has none."""
        if not classroom.data:
            return ()
        if classroom.id not in self._examples:
            self._examples[classroom.id] = examples_of(classroom.data, self.of(classroom.id))
        return self._examples[classroom.id]

    def data_sets(self, workspace: str, dataset: str, given: bool) -> list[tuple[Example, ...]]:
        """Return the data sets of this name of a workspace's classes, whether it is a teacher's or a student's there.

        Args:
            given: only of open classes, which can train on them.
        """
        taught = [each for each in self.rows.classes.values() if each.owner == workspace]
        seats = [classroom for classroom, student in self.rows.of_workspace(workspace) if not student.banned]
        found = [each for each in (*taught, *seats) if each.data == dataset and (each.open or not given)]
        return [self.examples(each) for each in sorted(found, key=lambda each: -each.used)]

    def _of(self, classroom: str) -> dict[tuple[int, int], Drawing]:
        if classroom not in self._drawings:
            rows = self._journal.store.read_drawings(classroom)
            found = [each for row in rows if (each := _read(row)) is not None]
            self._drawings[classroom] = {(each.round, each.seat): each for each in found}
        return self._drawings[classroom]


def _read(row: tuple) -> Drawing | None:
    """Return a drawing, None for one that is damaged: it is left in the store."""
    try:
        found = read(Drawing, dict(zip((each.name for each in fields(Drawing)), row, strict=True)))
        return found if found.pixels else None
    except (BadValue, ValueError):
        _log.warning("a drawing of a class cannot be read")
        return None
