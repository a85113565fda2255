"""Engines for tests: scripted engines, and a real engine with two workers that all tests share."""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.runs.limits import PREFIX
from fvapp.engine.timing import Timing
from real_engine import Clock, start, wait_until
from scripted_engine import ScriptedEngine, Visitor, new_visitor


@pytest.fixture(scope="session")
def clock():
    return Clock()


@pytest.fixture(scope="session")
def real_engine(home, clock):
    environ = os.environ | {"FVAPP_WORKERS": "2"}
    # Every run counts as long, whatever the machine's speed. The other intervals keep their
    # defaults.
    timing = Timing(long_run_seconds=0.0, min_training_seconds=0.0)
    engine = EmbeddedEngine(environ, timing=timing, clock=clock)
    yield start(engine, 2)
    engine.close()


@pytest.fixture
def scripted(tmp_path):
    """Return ``scripted(**limits)``: an engine whose workers and clock the test controls.

    A further call replaces the engine by a new one with the same folder.
    """
    engines = []

    def scripted(
        environ: Mapping[str, str] = MappingProxyType({}), **limits: object
    ) -> ScriptedEngine:
        while engines:
            engines.pop().close()
        most = {f"{PREFIX}{name.upper()}": str(value) for name, value in limits.items()}
        engines.append(ScriptedEngine(tmp_path, **environ, **most))
        return engines[-1]

    yield scripted
    for engine in engines:
        engine.close()


@pytest.fixture
def scripted_engine(scripted):
    return scripted()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def server(folder):
    """Return ``begin()``, which starts an engine without processes, after closing the previous one.

    All engines use the same folder.
    """
    engines = []

    def begin(wall_clock=lambda: 1_000.0, **environ: str) -> EmbeddedEngine:
        while engines:
            engines.pop().close()
        engines.append(
            EmbeddedEngine({"FVAPP_HOME": str(folder), **environ}, wall_clock=wall_clock)
        )
        return engines[-1]

    yield begin
    for engine in engines:
        engine.close()


@pytest.fixture(params=["scripted", pytest.param("real", marks=pytest.mark.processes)])
def engine(request) -> EmbeddedEngine:
    engine = request.getfixturevalue(f"{request.param}_engine")
    engine.start()
    return engine


@pytest.fixture
def visitor(engine) -> Visitor:
    """A new visitor."""
    return new_visitor(engine)


@pytest.fixture
def until(engine):
    """Return ``until(condition)``, which lets the engine work until a condition holds."""

    def work(condition: Callable[[], object]) -> None:
        if not isinstance(engine, ScriptedEngine):
            return wait_until(condition)
        while not condition():
            assert engine.workers.training(), "it will never come"
            engine.advance()

    return work
