"""A class in an engine whose workers are simulated by the test."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from class_room import Room
from fvapp.core.datasets import Dataset
from fvapp.core.missions.class_time import LESSON
from fvapp.engine.answers import inspecting
from scripted_engine import ScriptedEngine, new_visitor

_IMAGES = np.random.default_rng(1).integers(0, 256, (40, 28, 28), np.uint8)
_LABELS = np.arange(40, dtype=np.uint8) % 10
TEST_SET = Dataset("fashion_mnist", _IMAGES[:0], _LABELS[:0], _IMAGES, _LABELS)


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
