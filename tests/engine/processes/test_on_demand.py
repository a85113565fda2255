"""How many workers run: one without visitors, one on demand with little memory, or none."""

import os
import signal
from contextlib import ExitStack, closing

import psutil
import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes import machine
from fvapp.engine.processes.machine import count_resident_workers, workers_that_fit
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers.protocol import WorkerWarm
from real_engine import Clock, start, wait_until
from scripted_engine import new_visitor


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def with_memory(monkeypatch, tmp_path, clock):
    """Return ``with_memory(mb)``: an engine on a machine with this much memory."""
    engines = ExitStack()

    def with_memory(mb: float) -> EmbeddedEngine:
        monkeypatch.setattr(machine, "available_memory_mb", lambda *proc: mb)
        environ = {name: value for name, value in os.environ.items() if name != "FVAPP_WORKERS"}
        environ |= {"FVAPP_HOME": str(tmp_path)}
        engine = engines.enter_context(closing(EmbeddedEngine(environ, clock=clock)))
        engine.start()
        return engine

    with engines:
        yield with_memory


def test_memory_decides_whether_a_worker_is_there_all_the_time_at_the_first_request_or_never(
    monkeypatch,
):
    found = {}
    for mb in (400, 690, 1_024, 2_700, 4_000):
        monkeypatch.setattr(machine, "available_memory_mb", lambda *proc, mb=mb: mb)
        found[mb] = workers_that_fit(2, mb), count_resident_workers({})
    assert found == {400: (0, 0), 690: (1, 0), 1_024: (1, 1), 2_700: (1, 1), 4_000: (2, 1)}
    monkeypatch.setattr(machine, "available_memory_mb", lambda *proc: 690)
    assert count_resident_workers({"FVAPP_WORKERS": "3"}) == 3, "who names a number gets it"


@pytest.fixture
def begin(scripted, monkeypatch):
    """Return ``begin(*workers)``: an engine with these workers, and memory for three."""

    def begin(*workers: str):
        monkeypatch.setattr(machine, "workers_that_fit", lambda *machine: 3)
        engine = scripted({"FVAPP_WORKERS": ""})
        engine.workers.names, engine.workers.processes = workers, len(workers)
        engine.start()
        return engine

    return begin


IDLE = DEFAULT_TIMING.idle_seconds_until_scale_down
TICK = DEFAULT_TIMING.check_interval_seconds
FOLLOW = DEFAULT_TIMING.scale_up_delay_seconds


def test_a_training_that_nobody_waits_for_is_not_slowed_down_by_others_that_start(begin):
    engine = begin("one")
    first, second = (new_visitor(engine) for _ in range(2))
    engine.runs.submit_runs(first, [RunSettings()])
    engine.skip(2 * FOLLOW)
    assert engine.workers.asked == []
    engine.runs.submit_runs(second, [RunSettings()])
    engine.skip(TICK)
    assert engine.workers.asked == [("start", "another")] * 2


def test_while_nobody_is_there_one_worker_is_and_the_others_come_with_the_first_visitor(begin):
    engine = begin("one")
    engine.skip(10 * IDLE)
    assert engine.workers.asked == []
    token = new_visitor(engine)
    engine.skip(TICK)
    assert engine.workers.asked == [], "the page is drawn by the same cores"
    engine.skip(FOLLOW)
    assert engine.workers.asked == [("start", "another")] * 2
    for _ in range(3):  # an open page polls at least once a minute
        engine.workspaces.latest_change_number(token)
        engine.skip(IDLE / 2)
    assert engine.workers.asked == [("start", "another")] * 2


def test_once_all_have_left_the_workers_go_but_for_the_one_that_came_first(begin):
    engine = begin("one")
    token = new_visitor(engine)
    engine.skip(FOLLOW)
    for name in ("two", "three"):
        engine.workers.come(name)
    engine.workers.asked.clear()
    engine.runs.submit_runs(token, [RunSettings()])
    engine.skip(2 * IDLE)
    assert engine.workers.asked == [], "somebody's network still trains"
    engine.finish()
    engine.skip(TICK)
    assert engine.workers.asked == [("retire", "two"), ("retire", "three")]
    assert engine.engine_status().worker_count == 1


def test_the_others_wait_until_the_first_worker_is_warm_even_if_it_says_so_before_it_says_that_it_is_there(
    begin,
):
    engine = begin()
    engine.workers.processes = 1
    engine.workspaces.enter_workspace(None)
    engine.step(WorkerWarm("one", 2.0))
    assert engine.workers.asked == [("greet", "one")]
    engine.workers.come("one", warm=False)  # a late answer to the previous question
    engine.skip(FOLLOW)
    assert engine.workers.asked == [("greet", "one")]
    engine.workers.come("one", warm=True)
    engine.skip(FOLLOW)
    assert engine.workers.asked[1:] == [("start", "another")] * 2


@pytest.mark.parametrize(
    ("mb", "avx", "reason"), [(400, True, "no_memory"), (4_000, False, "no_avx")]
)
def test_where_no_worker_fits_or_runs_none_is_started_and_everybody_is_told(
    with_memory, monkeypatch, mb, avx, reason
):
    monkeypatch.setattr("fvapp.core.processor.has_avx", lambda: avx)
    engine = with_memory(mb)
    wait_until(lambda: engine.engine_status().state == "failed")
    assert (engine.engine_status().failure_code, engine.engine_status().worker_count) == (reason, 0)


ENDS = """
import os, signal, sys
if "fvapp.worker.plugin" in sys.orig_argv:
    os.kill(os.getpid(), signal.SIGILL)
"""


@pytest.mark.processes
def test_a_worker_that_meets_an_illegal_instruction_as_it_starts_is_told_as_that(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(ENDS)
    environ = os.environ | {
        "FVAPP_HOME": str(tmp_path),
        "FVAPP_WORKERS": "1",
        "PYTHONPATH": str(tmp_path),
    }
    with closing(EmbeddedEngine(environ)) as engine:
        engine.start()
        wait_until(lambda: engine.engine_status().state == "failed")
        assert engine.engine_status().failure_code == "illegal_instruction"
        assert engine.engine_status().worker_count == 0
        assert [pc.no_runs_error.code for pc in engine.pcs.list_pcs()] == ["illegal_instruction"]


@pytest.mark.processes
def test_a_worker_that_meets_an_illegal_instruction_later_is_reported_and_replaced(tmp_path):
    def is_worker(child: psutil.Process) -> bool:
        return (
            child.environ().get("FVAPP_HOME") == str(tmp_path)
            and "fvapp.worker.plugin" in child.cmdline()
        )

    with closing(
        EmbeddedEngine(os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1"})
    ) as engine:
        start(engine, 1)
        next(filter(is_worker, psutil.Process().children())).send_signal(signal.SIGILL)
        wait_until(lambda: engine.engine_status().failure_code == "illegal_instruction")
        wait_until(lambda: engine.engine_status().worker_count == 1)
        assert engine.engine_status().state == "ready"
        assert not any(pc.no_runs_error for pc in engine.pcs.list_pcs())
