"""What a teacher does with a class: open, steer, close, delete, and see where everybody is."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace

from fvapp.core.classroom import roster
from fvapp.core.classroom.roster import Classroom, Steering, Student
from fvapp.core.classroom.snapshot import Snapshot, StudentRow
from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE
from fvapp.engine.classroom.register import Register
from fvapp.engine.classroom.rounds import Rounds
from fvapp.engine.classroom.watching import EVERY, Watching
from fvapp.engine.runs.open_workspace import Run

KEPT_DAYS = 30
"""A class is deleted so many days after anybody last used it."""

FEWEST_STUDENTS = 3
"""A class with fewer can give way to another one: a script opens them for nothing."""

_HOUR = 3_600.0  # between two looks for classes that were kept long enough


class Teachers:
    """Commands of teachers; each may raise ``unknown_class`` (none of theirs), and ``unknown_student``.

    Args:
        end_run: ends a run that waits or trains, by "stop".
    """

    def __init__(
        self, register: Register, watching: Watching, rounds: Rounds, end_run: Callable[[Run, str], None]
    ) -> None:
        self._register, self._end_run, self._watching, self._rounds = register, end_run, watching, rounds
        self._tick_at = self._expire_at = float("-inf")

    def open_class(self, token: str) -> Classroom | None:
        """Return the class that this teacher holds at the moment, or None."""
        register = self._register
        with register.lock:
            return register.open_class_of(register.workspaces.open(token).id) if register.rows.classes else None

    def classes(self, token: str) -> tuple[Classroom, ...]:
        """Return all classes of this teacher, the latest first."""
        with self._register.lock:
            workspace = self._register.workspaces.open(token).id
            own = [each for each in self._register.rows.classes.values() if each.owner == workspace]
        return tuple(sorted(own, key=lambda each: -each.used))

    def open(self, token: str, name: str, language: str, missions: Collection[str]) -> Classroom:
        """Open a class, which makes its workspace the teacher's.

        Raises:
            EngineError: ``class_open_already``, ``class_joined``, ``limit_classes``, and those of the rules.
        """
        with self._register.changing():
            register = self._register
            workspace, now = register.workspaces.open(token), register.wall()
            name, missions = roster.check_class_name(name), roster.check_missions(missions)
            register.check_free(workspace.id)
            self._make_room()
            register.workspaces.keep(workspace)
            made = Classroom(secrets.token_hex(8), workspace.id, name, language, missions, created=now)
            return register.change(made, code=register.new_code())

    def reopen(self, token: str, classroom: str) -> Classroom:
        """Open a closed class again, with its students and another code."""
        with self._register.changing():
            register = self._register
            found = self._owned(token, classroom)
            register.check_free(found.owner)
            opened = replace(found, code=register.new_code(), door=True)
            register.rows.put(opened)
            register.seat_all(opened)
            return register.change(opened)

    def close(self, token: str) -> None:
        """Close the open class: its code and what the teacher has set end, its students and results stay."""
        with self._register.changing():
            classroom = self._register.own(token)
            self._watching.forget(classroom)
            self._register.unseat_all(classroom)
            self._register.change(self._rounds.clear(classroom), code="", steering=Steering())

    def delete(self, token: str, classroom: str) -> None:
        """Delete a class with its nicknames at once."""
        with self._register.changing():
            found = self._owned(token, classroom)
            self._watching.forget(found)
            self._register.drop(found)

    def steer(self, token: str, closable: Collection[str], **changes: object) -> Classroom:
        """Change what is set for all screens of the class.

        Args:
            closable: names of the pages that can be closed.
            changes: of the fields of `Steering`.
        """
        with self._register.changing():
            classroom = self._register.own(token)
            steering = roster.check_steering(replace(classroom.steering, **changes), closable)
            return self._register.change(classroom, steering=steering)

    def set_door(self, token: str, door: bool) -> Classroom:
        """Let somebody new join, or nobody."""
        with self._register.changing():
            return self._register.change(self._register.own(token), door=bool(door))

    def reveal(self, token: str, mission: str, shown: bool) -> Classroom:
        """Let the projector show the results of a mission, or hide them again."""
        with self._register.changing():
            classroom = self._register.own(token)
            others = [each for each in classroom.revealed if each != mission]
            added = [mission] if shown and mission in classroom.missions else []
            return self._register.change(classroom, revealed=(*others, *added))

    def stop_all(self, token: str) -> int:
        """Stop all runs of the class that wait or train; return how many."""
        with self._register.changing():
            found = self._register.workspaces_of(self._register.own(token))
            runs = [run for _, workspace in found for run in workspace.runs.values()]
            active = [run for run in runs if run.record.state in ACTIVE and not run.ending]
            for run in active:
                self._end_run(run, "stop")
            return len(active)

    def rename_student(self, token: str, student: str, nickname: str) -> None:
        """Give somebody another nickname; the projector may show it."""
        with self._register.changing():
            classroom, found = self._student(token, student)
            others = (each.nickname for each in self._register.rows.students(classroom.id).values() if each != found)
            name = roster.check_nickname(nickname, others)
            self._change_student(token, student, nickname=name, offered=False, shown=True)

    def show_student(self, token: str, student: str) -> None:
        """Let the projector show a nickname of a student's own making."""
        with self._register.changing():
            self._change_student(token, student, shown=True)

    def help_student(self, token: str, student: str) -> None:
        """Note that somebody was helped: the hand goes down, and what was wrong counts no longer."""
        with self._register.changing():
            self._change_student(token, student, hand_at=None, helped_at=self._register.wall())

    def remove_student(self, token: str, student: str, ban: bool = False) -> None:
        """Take somebody out of the class with nickname and answers; they may come back unless banned."""
        with self._register.changing():
            classroom, found = self._student(token, student)
            self._register.take_out(classroom, found)
            if ban:
                self._register.rows.put_student(classroom.id, Student(found.id, found.workspace, "", banned=True))
            self._watching.look_at(classroom)

    def snapshot(self, token: str) -> Snapshot:
        """Return where everybody in the open class of this teacher is, at most a second old."""
        with self._register.lock:
            return self._watching.snapshot(self._register.own(token))

    def rows(self, token: str, classroom: str) -> list[StudentRow]:
        """Return everything that is known of the students of a class of this teacher, open or closed."""
        with self._register.lock:
            return self._watching.rows(self._owned(token, classroom))

    def tick(self) -> None:
        """Look at the classes once a second, and delete what was kept long enough. Called with the lock held."""
        now = self._register.clock()
        if not self._register.rows.classes or now < self._tick_at:
            return
        self._tick_at = now + EVERY
        self._rounds.tick()
        self._watching.tick()
        if now >= self._expire_at:
            self._expire_at = now + _HOUR
            for classroom in roster.expired(self._register.rows.classes, self._register.wall(), KEPT_DAYS):
                self._watching.forget(classroom)
                self._register.drop(classroom)

    def _make_room(self) -> None:
        """Refuse a class too many; of those with hardly a student there may be as many again, as anybody can open one.

        Of these goes the one that was used longest ago, first of teachers in whose workspaces nothing has ended yet.
        """
        register, most = self._register, self._register.limits.classes
        classes = register.rows.classes.values()
        small = [each for each in classes if len(register.rows.students(each.id)) < FEWEST_STUDENTS]
        if len(classes) - len(small) >= most:
            raise EngineError("limit_classes", most=most)
        if len(small) >= most:
            owners = {each.owner: register.workspaces.opened(each.owner) for each in small}
            new = {name for name, owner in owners.items() if owner is not None and owner.newcomer}
            gone = min(small, key=lambda each: (each.owner not in new, each.used))
            self._watching.forget(gone)
            register.drop(gone)

    def _change_student(self, token: str, student: str, **changes: object) -> None:
        """Change a student, for the teacher's own eyes at once."""
        classroom, found = self._student(token, student)
        self._register.put(classroom, replace(found, **changes))
        self._watching.look_at(classroom)

    def _owned(self, token: str, classroom: str) -> Classroom:
        workspace, found = self._register.workspaces.open(token).id, self._register.rows.classes.get(classroom)
        if found is None or found.owner != workspace:
            raise EngineError("unknown_class")
        return found

    def _student(self, token: str, student: str) -> tuple[Classroom, Student]:
        classroom = self._register.own(token)
        return classroom, self._register.student(classroom, student)
