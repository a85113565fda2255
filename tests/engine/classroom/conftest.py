"""A class in an engine whose workers are the test."""

from dataclasses import dataclass

import pytest

from fvapp.core.missions.class_time import LESSON
from scripted_engine import ScriptedEngine


@dataclass
class Room:
    """A teacher with an open class, and students in it by their nicknames."""

    engine: ScriptedEngine
    teacher: str
    id: str

    def join(self, nickname: str, token: str | None = None, offered: bool = False) -> str:
        token = token or self.engine.enter(None).token
        self.engine.students.join(token, self.code, nickname, offered)
        return token

    @property
    def classroom(self):
        return next((each for each in self.engine.teachers.open_classes(self.teacher) if each.id == self.id), None)

    @property
    def code(self) -> str:
        return self.classroom.code

    def students(self):
        """Look at the class a second later."""
        self.engine.skip(1.0)
        return {student.nickname: student for student in self.engine.teachers.snapshot(self.teacher, self.id).students}

    def student(self, nickname: str) -> str:
        return self.students()[nickname].id


@pytest.fixture
def room(scripted_engine) -> Room:
    scripted_engine.start()
    scripted_engine.skip(1.0)
    teacher = scripted_engine.enter(None).token
    return Room(scripted_engine, teacher, scripted_engine.teachers.open(teacher, "8b", "en", LESSON).id)
