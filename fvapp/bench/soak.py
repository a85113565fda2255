"""``python -m fvapp bench soak``: an hour of lesson, and the memory of server and workers minute by minute.

Visitors come, train, look, draw and leave, at the engine as the pages use it, in this process; the workers are its
children. What counts is how much each process has grown since the tenth minute.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from os import environ

import numpy as np
import psutil

from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.measuring import describe_machine
from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine

SETTLED_AFTER = 10  # minutes from which growth counts
MOST_GROWTH = 5.0  # percent
SECONDS_BETWEEN_TICKS = 1.0  # of a page
NETWORKS = (
    {"hidden": (128,)},
    {"hidden": (64,), "optimizer": "sgd"},
    {"hidden": (512,), "dropout": 0.2},
    {"hidden": (256, 128), "activation": "tanh"},
    {"hidden": (128,), "optimizer": "rmsprop", "batch_size": 64},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=int, default=60, help="how long; growth counts from the tenth minute")
    parser.add_argument("--visitors", type=int, default=6, help="how many are there at the same time")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Soak, print, and return 0 when nothing grew too much."""
    with tempfile.TemporaryDirectory(prefix="fvapp-soak-") as home:
        engine = EmbeddedEngine({**environ, **NO_LIMITS, "FVAPP_HOME": home})
        try:
            engine.start()
            minutes = _soak(engine, args.minutes, args.visitors)
        finally:
            engine.close()
    grown = growth(minutes)
    _report(minutes, grown, args.json)
    return 0 if all(percent < MOST_GROWTH for percent in grown.values()) else 1


def growth(minutes: Sequence[Mapping[str, float]], settled_after: int = SETTLED_AFTER) -> dict[str, float]:
    """Return how many percent each process has grown between the settled minute and the last one.

    A worker that was replaced meanwhile has no name in common with an earlier minute and is left out.

    Args:
        minutes: MB of each process, by its name, at the end of each minute.
    """
    if not minutes:
        return {}
    begin, end = minutes[min(settled_after, len(minutes)) - 1], minutes[-1]
    return {name: 100 * (end[name] / begin[name] - 1) for name in end if name in begin}


class Visitor:
    """Somebody who trains one network after the other, looks and draws in between, and leaves one day."""

    def __init__(self, engine: EmbeddedEngine, chance: random.Random) -> None:
        self._engine, self._chance = engine, chance
        self._token = engine.enter(None).token
        self._run: RunRecord | None = None
        self._cursor = 0

    def tick(self) -> None:
        """Do what a page does in a second, and sometimes what a person does."""
        engine, chance = self._engine, self._chance
        if self._run is not None:
            self._run = engine.run(self._token, self._run.id)
            _, self._cursor = engine.events(self._token, self._run.id, self._cursor)
        if self._run is None or self._run.state not in ACTIVE:
            self._train()
        elif chance.random() < 0.02:
            self._stop()
        if chance.random() < 0.3:
            self._draw()
        if chance.random() < 0.01:
            self._refresh()
        if chance.random() < 0.003:
            self._leave()

    def _train(self) -> None:
        settings = RunSettings(epochs=self._chance.randint(1, 8), seed=self._chance.randrange(1_000))
        settings = settings.with_values(**self._chance.choice(NETWORKS))
        (self._run,), self._cursor = self._engine.submit(self._token, [settings]), 0

    def _stop(self) -> None:
        try:
            self._engine.stop(self._token, self._run.id)
        except EngineError as error:
            if error.code != "not_now":  # it ended between our look and our wish
                raise

    def _draw(self) -> None:
        image = np.random.default_rng(self._chance.randrange(1_000)).integers(0, 256, (28, 28), np.uint8)
        model = self._run.id if self._run.has_model else "mnist"
        try:
            self._engine.classify(self._token, model, [image])
        except EngineError as error:
            if error.code != "not_ready":  # a worker is being replaced
                raise

    def _refresh(self) -> None:
        self._token, self._cursor = self._engine.enter(self._token).token, 0
        for record in self._engine.runs(self._token):
            self._engine.events(self._token, record.id)

    def _leave(self) -> None:
        self._engine.leave(self._token)
        self._token, self._run = self._engine.enter(None).token, None


def _soak(engine: EmbeddedEngine, minutes: int, visitors: int) -> list[dict[str, float]]:
    chance = random.Random(1)
    there = [Visitor(engine, chance) for _ in range(visitors)]
    measured: list[dict[str, float]] = []
    begin = time.monotonic()
    while len(measured) < minutes:
        for visitor in there:
            visitor.tick()
        if time.monotonic() - begin >= 60 * (len(measured) + 1):
            measured.append(memory())
            print(_line(len(measured), measured[-1]), file=sys.stderr, flush=True)
        time.sleep(SECONDS_BETWEEN_TICKS)
    return measured


def memory() -> dict[str, float]:
    """Return the private memory of the server and of each child, in MB."""
    server = psutil.Process()
    found = {"server": server.memory_full_info().uss / 2**20}
    for child in server.children():
        line = child.cmdline()
        role = line[line.index("--name") + 1] if "--name" in line else "scheduler"
        found[f"{role} ({child.pid})"] = child.memory_full_info().uss / 2**20
    return found


def _line(minute: int, used: Mapping[str, float]) -> str:
    return f"minute {minute}: " + ", ".join(f"{name} {size:.0f} MB" for name, size in used.items())


def _report(minutes: Sequence[Mapping[str, float]], grown: Mapping[str, float], as_json: bool) -> None:
    machine = describe_machine()
    if as_json:
        print(json.dumps({"bench": "soak", "machine": machine, "minutes": list(minutes), "growth_percent": grown}))
        return
    print(f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {len(minutes)} minutes\n")
    print(f"| process | MB after {min(SETTLED_AFTER, len(minutes))} minutes | MB at the end | growth |")
    print("|---|---|---|---|")
    settled = minutes[min(SETTLED_AFTER, len(minutes)) - 1]
    for name, percent in grown.items():
        print(f"| {name} | {settled[name]:.0f} | {minutes[-1][name]:.0f} | {percent:+.1f}% |")
