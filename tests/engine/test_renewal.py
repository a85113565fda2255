"""A worker whose memory has grown is replaced by a new worker, and nobody has to wait."""

import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.processes.machine import worker_memory_share
from fvapp.engine.renewal import find_outgrown_worker
from fvapp.engine.runs.engine_state import WorkerState
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers.protocol import WorkerWarm
from scripted_engine import new_visitor

# When a worker is replaced


def weight(address, mb, warm_mb):
    return WorkerState(address, address, True, {}, memory_mb=mb, warm_memory_mb=warm_mb)


def test_the_largest_worker_that_has_grown_above_the_limit_is_replaced():
    workers = [
        weight("a", 1_150, 900),
        weight("b", 1_180, 900),
        weight("c", 900, 890),
        weight("d", None, 900),
    ]
    assert find_outgrown_worker(workers, 1_100, quiet=True) is workers[1]
    assert find_outgrown_worker(workers, 1_200, quiet=True) is None
    assert find_outgrown_worker([weight("a", 1_150, 900)], 1_100, quiet=False) is None
    assert find_outgrown_worker([weight("a", 1_250, 900)], 1_100, quiet=False).address == "a"
    assert find_outgrown_worker([weight("a", 1_150, 1_080)], 1_000, quiet=True) is None


def test_a_small_machine_has_smaller_workers():
    assert worker_memory_share(2, 8_192, 1_100) == (1_100, True)
    assert worker_memory_share(1, 2_048, 1_100) == (
        1_100,
        False,
    )
    assert worker_memory_share(2, 2_048, 1_100) == (699, False)


# How the engine replaces a worker


LOOK = DEFAULT_TIMING.memory_check_interval_seconds


@pytest.fixture
def begin(scripted, monkeypatch):
    """Return ``begin()``: an engine with two workers; the first one's memory has grown.

    There is memory for a third worker.
    """

    def begin(memory_mb: float = 8_192):
        monkeypatch.setattr("fvapp.engine.assembly.available_memory_mb", lambda: memory_mb)
        engine = scripted(worker_mb=1_000)
        engine.workers.mb = {"one": 600, "two": 600}
        engine.start()
        engine.skip(LOOK)
        engine.workers.mb["one"] = 1_200
        return engine

    return begin


def train(engine) -> str:
    """Start a run of a new visitor, and return the worker that trains it."""
    before = {training.address for training in engine.workers.training()}
    new_visitor(engine).submit(RunSettings())
    return next(
        (each.address for each in engine.workers.training() if each.address not in before), ""
    )


def test_the_old_worker_goes_when_its_successor_is_warm(begin):
    engine = begin()
    workers = engine.workers
    for _ in range(2):
        engine.skip(LOOK)
    assert workers.asked == [("start", "one")]
    workers.come("three", "successor", warm=False)
    assert engine.engine_status().worker_count == 2 and ("dismiss", "one") not in workers.asked
    engine.step(WorkerWarm("three", 2.0))
    engine.skip(LOOK)
    assert workers.asked == [("start", "one"), ("dismiss", "one")]
    assert engine.engine_status().worker_count == 2
    assert {train(engine), train(engine)} == {"two", "three"}


def test_a_run_is_trained_to_its_end_by_the_worker_that_leaves(begin):
    engine = begin()
    workers = engine.workers
    assert train(engine) == "one"
    (leaving,) = workers.training()
    engine.skip(LOOK)
    workers.come("three", "successor")
    assert workers.asked == [("start", "one")] and engine.engine_status().worker_count == 2
    assert [train(engine) for _ in range(3)] == ["two", "three", ""]
    engine.skip(LOOK)
    assert ("dismiss", "one") not in workers.asked, "it trains"
    while not leaving.done():
        workers.train_block(leaving)
    engine.skip(LOOK)
    assert workers.asked[-1] == ("dismiss", "one") and engine.engine_status().waiting_run_count == 1


def test_a_successor_comes_although_the_old_worker_died_meanwhile(begin):
    engine = begin()
    workers = engine.workers
    engine.skip(LOOK)
    workers.come("three", "successor", warm=False)
    workers.die("one")
    engine.skip(LOOK)
    engine.step(WorkerWarm("three", 2.0))
    assert engine.engine_status().worker_count == 2
    workers.mb |= {"two": 1_300, "three": 600}
    engine.skip(LOOK)
    assert workers.asked[-1] == ("start", "two")


def test_without_room_for_both_the_old_one_ends_first_when_nobody_needs_it(begin):
    engine = begin(memory_mb=2_800)
    train(engine)
    engine.skip(LOOK)
    assert engine.workers.asked == []
    engine.finish()
    engine.skip(LOOK)
    assert engine.workers.asked == [("kill", "one")]
