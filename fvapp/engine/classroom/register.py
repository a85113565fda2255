"""The classes, who sits in which of them now, and whose pages hear of a change. Called with the engine's lock held."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from fvapp.core.classroom import rounds as rules
from fvapp.core.classroom.roster import CODE_LENGTH, CODE_LETTERS, Classroom, Member
from fvapp.core.errors import EngineError
from fvapp.core.examples import Example, example_id
from fvapp.engine.classroom.rows import Rows
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import OpenWorkspace

_HOUR = 3_600.0  # between two notes of when a class was last used


class Register:
    """What teachers and students share.

    Attributes:
        rows: classes and members.

    Args:
        forget: deletes a workspace.
        drop_examples: deletes examples.
    """

    def __init__(
        self,
        board: Board,
        forget: Callable[[OpenWorkspace], None],
        drop_examples: Callable[[OpenWorkspace, Sequence[Example]], None],
    ) -> None:
        self.workspaces, self.lock, self.changing = board.workspaces, board.lock, board.changing
        self.clock, self.wall, self.limits, self._forget = board.clock, board.wall, board.limits, forget
        self._drop_examples = drop_examples
        self.rows = Rows(board.journal)
        self._seats: dict[str, tuple[str, str]] = {}  # workspace -> class and member, of the open classes
        for classroom in self.rows.classes.values():
            self.seat_all(classroom)

    # Who is who

    def open_class_of(self, workspace: str) -> Classroom | None:
        """Return the open class of a teacher's workspace."""
        return next((each for each in self.rows.classes.values() if each.owner == workspace and each.open), None)

    def seat(self, workspace: str) -> tuple[Classroom, Member] | None:
        """Return the open class in which a workspace is a member, who uses it by asking."""
        if workspace not in self._seats:
            return None
        classroom, member = self._seats[workspace]
        return self.touch(self.rows.classes[classroom]), self.rows.members(classroom)[member]

    def own(self, token: str) -> Classroom:
        """Return the open class of a teacher.

        Raises:
            EngineError: ``unknown_class``.
        """
        found = self.open_class_of(self.workspaces.open(token).id)
        if found is None:
            raise EngineError("unknown_class")
        return found

    def seated(self, token: str) -> tuple[Classroom, Member]:
        """Return the open class in which a student is a member.

        Raises:
            EngineError: ``not_in_class``.
        """
        found = self.seat(self.workspaces.open(token).id)
        if found is None:
            raise EngineError("not_in_class")
        return found

    def member(self, classroom: Classroom, member: str) -> Member:
        """Return a member who is not banned.

        Raises:
            EngineError: ``unknown_member``.
        """
        found = self.rows.members(classroom.id).get(member)
        if found is None or found.banned:
            raise EngineError("unknown_member")
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

    def workspaces_of(self, classroom: Classroom) -> list[tuple[Member, OpenWorkspace]]:
        """Return the members of a class with their workspaces, without those that cannot be read at the moment."""
        found = []
        for member in self.rows.members(classroom.id).values():
            try:
                if not member.banned:
                    found.append((member, self.workspaces.of_id(member.workspace)))
            except EngineError:
                continue
        return found

    def holds(self, workspace: str) -> bool:
        """Return whether a workspace is a member somewhere: it stays when its browser goes on in another one."""
        return any(not member.banned for _, member in self.rows.of_workspace(workspace))

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

    def put(self, classroom: Classroom, member: Member) -> None:
        self.rows.put_member(classroom.id, member)
        self.tell(member)

    def sit(self, classroom: Classroom, member: Member) -> None:
        """Add a member."""
        self._seats[member.workspace] = classroom.id, member.id
        self.put(classroom, member)

    def seat_all(self, classroom: Classroom) -> None:
        """Seat the members of an open class who are in no other one by now."""
        if classroom.open:
            for member in self.rows.members(classroom.id).values():
                if not member.banned and self.open_class_of(member.workspace) is None:
                    self._seats.setdefault(member.workspace, (classroom.id, member.id))

    def unseat_all(self, classroom: Classroom) -> None:
        self._seats = {workspace: seat for workspace, seat in self._seats.items() if seat[0] != classroom.id}

    def take_out(self, classroom: Classroom, member: Member) -> None:
        """Delete a member with what the class knows of them, on a wall that was kept as examples too."""
        self.drop_example(classroom, member)
        if self._seats.get(member.workspace) == (classroom.id, member.id):
            del self._seats[member.workspace]
        self.rows.drop_member(classroom.id, member.id)
        self.tell(member)

    def drop_example(self, classroom: Classroom, member: Member) -> None:
        """Delete what the teacher has kept of a member's drawing, as long as its round lasts."""
        current = classroom.round
        drawing = rules.entry_of(member.entry, current).drawing if current is not None and current.kept else ""
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
        """Delete a class, and the workspaces that only their membership has kept."""
        left = [each for _, each in self.workspaces_of(classroom) if not each.code and not each.tokens]
        self._tell_all(classroom)
        self.unseat_all(classroom)
        self.rows.drop(classroom.id)
        for workspace in left:
            if not self.holds(workspace.id):
                self._forget(workspace)

    def forget_workspace(self, workspace: str) -> None:
        """Delete what there is of a workspace that is being deleted, as a member and as a teacher."""
        for classroom, member in list(self.rows.of_workspace(workspace)):
            self.take_out(classroom, member)
        for classroom in [each for each in self.rows.classes.values() if each.owner == workspace]:
            self.drop(classroom)

    def tell(self, member: Member) -> None:
        self.workspaces.versions.changed(member.workspace)

    def _tell_all(self, classroom: Classroom) -> None:
        self.workspaces.versions.changed(classroom.owner)
        for member in self.rows.members(classroom.id).values():
            self.tell(member)
