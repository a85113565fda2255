"""A worker that has grown makes room for a fresh one, and nobody waits for it."""

from __future__ import annotations

import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.processes.machine import worker_share
from fvapp.engine.renewal import Renewal, who_has_outgrown
from fvapp.engine.runs.board import WorkerState
from real_engine import SMALL, wait_until

# The rule


def weight(address, mb, warm_mb):
    return WorkerState(address, address, True, {}, mb=mb, warm_mb=warm_mb)


def test_the_largest_worker_above_the_limit_is_replaced():
    workers = [weight("a", 1_150, 900), weight("b", 1_180, 900), weight("c", 900, 890), weight("d", None, 900)]
    assert who_has_outgrown(workers, 1_100, quiet=True) is workers[1]
    assert who_has_outgrown(workers, 1_200, quiet=True) is None


def test_while_somebody_trains_or_waits_a_worker_may_grow_a_tenth_more():
    assert who_has_outgrown([weight("a", 1_150, 900)], 1_100, quiet=False) is None
    assert who_has_outgrown([weight("a", 1_250, 900)], 1_100, quiet=False).address == "a"


def test_a_worker_too_large_from_the_beginning_is_not_replaced_for_ever():
    assert who_has_outgrown([weight("a", 1_150, 1_080)], 1_000, quiet=True) is None


def test_a_small_machine_has_smaller_workers():
    assert worker_share(2, 8_192, 1_100) == (1_100, True)
    assert worker_share(1, 2_048, 1_100) == (1_100, False)
    assert worker_share(2, 2_048, 1_100) == (699, False)


# What follows from it


class Processes:
    """Stands in the place of the supervisor: says what workers weigh, and notes what is asked of it."""

    def __init__(self):
        self.mb, self.asked = {}, []

    def memory_mb(self, address):
        return self.mb.get(address)

    def start_successor(self, address):
        self.asked.append(("start", address))
        return "worker-3"

    def kill(self, address):
        self.asked.append(("kill", address))

    def first_is_warm(self):
        pass

    def greet(self, address):
        pass

    def close(self):
        pass


@pytest.fixture
def processes():
    return Processes()


@pytest.fixture
def dispatcher(idle_engine, processes):
    """The dispatcher of an engine with two workers; the first has grown."""
    dispatcher = idle_engine._dispatcher
    dispatcher._supervisor = processes
    dispatcher._renewal = Renewal(idle_engine._board, processes, 1_000, room=True)
    for name in ("one", "two"):
        dispatcher.worker_came(name, name, True, {})
        processes.mb[name] = 900
    dispatcher._renewal.weigh()
    processes.mb["one"] = 1_200
    return dispatcher


def addresses(engine):
    return set(engine._board.workers)


def test_the_old_worker_goes_when_its_successor_is_warm(idle_engine, dispatcher, processes):
    for _ in range(2):
        dispatcher._renewal.weigh()
    assert processes.asked == [("start", "one")]
    dispatcher.worker_came("three", "worker-3", False, {})
    assert addresses(idle_engine) == {"one", "two"}
    dispatcher.worker_warm("three")
    dispatcher._tick()
    assert processes.asked == [("start", "one"), ("kill", "one")] and addresses(idle_engine) == {"two", "three"}
    assert idle_engine._board.workers["three"].warm


def test_a_run_is_trained_to_its_end_by_the_worker_that_leaves(idle_engine, dispatcher, processes):
    (record,) = idle_engine.submit(idle_engine.enter(None).token, [RunSettings()])
    run, worker = idle_engine._board.take_next()
    assert worker.address == "one" and run.record.id == record.id
    dispatcher._renewal.weigh()
    dispatcher.worker_came("three", "worker-3", True, {})
    assert processes.asked == [("start", "one")] and addresses(idle_engine) == {"one", "two", "three"}
    assert idle_engine.status().workers == 2
    for place in range(3):
        idle_engine.submit(idle_engine.enter(None).token, [RunSettings(seed=place)])
    taken = {idle_engine._board.take_next()[1].address for _ in range(2)}
    assert taken == {"two", "three"} and idle_engine._board.take_next() is None
    dispatcher._release(record.id, run.attempt, alive=True)
    dispatcher._tick()
    assert ("kill", "one") not in processes.asked, "what came of the training is still there"
    idle_engine._board.lose(run, "worker_gone")  # as when it was fetched, whatever it was
    dispatcher._tick()
    assert processes.asked[-1] == ("kill", "one") and addresses(idle_engine) == {"two", "three"}


def test_a_successor_comes_although_the_old_worker_died_meanwhile(idle_engine, dispatcher, processes):
    dispatcher._renewal.weigh()
    dispatcher.worker_came("three", "worker-3", False, {})
    dispatcher.worker_gone("one")
    dispatcher._renewal.weigh()
    dispatcher.worker_warm("three")
    assert addresses(idle_engine) == {"two", "three"}
    processes.mb |= {"two": 1_300, "three": 900}
    dispatcher._renewal.weigh()
    assert processes.asked[-1] == ("start", "two")


def test_without_room_for_both_the_old_one_ends_first_when_nobody_needs_it(idle_engine, dispatcher, processes):
    dispatcher._renewal = Renewal(idle_engine._board, processes, 1_000, room=False)
    token = idle_engine.enter(None).token
    (record,) = idle_engine.submit(token, [RunSettings()])
    dispatcher._renewal.weigh()
    assert processes.asked == []
    idle_engine.stop(token, record.id)
    dispatcher._renewal.weigh()
    assert processes.asked == [("kill", "one")]


@pytest.mark.long
def test_real_workers_are_replaced_and_no_run_is_lost(real_engine, monkeypatch):
    board, renewal = real_engine._board, real_engine._dispatcher._renewal
    wait_until(lambda: real_engine.status().workers == 2 and any(worker.warm for worker in board.workers.values()))
    old = next(worker for worker in board.workers.values() if worker.warm)
    # As if it had grown after it was warm.
    monkeypatch.setattr(
        renewal._supervisor, "memory_mb", lambda address: 5_000.0 if address == old.address and old.warm_mb else 500.0
    )
    token = real_engine.enter(None).token

    def states():
        return {record.state for record in real_engine.runs(token)}

    def train():
        real_engine.submit(token, [RunSettings(**SMALL, seed=seed) for seed in range(2)])
        wait_until(lambda: states() == {"done"})

    wait_until(lambda: (train() or True) and old.address not in board.workers)
    train()
    assert real_engine.status().workers == 2 and real_engine.status().state == "ready"
    real_engine.delete_all(token)
