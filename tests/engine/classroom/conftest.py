"""A class in an engine whose workers are simulated by the test."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from fvapp.core.missions.class_time import LESSON
from scripted_engine import ScriptedEngine, new_visitor


class OnClass:
    """The commands of one part of the engine, called for a class by its teacher."""

    def __init__(self, part: object, teacher: str, classroom: str) -> None:
        self._part = part
        self._given = (teacher, classroom)

    def __getattr__(self, name: str) -> Callable:
        return partial(getattr(self._part, name), *self._given)


@dataclass
class Room:
    """A teacher with an open class, and its students by nickname."""

    engine: ScriptedEngine
    teacher: str
    id: str
    hunter: str = ""

    def __getattr__(self, part: str) -> OnClass:
        """Return a part's commands for this class, as in ``room.rounds.start_round("seeds")``."""
        return OnClass(getattr(self.engine, part), self.teacher, self.id)

    def enter(self) -> str:
        return new_visitor(self.engine)

    def join(self, nickname: str, token: str | None = None, offered: bool = False) -> str:
        token = token or self.enter()
        self.engine.students.join_class(token, self.code, nickname, offered)
        return token

    @property
    def classroom(self):
        return next(
            (
                each
                for each in self.engine.teachers.open_classes_of_teacher(self.teacher)
                if each.id == self.id
            ),
            None,
        )

    @property
    def code(self) -> str:
        return self.classroom.code

    def students(self):
        """Return the students by nickname, as the teacher sees them a second later."""
        self.engine.skip(1.0)
        return {student.nickname: student for student in self.teachers.class_snapshot().students}

    def student(self, nickname: str) -> str:
        return self.students()[nickname].id


@pytest.fixture
def hold(scripted):
    """Return ``hold(class_members=3)``: an open class in an engine with these limits."""

    def hold(language: str = "en", **limits: int) -> Room:
        engine = begin(scripted(**limits))
        teacher = new_visitor(engine)
        return Room(engine, teacher, engine.teachers.open_class(teacher, "8b", language, LESSON).id)

    return hold


@pytest.fixture
def room(hold) -> Room:
    return hold()


@pytest.fixture
def restart(scripted):
    """Return ``restart(room)``: the server ends, and a new server loads the class."""

    def restart(room: Room) -> ScriptedEngine:
        room.engine = begin(scripted())
        return room.engine

    return restart


def begin(engine: ScriptedEngine) -> ScriptedEngine:
    engine.start()
    engine.skip(1.0)
    return engine
