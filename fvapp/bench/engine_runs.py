"""Starts training runs in the engine as a page does, with its processes, queue and events."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import psutil

from fvapp.core.events import BlockEnded, EpochEnded, Event, RunEnded
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.machine import count_workers
from fvapp.engine.runs import PREFIX, Limits

SECONDS_BETWEEN_LOOKS = 0.02  # seconds between checks; 200 a second would use 2% of a core
LONGEST_RUN = 300
LONGEST_WAIT = 120
NO_LIMITS = {
    f"{PREFIX}{limit.name.upper()}": "100000"
    for limit in fields(Limits)
    if limit.name != "worker_mb"
}


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, for at most `LONGEST_WAIT` seconds.

    Raises:
        RuntimeError: the condition does not hold after `LONGEST_WAIT` seconds.
    """
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the engine did not get there in {LONGEST_WAIT} s")
        time.sleep(SECONDS_BETWEEN_LOOKS)


@dataclass(frozen=True)
class TimedRun:
    """The durations and the accuracy of one run, timed from its submission.

    Attributes:
        first_block_seconds: seconds until the run's first block event with a finite loss arrived.
        total_seconds: seconds until the run's result arrived.
        epoch_seconds: duration of each epoch in seconds, as reported by the epoch's event.
        test_accuracy: accuracy on the test set, 0 to 1.
    """

    first_block_seconds: float
    total_seconds: float
    epoch_seconds: tuple[float, ...]
    test_accuracy: float


@contextmanager
def open_engine(home: str, workers: int | None = None) -> Iterator[tuple[EmbeddedEngine, str]]:
    """Run an engine without usage limits, and yield it with a visitor's token once workers run.

    Args:
        home: the value of ``FVAPP_HOME``.
        workers: number of training processes; None for the engine's own choice.
    """
    workers = workers or count_workers(os.environ)
    environ = {**os.environ, **NO_LIMITS, "FVAPP_HOME": home, "FVAPP_WORKERS": str(workers)}
    engine = EmbeddedEngine(environ)
    try:
        engine.start()
        wait_until(lambda: engine.engine_status().worker_count == workers)
        yield engine, engine.workspaces.enter_workspace(None).token
    finally:
        engine.close()


def train_one_run(engine: EmbeddedEngine, token: str, settings: RunSettings) -> str:
    """Train a run to its end, and return the run's id."""
    (record,) = engine.runs.submit_runs(token, [settings])
    wait_until(lambda: engine.runs.get_run(token, record.id).state not in ACTIVE)
    return record.id


@contextmanager
def open_timed_trainings(home: str, workers: int | None = None) -> Iterator[TimedTrainings]:
    """Run an engine like :func:`open_engine`, and let each worker train a default network.

    Without this warm-up, a worker that is still compiling would take a core from the measured run.
    """
    with open_engine(home, workers) as (engine, token):
        trainings = TimedTrainings(engine, token)
        trainings.time_runs_together([RunSettings(epochs=1)] * engine.engine_status().worker_count)
        yield trainings


@dataclass(frozen=True)
class TimedTrainings:
    """Trains and times runs on an engine, as a single visitor."""

    engine: EmbeddedEngine
    visitor_token: str

    def time_run(self, settings: RunSettings) -> TimedRun:
        """Train a run to its end, and return its durations and accuracy."""
        return self.time_runs_together([settings])[0]

    def time_runs_together(self, settings: Sequence[RunSettings]) -> list[TimedRun]:
        """Train several runs submitted at the same time; return their times in the same order."""
        begin = time.perf_counter()
        seen: dict[str, list[tuple[float, Event]]] = {
            record.id: [] for record in self.engine.runs.submit_runs(self.visitor_token, settings)
        }
        cursors = dict.fromkeys(seen, 0)
        while not all(events and isinstance(events[-1][1], RunEnded) for events in seen.values()):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            for run, events in seen.items():
                new, cursors[run] = self.engine.runs.read_events(
                    self.visitor_token, run, cursors[run]
                )
                now = time.perf_counter() - begin
                events += [(now, event) for event in new]
                record = self.engine.runs.get_run(self.visitor_token, run)
                if now > LONGEST_RUN or record.state in ("failed", "lost"):
                    raise RuntimeError(f"a run of the benchmark did not end well: {record}")
        return [_make_timed_run(events) for events in seen.values()]


def peak_worker_memory_mb() -> float:
    """Return the largest peak memory of any training process, in MB (``VmHWM``)."""
    children = psutil.Process().children(recursive=True)
    workers = [child.pid for child in children if "fvapp.worker.plugin" in child.cmdline()]
    statuses = [Path(f"/proc/{worker}/status").read_text(encoding="utf-8") for worker in workers]
    return max(int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in statuses)


def _make_timed_run(seen: Sequence[tuple[float, Event]]) -> TimedRun:
    blocks = [
        at
        for at, event in seen
        if isinstance(event, BlockEnded) and event.loss is not None and math.isfinite(event.loss)
    ]
    epochs = tuple(event.seconds for _, event in seen if isinstance(event, EpochEnded))
    at, result = next((at, event.result) for at, event in seen if isinstance(event, RunEnded))
    return TimedRun(blocks[0], at, epochs, result.test_accuracy)
