"""A machine with little memory: one worker that starts when it is needed, or none and one sentence."""

from __future__ import annotations

import os

import numpy as np
import pytest

from fvapp.core.errors import EngineError
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes import machine
from fvapp.engine.processes.machine import starts_on_demand, workers_for
from fvapp.engine.timing import DEFAULT_TIMING
from real_engine import SMALL, Clock, wait_until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def with_memory(monkeypatch, tmp_path, clock):
    """Return ``with_memory(mb)``: an engine on a machine of so much memory."""
    engines = []

    def with_memory(mb: float) -> EmbeddedEngine:
        monkeypatch.setattr(machine, "available_mb", lambda *proc: mb)
        environ = {name: value for name, value in os.environ.items() if name != "FVAPP_WORKERS"}
        environ |= {"FVAPP_HOME": str(tmp_path)}
        engines.append(EmbeddedEngine(environ, clock=clock))
        engines[-1].start()
        return engines[-1]

    yield with_memory
    for engine in engines:
        engine.close()


def test_memory_decides_whether_a_worker_is_there_all_the_time_at_the_first_request_or_never(monkeypatch):
    found = {}
    for mb in (400, 690, 1_024, 2_700):
        monkeypatch.setattr(machine, "available_mb", lambda *proc, mb=mb: mb)
        found[mb] = workers_for(2, mb), starts_on_demand({})
    assert found == {400: (0, False), 690: (1, True), 1_024: (1, False), 2_700: (1, False)}
    monkeypatch.setattr(machine, "available_mb", lambda *proc: 690)
    assert not starts_on_demand({"FVAPP_WORKERS": "1"}), "who names a number gets it"


@pytest.mark.long
def test_a_worker_comes_at_the_first_request_and_ends_when_idle(with_memory, clock):
    engine = with_memory(700)
    token = engine.enter(None).token
    wait_until(lambda: engine.status().state == "ready")
    assert engine.status().workers == 0

    (record,) = engine.submit(token, [RunSettings(**SMALL)])
    wait_until(lambda: engine.run(token, record.id).state == "done")
    assert engine.status().workers == 1
    clock.skip(DEFAULT_TIMING.idle_after)
    wait_until(lambda: engine.status().workers == 0)
    assert engine.status().state == "ready"

    for model in ("mnist", record.id):  # neither needs it
        assert len(engine.classify(token, model, [np.zeros((28, 28), np.uint8)])) == 1
    assert engine.status().state == "ready"
    with pytest.raises(EngineError, match="not_ready"):
        engine.model_file(token, record.id)
    wait_until(lambda: has_file(engine, token, record.id))


def has_file(engine: EmbeddedEngine, token: str, run_id: str) -> bool:
    """Ask as a page does, which asks again when something changed."""
    try:
        return bool(engine.model_file(token, run_id))
    except EngineError as error:
        assert error.code == "not_ready"
        return False


def test_where_no_worker_fits_the_engine_says_so_at_once(with_memory):
    engine = with_memory(400)
    wait_until(lambda: engine.status().state == "failed")
    assert engine.status().reason == "no_memory" and engine.status().workers == 0
