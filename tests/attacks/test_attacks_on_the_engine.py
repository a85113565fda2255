"""What a hostile script or a failing worker does to the queue and the workers.

The tests call the engine as the pages do. ``-s`` prints the measured figures, which hold on two
cores when nothing else runs on the machine.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psutil
import pytest

from fvapp.bench.engine_runs import NO_LIMITS, train_one_run
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.machine import count_workers
from real_engine import start, wait_until

pytestmark = pytest.mark.long

ROUNDS = 3
ARCHITECTURES = 300
LONGEST_EPOCH = RunSettings(hidden=(1400, 1200), batch_size=1, epochs=3)


@contextmanager
def warm_engine(home, workers=None, **environ: str) -> Iterator[EmbeddedEngine]:
    """Run an engine in which each worker has already trained a run."""
    workers = workers or count_workers(os.environ)
    engine = EmbeddedEngine(
        {**os.environ, **environ, "FVAPP_HOME": str(home), "FVAPP_WORKERS": str(workers)}
    )
    try:
        start(engine, workers)
        token = engine.workspaces.enter_workspace(None).token
        for _ in range(workers):
            engine.runs.submit_runs(token, [RunSettings(epochs=1)])
        wait_until(
            lambda: all(record.state not in ACTIVE for record in engine.runs.list_runs(token))
        )
        yield engine
    finally:
        engine.close()


def test_the_longest_epoch_there_is_on_the_only_worker_gives_way_to_a_second_student(tmp_path):
    waits = []
    with warm_engine(tmp_path, workers=1) as engine:
        for _ in range(ROUNDS):
            holder = engine.workspaces.enter_workspace(None).token
            (record,) = engine.runs.submit_runs(holder, [LONGEST_EPOCH])
            wait_until(
                lambda run_id=record.id, token=holder: (
                    engine.runs.get_run(token, run_id).state == "running"
                )
            )
            waits.append(wait_of_a_student(engine))
            engine.workspaces.delete_workspace(holder)
    print(f"\nwaits of a second student: {waits} s")
    assert max(waits) <= 40


def test_300_architectures_leave_the_workers_small_and_lose_no_run(tmp_path):
    chance = random.Random(1)
    largest = 0.0
    waits = []
    processes = set()
    with warm_engine(tmp_path, **NO_LIMITS) as engine:
        token = engine.workspaces.enter_workspace(None).token
        for _ in range(ARCHITECTURES):
            widths = tuple(chance.randint(16, 400) for _ in range(chance.randint(1, 3)))
            optimizer = chance.choice(("adam", "sgd", "rmsprop"))
            batch = chance.choice((32, 64, 128))
            one = RunSettings(
                hidden=widths, optimizer=optimizer, batch_size=batch, train_images=1_000, epochs=1
            )
            begin = time.monotonic()
            train_one_run(engine, token, one)
            waits.append(time.monotonic() - begin)
            weights = worker_memory()
            processes |= weights.keys()
            largest = max(largest, *weights.values())
        lost = sum(record.state != "done" for record in engine.runs.list_runs(token))
    print(
        f"\nlargest worker of {len(processes)}: {largest:.0f} MB; waits {median(waits):.1f} s, at most {max(waits):.1f}"
    )
    assert largest <= 1_300
    assert lost == 0


def wait_of_a_student(engine: EmbeddedEngine) -> float:
    """Return the seconds from a new student's click to the first trained block of a default run."""
    token = engine.workspaces.enter_workspace(None).token
    begin = time.monotonic()
    (record,) = engine.runs.submit_runs(token, [RunSettings()])
    wait_until(
        lambda: (
            engine.runs.get_run(token, record.id).step
            or engine.runs.get_run(token, record.id).epoch
        )
    )
    waited = time.monotonic() - begin
    wait_until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    return waited


def worker_memory() -> dict[int, float]:
    """Return the resident memory of each worker in MB, by process id."""
    found = {}
    for child in psutil.Process().children():
        try:
            if "fvapp.worker.plugin" in child.cmdline():
                found[child.pid] = child.memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            continue
    return found
