"""``python -m fvapp bench class``: how long students wait when a class trains and draws at once.

Simulated visitors use the pages' protocol, including the socket that announces changes. They
arrive within ten seconds. Some of them press Train on arrival and watch until they have their
result. All others, and those whose run has ended, draw, ask for random images and refresh the page.
Waits are reported separately for the time until the last visitor has arrived, and for the time
after that.

With ``--greedy N``, lessons with and without N tabs of a script that overloads the server are
simulated in turn, and their waits are compared.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

import numpy as np
import psutil

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.greedy import KINDS, open_greedy_tabs
from fvapp.bench.measuring import (
    Measurement,
    make_benchmark,
    measure_sides_in_turn,
    percentile_95,
    private_memory_mb,
)
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

ARRIVE_WITHIN = 10.0  # seconds within which all visitors arrive
# Mean number of seconds between a visitor's actions: students look at a drawing and talk about it.
THINKING = 15.0
LONGEST = 600.0
ADDRESS = "10.0.0.7"  # network address of all visitors in the school class
OTHER = "10.0.0.8"  # network address of a script outside the school class
# Environment variables that make the server trust the network addresses that visitors report.
PROXY = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
# Required and desired limits (must, aim) on the waits in a lesson while a greedy script overloads
# the server, as multiples of the waits without the script. The key is whether the script has the
# same network address as the class.
MULTIPLES = {False: (2.0, 1.3), True: (3.0, 2.0)}
# Required and desired limits (must, aim), in seconds, on the 95th percentile of each kind of wait.
# The first pair applies while visitors arrive, the second pair afterwards.
LINES = {
    "click": ((1.8, 1.0), (1.0, 0.5)),
    "drawing": ((1.6, 0.8), (1.0, 0.5)),
    "page open": ((3.5, 2.0), (2.0, 1.0)),
}


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measurement]:
    """Simulate the lessons, and yield the results of all measurements."""
    with serve_app(environ={**NO_LIMITS, **PROXY, "FVAPP_HOME": home}) as server:
        if args.warm or args.greedy:
            asyncio.run(
                SimulatedLesson(
                    server, visitor_count=1, training_count=1, min_seconds=1
                ).simulate_lesson()
            )
        if args.greedy:
            yield from _measure_beside_greedy_script(server, args)
        else:
            yield from asyncio.run(
                SimulatedLesson(
                    server, args.visitors, args.training, args.seconds
                ).simulate_lesson()
            )


def _measure_beside_greedy_script(
    server: ServedApp, args: argparse.Namespace
) -> Iterator[Measurement]:
    """Simulate lessons with and without a script that overloads the server; yield their waits."""
    waits: dict[tuple[str, str], list[float]] = {}

    def simulate_lesson(side: str, tabs: int) -> float:
        lesson = SimulatedLesson(server, args.visitors, args.training, args.seconds)
        address = ADDRESS if args.same_address else OTHER
        asyncio.run(lesson.simulate_lesson_beside_script(tabs, args.kinds, args.private, address))
        for kind in LINES:
            waited = [
                seconds for waited_for, _, seconds in lesson.action_waits if waited_for == kind
            ]
            for name, number in (
                ("median", median(waited)),
                ("95th percentile", percentile_95(waited)),
            ):
                waits.setdefault((f"{kind}, {name}", side), []).append(number)
        return 0.0

    measure_sides_in_turn(
        {
            "without": lambda: simulate_lesson("without", 0),
            "beside": lambda: simulate_lesson("beside", args.greedy),
        },
        warm_ups=0,
    )
    for line in dict.fromkeys(line for line, _ in waits):
        must, aim = (
            MULTIPLES[args.same_address] if "95th" in line and "click" not in line else (None, None)
        )
        yield Measurement(
            line,
            "s",
            waits[line, "beside"],
            waits[line, "without"],
            required_level=must and 1 / must,
            desired_level=aim and 1 / aim,
        )


def _add_class_arguments(parser: argparse.ArgumentParser) -> None:
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


add_arguments, run = make_benchmark("class", measure_all, _add_class_arguments)


@dataclass
class SimulatedLesson:
    """A lesson whose simulated visitors all use one server.

    Attributes:
        action_waits: for each wait, its kind, the second at which it began, and its duration in
            seconds.
        arrival_seconds: for each visitor, the second at which the visitor's first page was open
            and, if the visitor trains, Train had been pressed.
        result_seconds: the second at which each training run had its result.
        started_at: ``time.monotonic()`` at the start of the lesson, from which all these seconds
            are counted.
    """

    server: ServedApp
    visitor_count: int
    training_count: int
    min_seconds: float
    action_waits: list[tuple[str, float, float]] = field(default_factory=list)
    arrival_seconds: list[float] = field(default_factory=list)
    result_seconds: list[float] = field(default_factory=list)
    started_at: float = 0.0
    _is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def simulate_lesson(self) -> list[Measurement]:
        """Simulate the lesson to its end, and return the results of all measurements."""
        process = psutil.Process(self.server.process.pid)
        before = sum(process.cpu_times()[:2])
        self.started_at = monotonic()
        chance = random.Random(1)
        arrivals = sorted(chance.uniform(0, ARRIVE_WITHIN) for _ in range(self.visitor_count))
        trains = set(chance.sample(range(self.visitor_count), self.training_count))
        visits = [
            self._simulate_visitor(arrival, number in trains, random.Random(number))
            for number, arrival in enumerate(arrivals)
        ]
        ended = await asyncio.gather(*visits, return_exceptions=True)
        errors = [str(error)[:200] for error in ended if isinstance(error, Exception)]
        for error in set(errors):
            print(f"a visitor failed: {error}", file=sys.stderr, flush=True)
        memory = private_memory_mb(process.pid)
        cpu = sum(process.cpu_times()[:2]) - before
        return [
            *self._summarize_waits(),
            Measurement(
                "private memory of the server",
                "MB",
                [memory],
                required_level=320.0,
                desired_level=280.0,
            ),
            Measurement(
                f"processor time of the server, in {self._seconds_since_start():.0f} s", "s", [cpu]
            ),
            Measurement("visitors for whom something failed", "", [len(errors)], required_level=0),
        ]

    async def simulate_lesson_beside_script(
        self, tabs: int, kinds: Sequence[str], private: bool, address: str
    ) -> None:
        """Simulate the lesson while a script with `tabs` tabs overloads the server."""
        async with open_greedy_tabs(self.server.url, tabs, kinds, private, address):
            await self.simulate_lesson()

    def _summarize_waits(self) -> Iterator[Measurement]:
        all_there = max(self.arrival_seconds, default=0.0)
        yield Measurement("the last one has come", "s", [all_there])
        times = (("while all come", 0.0, all_there), ("after", all_there, LONGEST * 2))
        for place, (name, first, last) in enumerate(times):
            for kind, lines in LINES.items():
                waited = [
                    seconds
                    for waited_for, at, seconds in self.action_waits
                    if waited_for == kind and first <= at < last
                ]
                if len(waited) < 2:
                    continue
                line = f"{kind}, 95th percentile, {name} (of {len(waited)})"
                yield Measurement(line, "s", [percentile_95(waited)], (), *lines[place])
                yield Measurement(f"the same, median, {name}", "s", [median(waited)])
        if self.result_seconds:
            yield Measurement(
                f"all {len(self.result_seconds)} who train have their result",
                "s",
                [max(self.result_seconds)],
            )

    def _seconds_since_start(self) -> float:
        return monotonic() - self.started_at

    async def _time_action(self, kind: str, act: Awaitable[None]) -> None:
        at = self._seconds_since_start()
        await act
        self.action_waits.append((kind, at, self._seconds_since_start() - at))

    async def _simulate_visitor(self, arrival: float, trains: bool, chance: random.Random) -> None:
        await asyncio.sleep(max(0.0, arrival - self._seconds_since_start()))
        page = PageVisitor(self.server.url, address=ADDRESS)
        hand = np.random.default_rng(chance.randrange(1_000))
        try:
            try:
                if trains:
                    seed = chance.randrange(1_000)
                    await self._time_action("page open", page.open("", f"seed={seed}"))
                    await self._time_action("click", page.press("train_start"))
                else:
                    await self._time_action("page open", page.open("draw"))
            finally:
                self.arrival_seconds.append(self._seconds_since_start())
                if len(self.arrival_seconds) == self.visitor_count:
                    asyncio.get_running_loop().call_later(self.min_seconds, self._is_over.set)
            if trains:
                await page.until(lambda: "%" in page.text("test_result"), LONGEST)
                self.result_seconds.append(self._seconds_since_start())
                await self._time_action("page open", page.open("draw"))
            while not await self._is_over_within(chance.expovariate(1 / THINKING)):
                drawn = chance.random()
                if drawn < 0.6:
                    drawing = canvas_json(draw_random_scribble(hand))
                    await self._time_action("drawing", page.draw(drawing))
                elif drawn < 0.8:
                    await self._time_action("click", page.press("random_image"))
                else:
                    await self._time_action("page open", page.open("draw"))
                await page.redraw_if_changed()
        finally:
            await page.close()

    async def _is_over_within(self, seconds: float) -> bool:
        """Wait `seconds`, or until the lesson is over; return whether it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._is_over.wait()
        return self._is_over.is_set()
