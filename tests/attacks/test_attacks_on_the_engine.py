"""What a script or bad luck does to the queue and the workers, through the engine as the pages have it.

With ``-s`` the figures are printed. They hold on two cores with nothing beside the test.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from statistics import median

import psutil
import pytest

from fvapp.bench.engine_runs import NO_LIMITS, train_one
from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.machine import count_workers
from real_engine import start, wait_until

pytestmark = pytest.mark.long

WORKSPACES = 20
ROUNDS = 3
ARCHITECTURES = 300
TEN_MINUTES = RunSettings(hidden=(512, 512), epochs=75)
SHORTEST = RunSettings(train_images=1_000, epochs=1)
CROWD, STUDENTS, CROWD_SECONDS = 200, 8, 120
LONGEST_EPOCH = RunSettings(hidden=(1400, 1200), batch_size=1, epochs=3)


@contextmanager
def warm_engine(home, workers=None, **environ: str) -> Iterator[EmbeddedEngine]:
    """Run an engine whose workers have trained once."""
    workers = workers or count_workers(os.environ)
    engine = EmbeddedEngine({**os.environ, **environ, "FVAPP_HOME": str(home), "FVAPP_WORKERS": str(workers)})
    try:
        start(engine, workers)
        token = engine.enter(None).token
        for _ in range(workers):
            engine.submit(token, [RunSettings(epochs=1)])
        wait_until(lambda: all(record.state not in ACTIVE for record in engine.runs(token)))
        yield engine
    finally:
        engine.close()


def test_a_script_that_floods_the_queue_leaves_a_student_a_turn(tmp_path):
    with warm_engine(tmp_path) as engine:
        ended, submitted = threading.Event(), [0]
        script = threading.Thread(target=flood, args=(engine, ended, submitted))
        script.start()
        try:
            waits = []
            for _ in range(ROUNDS):
                ended.wait(15)
                waits.append(wait_of_a_student(engine))
        finally:
            ended.set()
            script.join()
    print(f"\nwaits of a student: {waits} s; {submitted[0]} runs submitted by the script")
    assert submitted[0] > WORKSPACES
    assert max(waits) <= 30


def test_a_crowd_of_the_shortest_runs_displaces_no_student_and_keeps_no_newcomer_waiting(tmp_path):
    waits = []
    with warm_engine(tmp_path) as engine:
        students = [engine.enter(None).token for _ in range(STUDENTS)]
        for token in students:
            engine.submit(token, [RunSettings(epochs=20)])
        ended, started = threading.Event(), [0]
        script = threading.Thread(target=crowd, args=(engine, ended, started))
        begin = time.monotonic()
        script.start()
        try:
            while time.monotonic() - begin < CROWD_SECONDS:
                waits.append(wait_of_a_student(engine))
                ended.wait(5)
        finally:
            ended.set()
            script.join()
        reasons = [record.reason for token in students for record in engine.runs(token)]
    print(f"\nwaits of newcomers: {waits} s; {started[0]} runs started by the script; students: {reasons}")
    assert started[0] > CROWD
    assert "displaced" not in reasons
    assert max(waits) <= 30


def test_the_longest_epoch_there_is_on_the_only_worker_gives_way_to_a_second_student(tmp_path):
    waits = []
    with warm_engine(tmp_path, workers=1) as engine:
        for _ in range(ROUNDS):
            holder = engine.enter(None).token
            (record,) = engine.submit(holder, [LONGEST_EPOCH])
            wait_until(lambda run_id=record.id, token=holder: engine.run(token, run_id).state == "running")
            waits.append(wait_of_a_student(engine))
            engine.delete_all(holder)
    print(f"\nwaits of a second student: {waits} s")
    assert max(waits) <= 40


def test_300_architectures_leave_the_workers_small_and_lose_no_run(tmp_path):
    chance, largest, waits, processes = random.Random(1), 0.0, [], set()
    with warm_engine(tmp_path, **NO_LIMITS) as engine:
        token = engine.enter(None).token
        for _ in range(ARCHITECTURES):
            widths = tuple(chance.randint(16, 400) for _ in range(chance.randint(1, 3)))
            optimizer, batch = chance.choice(("adam", "sgd", "rmsprop")), chance.choice((32, 64, 128))
            one = RunSettings(hidden=widths, optimizer=optimizer, batch_size=batch, train_images=1_000, epochs=1)
            begin = time.monotonic()
            train_one(engine, token, one)
            waits.append(time.monotonic() - begin)
            weights = worker_memory()
            processes |= weights.keys()
            largest = max(largest, *weights.values())
        lost = sum(record.state != "done" for record in engine.runs(token))
    print(
        f"\nlargest worker of {len(processes)}: {largest:.0f} MB; waits {median(waits):.1f} s, at most {max(waits):.1f}"
    )
    assert largest <= 1_300
    assert lost == 0


def flood(engine: EmbeddedEngine, ended: threading.Event, submitted: list[int]) -> None:
    """Submit ten-minute runs in fresh workspaces as fast as they are taken, until the event is set."""
    while not ended.is_set():
        for token in [engine.enter(None).token for _ in range(WORKSPACES)]:
            try:
                while not ended.is_set():
                    engine.submit(token, [TEN_MINUTES])
                    submitted[0] += 1
            except EngineError:
                continue
        ended.wait(1)


def crowd(engine: EmbeddedEngine, ended: threading.Event, started: list[int]) -> None:
    """Start the shortest runs there are in fresh workspaces as fast as they are taken, until the event is set."""
    tokens = cycle([engine.enter(None).token for _ in range(CROWD)])
    while not ended.wait(0.5):
        for token in islice(tokens, CROWD // 10):
            with suppress(EngineError):
                engine.submit(token, [SHORTEST])
                started[0] += 1


def wait_of_a_student(engine: EmbeddedEngine) -> float:
    """Return the seconds from a fresh student's click to the first block of the default run."""
    token, begin = engine.enter(None).token, time.monotonic()
    (record,) = engine.submit(token, [RunSettings()])
    wait_until(lambda: engine.run(token, record.id).step or engine.run(token, record.id).epoch)
    waited = time.monotonic() - begin
    wait_until(lambda: engine.run(token, record.id).state not in ACTIVE)
    return waited


def worker_memory() -> dict[int, float]:
    """Return the resident memory of each worker in MB."""
    found = {}
    for child in psutil.Process().children():
        try:
            if "fvapp.worker.plugin" in child.cmdline():
                found[child.pid] = child.memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            continue
    return found
