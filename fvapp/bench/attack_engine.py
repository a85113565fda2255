"""Attacks on the queue and the workers, through the engine as the pages have it."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from fvapp.bench.engine_runs import NO_LIMITS, wait_until
from fvapp.bench.measuring import Measure
from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.machine import count_workers

WORKSPACES = 20
ROUNDS = 3
ARCHITECTURES = 300
TEN_MINUTES = RunSettings(hidden=(512, 512), epochs=75)
LONGEST_EPOCH = RunSettings(hidden=(1400, 1200), batch_size=1, epochs=3)


@contextmanager
def _engine(home: Path, environ: Mapping[str, str], workers: int | None = None) -> Iterator[EmbeddedEngine]:
    """Run an engine whose workers are warm."""
    workers = workers or count_workers(os.environ)
    engine = EmbeddedEngine({**os.environ, **environ, "FVAPP_HOME": str(home), "FVAPP_WORKERS": str(workers)})
    try:
        engine.start()
        wait_until(lambda: engine.status().workers == workers)
        token = engine.enter(None).token
        for _ in range(workers):
            engine.submit(token, [RunSettings(epochs=1)])
        wait_until(lambda: all(record.state not in ACTIVE for record in engine.runs(token)))
        yield engine
    finally:
        engine.close()


def flood_the_queue(home: Path) -> Iterator[Measure]:
    """A script fills the queue from 20 fresh workspaces and goes on; a pupil comes with a default run, three times."""
    with _engine(home, {}) as engine:
        ended, submitted = threading.Event(), [0]
        script = threading.Thread(target=_flood, args=(engine, ended, submitted))
        script.start()
        try:
            waits = []
            for _ in range(ROUNDS):
                ended.wait(15)
                waits.append(_wait_of_a_pupil(engine))
        finally:
            ended.set()
            script.join()
    yield Measure(
        "longest of a pupil's waits while a script floods",
        "s",
        [max(waits)],
        must=30,
        notes={"waits": waits, "flooded": submitted[0]},
    )


def hold_a_worker_for_an_epoch(home: Path) -> Iterator[Measure]:
    """Somebody trains the longest epoch there is on the only worker; a second pupil comes."""
    with _engine(home, {}, workers=1) as engine:
        waits = []
        for _ in range(ROUNDS):
            holder = engine.enter(None).token
            (record,) = engine.submit(holder, [LONGEST_EPOCH])
            wait_until(lambda run_id=record.id, token=holder: engine.run(token, run_id).state == "running")
            waits.append(_wait_of_a_pupil(engine))
            engine.delete_all(holder)
    yield Measure(
        "longest of a second pupil's waits behind the longest epoch", "s", [max(waits)], must=40, notes={"waits": waits}
    )


def train_many_architectures(home: Path) -> Iterator[Measure]:
    """300 architectures, one after the other, on all workers; each worker is weighed after every run."""
    chance, largest, waits, processes = random.Random(1), 0.0, [], set()
    with _engine(home, NO_LIMITS) as engine:
        token = engine.enter(None).token
        for _ in range(ARCHITECTURES):
            widths = tuple(chance.randint(16, 400) for _ in range(chance.randint(1, 3)))
            optimizer, batch = chance.choice(("adam", "sgd", "rmsprop")), chance.choice((32, 64, 128))
            one = RunSettings(hidden=widths, optimizer=optimizer, batch_size=batch, train_images=1_000, epochs=1)
            (record,) = engine.submit(token, [one])
            begin = time.monotonic()
            wait_until(lambda run_id=record.id: engine.run(token, run_id).state not in ACTIVE)
            waits.append(time.monotonic() - begin)
            weights = _weights()
            processes |= weights.keys()
            largest = max(largest, *weights.values())
        lost = sum(record.state != "done" for record in engine.runs(token))
    yield Measure(
        f"largest worker, {ARCHITECTURES} architectures", "MB", [largest], must=1_300, notes={"workers": len(processes)}
    )
    yield Measure("runs of them that were lost", "", [lost], must=0)
    yield Measure("their longest wait from click to result", "s", [max(waits)], notes={"median": median(waits)})


def _flood(engine: EmbeddedEngine, ended: threading.Event, submitted: list[int]) -> None:
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


def _wait_of_a_pupil(engine: EmbeddedEngine) -> float:
    """Return the seconds from a fresh pupil's click to the first block of the default run."""
    token, begin = engine.enter(None).token, time.monotonic()
    (record,) = engine.submit(token, [RunSettings()])
    wait_until(lambda: engine.run(token, record.id).step or engine.run(token, record.id).epoch)
    waited = time.monotonic() - begin
    wait_until(lambda: engine.run(token, record.id).state not in ACTIVE)
    return waited


def _weights() -> dict[int, float]:
    """Return the resident memory of each worker in MB."""
    found = {}
    for child in psutil.Process().children():
        try:
            if "fvapp.worker.plugin" in child.cmdline():
                found[child.pid] = child.memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            continue
    return found
