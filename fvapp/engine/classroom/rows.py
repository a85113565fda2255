"""The rows of classes and members: all in memory, there are few, and each change noted in the journal.

Every method is called with the engine's lock held.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, replace

from fvapp.core.classroom.roster import Classroom, Member
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
        self._members: dict[str, dict[str, Member]] = {}  # by class and id
        classes, members = journal.store.read_classes()
        for _, body in classes:
            classroom = _read(Classroom, body)
            if classroom is not None:
                self.classes[classroom.id] = classroom
        for classroom, body in members:
            member = _read(Member, body)
            if member is not None and classroom in self.classes:
                self._members.setdefault(classroom, {})[member.id] = member

    def members(self, classroom: str) -> dict[str, Member]:
        """Return the members of a class by id, the banned ones too."""
        return self._members.get(classroom, {})

    def of_workspace(self, workspace: str) -> Iterator[tuple[Classroom, Member]]:
        """Yield where a workspace is a member, in closed classes too."""
        for classroom, members in self._members.items():
            for member in members.values():
                if member.workspace == workspace:
                    yield self.classes[classroom], member

    def put(self, classroom: Classroom) -> Classroom:
        self.classes[classroom.id] = classroom
        self._journal.note(writes.class_changed(classroom.id, _write(classroom)))
        return classroom

    def put_member(self, classroom: str, member: Member) -> None:
        self._members.setdefault(classroom, {})[member.id] = member
        self._journal.note(writes.member_changed(classroom, member.id, _write(member)))

    def drop_entry(self, classroom: str, member: Member, entry: Entry | None) -> None:
        """Put another entry in the place of a member's, which goes from the copies too."""
        self.put_member(classroom, replace(member, entry=entry))
        self._journal.renew_copies()

    def clear_entries(self, classroom: str) -> None:
        """Delete what all members have done in a round."""
        for member in list(self.members(classroom).values()):
            if member.entry is not None:
                self.drop_entry(classroom, member, None)

    def drop_member(self, classroom: str, member: str) -> None:
        del self._members[classroom][member]
        self._journal.note(writes.member_deleted(classroom, member))
        self._journal.renew_copies()

    def drop(self, classroom: str) -> None:
        """Delete a class with all its members."""
        for member in self._members.pop(classroom, {}):
            self._journal.note(writes.member_deleted(classroom, member))
        del self.classes[classroom]
        self._journal.note(writes.class_deleted(classroom))
        self._journal.renew_copies()


def _write(row: Classroom | Member) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, separators=(",", ":"))


def _read(kind: type, body: object) -> Classroom | Member | None:
    """Return a row, None for one that is damaged: it is left in the store."""
    try:
        return read(kind, json.loads(body))
    except (BadValue, FvappError, TypeError, ValueError):
        _log.warning("a row of %s cannot be read", kind.__name__)
        return None
