"""``python -m fvapp bench soak``: an hour of lesson, and the memory of server and workers minute by minute.

Students come to the app as ``streamlit run`` serves it, train, watch, draw, refresh, lose their connection and leave.
They speak the pages' own protocol. What counts is how much each process has grown since the tenth minute: the median of
five minutes from there beside that of the last five.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from statistics import median
from urllib.parse import urlencode

import numpy as np
import psutil

from fvapp.bench.drawings import canvas_json, scribble
from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.measuring import Measure, benchmark, private_mb
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

SETTLED_AFTER = 10  # minutes from which growth counts
MEDIAN_OF = 5  # minutes: a single one may have a long run in it
MOST_GROWTH = 5.0  # percent
_SECOND = 1.0
NETWORKS = (  # as addresses say them
    {"hidden": "128"},
    {"hidden": "64", "optimizer": "sgd"},
    {"hidden": "512", "dropout": 0.2},
    {"hidden": "256,128", "activation": "tanh"},
    {"hidden": "128", "optimizer": "rmsprop", "batch_size": 64},
)


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Soak and yield how much each process has grown.

    A worker that was replaced meanwhile has no name in common with an earlier minute and is left out.
    """
    with serve_app(environ={**NO_LIMITS, "FVAPP_HOME": home}) as server:
        minutes = asyncio.run(_soak(server, args.minutes, args.visitors))
    settled = min(SETTLED_AFTER, len(minutes)) - 1
    begin, end = _usual(minutes[settled : settled + MEDIAN_OF]), _usual(minutes[-MEDIAN_OF:])
    for name in sorted(begin.keys() & end.keys()):
        what = f"growth of {name} from {begin[name]:.0f} to {end[name]:.0f} MB"
        yield Measure(what, "%", [100 * (end[name] / begin[name] - 1)], must=MOST_GROWTH)


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=int, default=60, help="how long; growth counts from the tenth minute")
    parser.add_argument("--visitors", type=int, default=6, help="how many are there at the same time")


add_arguments, run = benchmark("soak", measure_all, _add_own)


class Student:
    """Somebody who trains one network after the other, looks and draws in between, and leaves one day."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._url, self._chance = url, chance
        self._page = PageVisitor(url)

    async def come(self) -> None:
        """Open a train page whose address holds one of the networks."""
        chance = self._chance
        query = urlencode({**chance.choice(NETWORKS), "epochs": chance.randint(1, 8), "seed": chance.randrange(1_000)})
        await self._page.open("", query)

    async def second(self) -> None:
        """Do what a page does in a second, and sometimes what a person does."""
        page, chance = self._page, self._chance
        await page.catch_up()
        if chance.random() < 0.1 and page.has("train_start"):
            await page.press("train_start")
        elif chance.random() < 0.02 and page.has("train_stop"):
            await page.press("train_stop")
        if chance.random() < 0.05:
            await self._draw_something()
        if chance.random() < 0.02:
            await page.drop()
            await page.come_back()
        if chance.random() < 0.02:
            await page.close()
            await self.come()
        if chance.random() < 0.003:  # the student leaves for good, and a new one arrives
            await page.close()
            self._page = PageVisitor(self._url)
            await self.come()

    async def _draw_something(self) -> None:
        """Draw a scribble on the draw page in a second tab, and close it."""
        tab = PageVisitor(self._url, self._page.storage)
        await tab.open("draw")
        hand = np.random.default_rng(self._chance.randrange(1_000))
        for _ in range(3):
            await tab.draw(canvas_json(scribble(hand)))
        await tab.close()


async def _soak(server: ServedApp, minutes: int, students: int) -> list[dict[str, float]]:
    chance = random.Random(1)
    there = [Student(server.url, chance) for _ in range(students)]
    await asyncio.gather(*(student.come() for student in there))
    measured: list[dict[str, float]] = []
    begin = time.monotonic()
    while len(measured) < minutes:
        await asyncio.gather(*(student.second() for student in there), asyncio.sleep(_SECOND))
        if time.monotonic() - begin >= 60 * (len(measured) + 1):
            measured.append(_memory(server.process.pid))
            used = ", ".join(f"{name} {size:.0f} MB" for name, size in measured[-1].items())
            print(f"minute {len(measured)}: {used}", file=sys.stderr, flush=True)
    return measured


def _memory(process_id: int) -> dict[str, float]:
    """Return the private memory of the server and of each child, in MB."""
    found = {"server": private_mb(process_id)}
    for child in psutil.Process(process_id).children():
        with suppress(psutil.NoSuchProcess):  # a worker that is being replaced
            line = child.cmdline()
            role = line[line.index("--name") + 1] if "--name" in line else "scheduler"
            found[f"{role} ({child.pid})"] = private_mb(child.pid)
    return found


def _usual(minutes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each process that was there in all of these minutes."""
    names = set.intersection(*(set(minute) for minute in minutes))
    return {name: median(minute[name] for minute in minutes) for name in names}
