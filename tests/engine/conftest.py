"""Engines for the tests: one whose workers are the test, and one with two worker processes that all
tests share.
"""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.runs.limits import PREFIX
from fvapp.engine.timing import Timing
from real_engine import Clock, start, wait_until
from scripted_engine import ScriptedEngine, new_visitor


@pytest.fixture(scope="session")
def clock():
    return Clock()


@pytest.fixture(scope="session")
def real_engine(home, clock):
    environ = os.environ | {"FVAPP_WORKERS": "2"}
    # Every run counts as long, whatever the speed of the machine; the times that are waited for
    # stay.
    timing = Timing(long_run_seconds=0.0, min_training_seconds=0.0)
    engine = EmbeddedEngine(environ, timing=timing, clock=clock)
    yield start(engine, 2)
    engine.close()


@pytest.fixture
def scripted(tmp_path):
    """Return ``scripted(**limits)``: an engine that a test starts, the test is its workers and puts
    its clock forward.

    Another one takes the place of the one before, on the same folder.
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


@pytest.fixture(params=["scripted", pytest.param("real", marks=pytest.mark.processes)])
def engine(request) -> EmbeddedEngine:
    engine = request.getfixturevalue(f"{request.param}_engine")
    engine.start()
    return engine


@pytest.fixture
def token(engine) -> str:
    """Of a visitor's workspace."""
    return new_visitor(engine)


@pytest.fixture
def until(engine):
    """Let the engine work until something holds."""

    def work(condition: Callable[[], object]) -> None:
        if not isinstance(engine, ScriptedEngine):
            return wait_until(condition)
        while not condition():
            assert engine.workers.training(), "it will never come"
            engine.advance()

    return work
