"""A processor that TensorFlow cannot use: found before a worker is started, or by how one ends."""

import os
import signal
from contextlib import closing

import psutil
import pytest

from fvapp.core.errors import EngineError
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes import machine
from real_engine import start, wait_until

ENDS = """
import os, signal, sys
if "fvapp.worker.plugin" in sys.orig_argv:
    os.kill(os.getpid(), signal.SIGILL)
"""


def test_without_avx_no_worker_is_started_and_everybody_is_told(monkeypatch, tmp_path):
    def lacks():
        raise EngineError("no_avx")

    monkeypatch.setattr(machine, "check_processor", lacks)
    with closing(EmbeddedEngine(os.environ | {"FVAPP_HOME": str(tmp_path)})) as engine:
        engine.start()
        wait_until(lambda: engine.status().state == "failed")
        assert (engine.status().reason, engine.status().workers) == ("no_avx", 0)


@pytest.mark.processes
def test_a_worker_that_meets_an_illegal_instruction_as_it_starts_is_told_as_that(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(ENDS)
    environ = os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1", "PYTHONPATH": str(tmp_path)}
    with closing(EmbeddedEngine(environ)) as engine:
        engine.start()
        wait_until(lambda: engine.status().state == "failed")
        assert (engine.status().reason, engine.status().workers) == ("illegal_instruction", 0)
        assert [pc.trouble.code for pc in engine.pcs()] == ["illegal_instruction"]


@pytest.mark.processes
def test_one_that_meets_it_later_is_told_as_that_and_replaced(tmp_path):
    def is_worker(child: psutil.Process) -> bool:
        return child.environ().get("FVAPP_HOME") == str(tmp_path) and "fvapp.worker.plugin" in child.cmdline()

    with closing(EmbeddedEngine(os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1"})) as engine:
        start(engine, 1)
        next(filter(is_worker, psutil.Process().children())).send_signal(signal.SIGILL)
        wait_until(lambda: engine.status().reason == "illegal_instruction")
        wait_until(lambda: engine.status().workers == 1)
        assert engine.status().state == "ready" and not any(pc.trouble for pc in engine.pcs())
