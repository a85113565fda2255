"""Trainings through the engine, as the page has them: its processes, its queue, its events."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

import psutil

from fvapp.core.events import BlockEnded, EpochEnded, Event, RunEnded
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.machine import count_workers

SECONDS_BETWEEN_LOOKS = 0.02  # a page looks twice a second; 200 looks a second take 2% of a core
LONGEST_RUN = 300
START_SECONDS = 120
NO_LIMITS = {
    f"FVAPP_LIMIT_{name}": "100000"
    for name in (
        "TRAININGS_A_MINUTE",
        "TRAININGS_A_MINUTE_ALL",
        "QUEUED",
        "QUEUED_ALL",
        "QUEUED_FIRST",
        "MINUTES",
        "MINUTES_ALL",
        "DISK_MB",
        "RUNS",
    )
}


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for the engine.

    Raises:
        RuntimeError: it took longer than two minutes.
    """
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("the engine did not get ready in two minutes")
        time.sleep(SECONDS_BETWEEN_LOOKS)


@dataclass(frozen=True)
class Trained:
    """One run, timed from its submission.

    Attributes:
        first_block: seconds until its first block event with a finite loss was seen.
        total: seconds until its result was seen.
        epoch_seconds: of each epoch, as its events say.
        test_accuracy: of its result.
    """

    first_block: float
    total: float
    epoch_seconds: tuple[float, ...]
    test_accuracy: float


class Trainings:
    """An engine for one visitor. Use it as a context manager: each worker begins with a run of the default network.

    Args:
        home: the value of ``FVAPP_HOME``.
        workers: training processes; None: as many as the engine would start by itself.
    """

    def __init__(self, home: str, workers: int | None = None) -> None:
        environ = {**os.environ, **NO_LIMITS, "FVAPP_HOME": home}
        if workers:
            environ["FVAPP_WORKERS"] = str(workers)
        self._engine = EmbeddedEngine(environ)
        self._workers = count_workers(environ)

    def __enter__(self) -> Trainings:
        self._engine.start()
        wait_until(lambda: self._engine.status().workers == self._workers)
        self._token = self._engine.enter(None).token
        # One that still compiles would take a core from what is measured.
        self.run_together([RunSettings(epochs=1)] * self._workers)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.close()

    def run(self, settings: RunSettings) -> Trained:
        """Train one run to its end."""
        return self.run_together([settings])[0]

    def run_together(self, settings: Sequence[RunSettings]) -> list[Trained]:
        """Train several runs submitted at once."""
        begin = time.perf_counter()
        records = self._engine.submit(self._token, settings)
        open_runs = {record.id: _Watched(0, []) for record in records}
        watched = dict(open_runs)
        while open_runs:
            for run in list(open_runs):
                events, open_runs[run].cursor = self._engine.events(self._token, run, open_runs[run].cursor)
                now = time.perf_counter() - begin
                open_runs[run].seen += [(now, event) for event in events]
                if now > LONGEST_RUN or self._engine.run(self._token, run).state in ("failed", "lost"):
                    raise RuntimeError(f"a run of the benchmark did not end well: {self._engine.run(self._token, run)}")
                if events and isinstance(events[-1], RunEnded):
                    del open_runs[run]
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return [each.trained() for each in watched.values()]

    def worker_memory(self) -> float:
        """Return the most memory that any training process has had, in MB (``VmHWM``)."""
        peaks = []
        for child in psutil.Process().children(recursive=True):
            if "fvapp.worker.plugin" in child.cmdline():
                with open(f"/proc/{child.pid}/status", encoding="utf-8") as file:
                    peaks.append(int(file.read().split("VmHWM:")[1].split()[0]) / 1024)
        return max(peaks)


@dataclass
class _Watched:
    cursor: int
    seen: list[tuple[float, Event]]

    def trained(self) -> Trained:
        blocks = [at for at, event in self.seen if isinstance(event, BlockEnded) and math.isfinite(event.loss)]
        epochs = tuple(event.seconds for _, event in self.seen if isinstance(event, EpochEnded))
        at, ended = self.seen[-1]
        return Trained(blocks[0], at, epochs, ended.result.test_accuracy)
