"""``python -m fvapp bench class``: a class comes to one server, some train, all draw; what each of
them waits for.

Visitors speak the pages' own protocol, live socket included. They arrive within ten seconds; those
who train press the button when they have come and look on until they have their result. Who does
not train, or has trained, draws, asks for random images and refreshes the page. Measured is what a
visitor waits for until the last one has come, and after that.

With ``--greedy N`` lessons without and with so many tabs of a script are held in turn, and their
waits compared.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

import numpy as np
import psutil

from fvapp.bench.drawings import canvas_json, scribble
from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.greedy import KINDS, greedy_tabs
from fvapp.bench.measuring import Measure, alternate, benchmark, high, private_mb
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

ARRIVE_WITHIN = 10.0  # seconds
# Mean seconds between two actions of a visitor, who looks at a drawing and talks about it.
THINKING = 15.0
LONGEST = 600.0
ADDRESS = "10.0.0.7"  # address of the class
OTHER = "10.0.0.8"  # address of a script outside the class
PROXY = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}  # the server then believes visitors' addresses
# Limits (must, aim) for waits as multiples of those without a script, by whether the script is at
# the class's address.
MULTIPLES = {
    False: (2.0, 1.3),
    True: (3.0, 2.0),
}
# Limits for the 95th percentile of each kind of wait in seconds (must, aim): while all arrive, and
# afterwards.
LINES = {
    "click": ((1.8, 1.0), (1.0, 0.5)),
    "drawing": ((1.6, 0.8), (1.0, 0.5)),
    "page open": ((3.5, 2.0), (2.0, 1.0)),
}


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Hold the lesson and yield the measures."""
    with serve_app(environ={**NO_LIMITS, **PROXY, "FVAPP_HOME": home}) as server:
        if args.warm or args.greedy:
            asyncio.run(SimulatedLesson(server, visitors=1, training=1, seconds=1).hold())
        if args.greedy:
            yield from _beside_greedy(server, args)
        else:
            yield from asyncio.run(
                SimulatedLesson(server, args.visitors, args.training, args.seconds).hold()
            )


def _beside_greedy(server: ServedApp, args: argparse.Namespace) -> Iterator[Measure]:
    """Hold lessons without and with a script in turn; yield how much longer the waits become."""
    waits: dict[tuple[str, str], list[float]] = {}

    def hold(side: str, tabs: int) -> float:
        lesson = SimulatedLesson(server, args.visitors, args.training, args.seconds)
        address = ADDRESS if args.same_address else OTHER
        asyncio.run(lesson.hold_beside(tabs, args.kinds, args.private, address))
        for kind in LINES:
            waited = [seconds for waited_for, _, seconds in lesson.waits if waited_for == kind]
            for name, number in (("median", median(waited)), ("95th percentile", high(waited))):
                waits.setdefault((f"{kind}, {name}", side), []).append(number)
        return 0.0

    alternate(
        {"without": lambda: hold("without", 0), "beside": lambda: hold("beside", args.greedy)},
        warm_ups=0,
    )
    for line in dict.fromkeys(line for line, _ in waits):
        must, aim = (
            MULTIPLES[args.same_address] if "95th" in line and "click" not in line else (None, None)
        )
        yield Measure(
            line,
            "s",
            waits[line, "beside"],
            waits[line, "without"],
            must=must and 1 / must,
            aim=aim and 1 / aim,
        )


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visitors", type=int, default=200, help="who come")
    parser.add_argument("--training", type=int, default=60, help="of them press Train")
    parser.add_argument(
        "--seconds",
        type=float,
        default=90.0,
        help="how long they stay at least, once all are there",
    )
    parser.add_argument(
        "--greedy", type=int, default=0, metavar="N", help="tabs of a script beside them"
    )
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=[*KINDS], help="what the script asks for"
    )
    parser.add_argument(
        "--private", action="store_true", help="each of its tabs is in a private window"
    )
    parser.add_argument(
        "--same-address", action="store_true", help="the script is at the address of the class"
    )
    parser.add_argument(
        "--warm", action="store_true", help="somebody has trained and drawn before they come"
    )


add_arguments, run = benchmark("class", measure_all, _add_own)


@dataclass
class SimulatedLesson:
    """A lesson on a server.

    Attributes:
        waits: for each wait, its kind, the second at which it began, and its duration in seconds.
        come: the second at which each visitor had the first page and, if they train, had pressed
            Train.
        results: the second at which each training run had its result.
        begun: clock time of the start, from which these seconds count.
    """

    server: ServedApp
    visitors: int
    training: int
    seconds: float
    waits: list[tuple[str, float, float]] = field(default_factory=list)
    come: list[float] = field(default_factory=list)
    results: list[float] = field(default_factory=list)
    begun: float = 0.0

    async def hold(self) -> list[Measure]:
        """Hold the lesson to its end, and return the measures."""
        process = psutil.Process(self.server.process.pid)
        before = sum(process.cpu_times()[:2])
        self.begun = monotonic()
        chance = random.Random(1)
        arrivals = sorted(chance.uniform(0, ARRIVE_WITHIN) for _ in range(self.visitors))
        trains = set(chance.sample(range(self.visitors), self.training))
        visits = [
            self._visit(arrival, number in trains, random.Random(number))
            for number, arrival in enumerate(arrivals)
        ]
        ended = await asyncio.gather(*visits, return_exceptions=True)
        errors = [str(error)[:200] for error in ended if isinstance(error, Exception)]
        for error in set(errors):
            print(f"a visitor failed: {error}", file=sys.stderr, flush=True)
        length = self._passed()
        memory = private_mb(process.pid)
        cpu = sum(process.cpu_times()[:2]) - before
        return [
            *self._measures(),
            Measure("private memory of the server", "MB", [memory], must=320.0, aim=280.0),
            Measure(f"processor time of the server, in {length:.0f} s", "s", [cpu]),
            Measure("visitors for whom something failed", "", [len(errors)], must=0),
        ]

    async def hold_beside(
        self, tabs: int, kinds: Sequence[str], private: bool, address: str
    ) -> None:
        """Hold the lesson beside some tabs of a script."""
        async with greedy_tabs(self.server.url, tabs, kinds, private, address):
            await self.hold()

    def _measures(self) -> Iterator[Measure]:
        all_there = max(self.come, default=0.0)
        yield Measure("the last one has come", "s", [all_there])
        times = (("while all come", 0.0, all_there), ("after", all_there, LONGEST * 2))
        for place, (name, first, last) in enumerate(times):
            for kind, lines in LINES.items():
                waited = [
                    seconds
                    for waited_for, at, seconds in self.waits
                    if waited_for == kind and first <= at < last
                ]
                if len(waited) < 2:
                    continue
                line = f"{kind}, 95th percentile, {name} (of {len(waited)})"
                yield Measure(line, "s", [high(waited)], (), *lines[place])
                yield Measure(f"the same, median, {name}", "s", [median(waited)])
        if self.results:
            yield Measure(
                f"all {len(self.results)} who train have their result", "s", [max(self.results)]
            )

    def _passed(self) -> float:
        return monotonic() - self.begun

    async def _take(self, kind: str, act: Awaitable[None]) -> None:
        at = self._passed()
        await act
        self.waits.append((kind, at, self._passed() - at))

    async def _visit(self, arrival: float, trains: bool, chance: random.Random) -> None:
        await asyncio.sleep(max(0.0, arrival - self._passed()))
        page = PageVisitor(self.server.url, address=ADDRESS)
        hand = np.random.default_rng(chance.randrange(1_000))
        try:
            try:
                await self._come(page, trains, chance)
            finally:
                self.come.append(self._passed())
            if trains:
                await self._watch(page)
                await self._take("page open", page.open("draw"))
            while len(self.come) < self.visitors or self._passed() < max(self.come) + self.seconds:
                await self._do_something(page, chance, hand)
        finally:
            await page.close()

    async def _come(self, page: PageVisitor, trains: bool, chance: random.Random) -> None:
        """Open the first page; visitors who train press the button."""
        if trains:
            await self._take("page open", page.open("", f"seed={chance.randrange(1_000)}"))
            await self._take("click", page.press("train_start"))
        else:
            await self._take("page open", page.open("draw"))

    async def _watch(self, page: PageVisitor) -> None:
        """Watch until the run has its result."""
        await page.until(lambda: "%" in page.text("test_result"), LONGEST)
        self.results.append(self._passed())

    async def _do_something(
        self, page: PageVisitor, chance: random.Random, hand: np.random.Generator
    ) -> None:
        """Wait a while, then draw, ask for a random image, or reopen the page."""
        await asyncio.sleep(chance.expovariate(1 / THINKING))
        drawn = chance.random()
        if drawn < 0.6:
            await self._take("drawing", page.draw(canvas_json(scribble(hand))))
        elif drawn < 0.8:
            await self._take("click", page.press("random_image"))
        else:
            await self._take("page open", page.open("draw"))
        await page.catch_up()
