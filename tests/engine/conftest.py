"""Engines for the tests: the fake, and one real engine with two workers that all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from fake_engine import FakeEngine
from fvapp.engine.api import Engine
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.timing import Timing
from real_engine import Clock, start, wait_until


@pytest.fixture(scope="session")
def clock():
    return Clock()


@pytest.fixture(scope="session")
def real_engine(home, clock):
    environ = os.environ | {"FVAPP_WORKERS": "2", "FVAPP_LIMIT_TRAININGS_A_MINUTE": "1000"}
    # Every run counts as long, whatever the speed of the machine; the times that are waited for stay.
    timing = Timing(long_from=0.0, stays_at_least=0.0)
    engine = EmbeddedEngine(environ, timing=timing, clock=clock)
    yield start(engine, 2)
    engine.close()


@pytest.fixture
def idle_engine(tmp_path):
    """An engine that starts nothing: the test is its processes and its thread, and puts its clock forward."""
    engine = EmbeddedEngine({"FVAPP_HOME": str(tmp_path)}, clock=Clock())
    yield engine
    engine.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def server(folder):
    """Start servers one after the other on the same folder, without processes."""
    engines = []

    def begin(wall=lambda: 1_000.0, **environ: str) -> EmbeddedEngine:
        while engines:
            engines.pop().close()
        engines.append(EmbeddedEngine({"FVAPP_HOME": str(folder), **environ}, wall=wall))
        return engines[-1]

    yield begin
    for engine in engines:
        engine.close()


@pytest.fixture(params=["fake", "real"])
def engine(request) -> Engine:
    if request.param == "fake":
        fake = FakeEngine()
        fake.start()
        return fake
    return request.getfixturevalue("real_engine")


@pytest.fixture
def until(engine):
    """Let the engine work until something holds."""

    def work(condition: Callable[[], object]) -> None:
        if isinstance(engine, FakeEngine):
            for _ in range(1_000):
                if condition():
                    return
                engine.advance()
            pytest.fail("it never came")
        wait_until(condition)

    return work
