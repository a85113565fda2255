"""A class in an engine whose workers are simulated by the test."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import partial

import numpy as np
import pytest

from fvapp.core.datasets import Dataset
from fvapp.core.missions.class_time import LESSON
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.answers import inspecting
from scripted_engine import ScriptedEngine, new_visitor

SHORT = RunSettings(epochs=1)
_IMAGES = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)
_LABELS = np.arange(40, dtype=np.uint8) % 10
TEST_SET = Dataset("fashion_mnist", _IMAGES[:0], _LABELS[:0], _IMAGES, _LABELS)


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

    def beside(self, teacher: str = "", name: str = "9a") -> "Room":
        """Return another class on the same server, opened by this or by another teacher."""
        teacher = teacher or self.teacher
        made = self.engine.teachers.open_class(teacher, name, "en", LESSON)
        return Room(self.engine, teacher, made.id)

    def join_many(self, count: int) -> list[str]:
        """Have students join as "Student 1", "Student 2" and so on; return their tokens."""
        return [self.join(f"Student {number}") for number in range(1, count + 1)]

    def seat(self, token: str):
        """Return what a student's own pages show of the class, or None."""
        return self.engine.students.find_own_seat(token)

    def round_of(self, token: str):
        """Return what a student's own pages show of the round, or None."""
        return self.seat(token).round

    def leave(self, token: str) -> None:
        self.engine.students.leave_class(token)

    def remove(self, nickname: str, ban: bool = False) -> None:
        self.teachers.remove_student(self.student(nickname), ban=ban)

    def version(self, token: str) -> int:
        """Return the number that rises with each change that a visitor's pages must show."""
        return self.engine.workspaces.latest_change_number(token)

    def kept(self, token: str, dataset: str | None = None):
        return self.engine.examples.kept_examples(token, dataset)

    def train(self, token: str, settings: RunSettings = SHORT) -> RunRecord:
        """Train a run, and all others, to the end; return its record as its owner sees it."""
        (run,) = self.engine.runs.submit_runs(token, [settings])
        self.finish()
        return self.engine.runs.get_run(token, run.id)

    def finish(self) -> None:
        self.engine.finish()

    def skip(self, seconds: float) -> None:
        self.engine.skip(seconds)

    @property
    def classroom(self):
        open_classes = self.engine.teachers.open_classes_of_teacher(self.teacher)
        return next((each for each in open_classes if each.id == self.id), None)

    @property
    def code(self) -> str:
        return self.classroom.code

    def students(self):
        """Return the students by nickname, as the teacher sees them a second later."""
        self.skip(1.0)
        return {student.nickname: student for student in self.teachers.class_snapshot().students}

    def student(self, nickname: str) -> str:
        return self.students()[nickname].id


@pytest.fixture
def few_test_images(monkeypatch):
    """Let the server read a data set with 40 random test images."""
    monkeypatch.setattr(inspecting, "load_dataset", lambda name, places: TEST_SET)


def parts_of(value: object) -> Iterator[object]:
    """Yield a value and, recursively, all of its parts."""
    yield value
    inside = value if isinstance(value, tuple | list | set | frozenset) else ()
    if isinstance(value, Mapping):
        inside = [*value.keys(), *value.values()]
    elif is_dataclass(value) and not isinstance(value, type):
        inside = [getattr(value, field.name) for field in fields(value)]
    for part in inside:
        yield from parts_of(part)


@pytest.fixture
def hold(scripted):
    """Return ``hold(class_members=3)``: an open class in an engine with these limits."""

    def hold(language: str = "en", **limits: int) -> Room:
        return open_room(scripted(**limits), language)

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


def open_room(engine: ScriptedEngine, language: str = "en", name: str = "8b") -> Room:
    teacher = new_visitor(begin(engine))
    return Room(engine, teacher, engine.teachers.open_class(teacher, name, language, LESSON).id)


def begin(engine: ScriptedEngine) -> ScriptedEngine:
    engine.start()
    engine.skip(1.0)
    return engine
