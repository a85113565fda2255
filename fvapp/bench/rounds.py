"""``python -m fvapp bench rounds``: what a class waits for in its rounds; its seeds beside as many who train alone.

Visitors speak the pages' own protocol, live socket included. A class is on the page of missions, with board and
projector open; who trains alone is on the train page. The first round starts when pages have been quiet for a moment.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np

from fvapp.bench.class_ import ARRIVE_WITHIN, LONGEST, Lesson, open_class
from fvapp.bench.drawings import canvas_json, scribble
from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.measuring import Measure, benchmark, high, private_mb
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from fvapp.core.classroom.rounds import DRAW_SECONDS, KINDS, Kind

QUIET = 5.0  # seconds after the last has come: a busy server tells pages later what is new
ONE_BY_ONE = 10  # students who answer a poll one after the other; the others answer at once


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Hold the rounds, have as many train without a class, and yield what was measured."""
    seconds: dict[str, list[float]] = {"seeds": [], "alone": []}
    for number in range(args.pairs):
        for side in (_in_a_class, _alone) if args.seeds else (_in_a_class,):
            with serve_app(environ={**NO_LIMITS, "FVAPP_HOME": f"{home}/{number}{side.__name__}"}) as server:
                asyncio.run(Lesson(server, visitors=1, training=1, seconds=1).hold())  # somebody has trained before
                for name, measured in asyncio.run(side(server, args.visitors, args.seeds)).items():
                    seconds.setdefault(name, []).append(measured)
    lines = {"seeds": (1 / 1.15, 1 / 1.05), "started": (3.0, 1.5), "answer": (2.0, 1.0), "vote": (3.0, 1.0)}
    lines |= {"drawings": (4.0, 2.0), "private memory of the server": (330.0, 290.0)}
    alone = seconds.pop("alone")
    for name, found in seconds.items():
        if found:
            must, aim = lines.get(name.partition(":")[0], (None, None))
            unit, other = "MB" if "memory" in name else "s", alone if name == "seeds" else ()
            yield Measure(f"{name}, {args.visitors} students", unit, found, other, must=must, aim=aim)


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visitors", type=int, default=30, help="students, 10 at least")
    parser.add_argument("--pairs", type=int, default=1, help="how often, in turn with those who train alone")
    parser.add_argument("--no-seeds", dest="seeds", action="store_false", help="leave out what trains")


add_arguments, run = benchmark("rounds", measure_all, _add_own)


async def _in_a_class(server: ServedApp, visitors: int, seeds: bool) -> dict[str, float]:
    """Return the seconds of each round, and the memory of the server."""
    board, projector, code = await open_class(server.url)
    students = await _arrive(server, visitors, code)

    def shown() -> int:
        """Return the number at the top of the projector."""
        return int(projector.search(r"<h1 class='\w+'>[^<]*</h1><p><b>(\d+)</b>") or 0)

    async def start(kind: Kind) -> float:
        await _until(board, lambda: board.has("rounds"))
        await board.open_window("rounds")
        await board.choose("round_kind", KINDS.index(kind))
        begin = monotonic()
        await board.press("round_start")
        return begin

    async def reveal() -> None:
        await _until(board, lambda: board.has("round_reveal"))
        await board.press("round_reveal")

    begin, *there = await asyncio.gather(
        start("predict"), *(_until(page, lambda page=page: page.text("class_round")) for page in students)
    )
    found: dict[str, float] = {}

    def note(name: str, measured: float) -> None:
        found[name] = measured
        print(f"{name}: {measured:.2f}", file=sys.stderr, flush=True)

    note("started: on the last page", max(there) - begin)
    answers = []
    await _until(projector, lambda: projector.search("<h1 class='predict'"))
    for number, page in enumerate(students[:ONE_BY_ONE], start=1):
        begin = monotonic()
        _, told = await asyncio.gather(page.choose("poll", 0), _until(projector, lambda n=number: shown() == n))
        answers.append(told - begin)
    note("answer: one at a time on the projector, 95th percentile", high(answers))
    begin = monotonic()
    rest = [page.choose("poll", 1) for page in students[ONE_BY_ONE:]]
    told, *_ = await asyncio.gather(_until(projector, lambda: shown() == visitors), *rest)
    note(f"the other {len(rest)} answers at once: all on the projector", told - begin)
    await reveal()
    if seeds:
        begin, told, *_ = await asyncio.gather(
            start("seeds"),
            _until(projector, lambda: projector.search("<h1 class='seeds'") and shown() == visitors),
            *(_until(page, lambda page=page: "%" in page.text("class_round")) for page in students),
        )
        note("seeds", told - begin)
        await reveal()
        begin, told = await asyncio.gather(
            start("vote"), _until(projector, lambda: projector.search(r"<h1 class='vote'>[^<]*</h1><p>(\d+)"))
        )
        note("vote: all counted", told - begin)
        await reveal()
    _, told, *sent = await asyncio.gather(
        start("draw"),
        _until(projector, lambda: projector.search("<h1 class='draw'") and shown() == visitors),
        *(_draw(page, random.Random(number)) for number, page in enumerate(students)),
    )
    note("drawings: the last one sent to all on the wall", told - max(sent))
    await reveal()
    note("private memory of the server", private_mb(server.process.pid))
    await asyncio.gather(*(page.close() for page in (board, projector, *students)))
    return found


async def _alone(server: ServedApp, visitors: int, seeds: bool) -> dict[str, float]:
    """Return the seconds until as many who train without a class, all at once, have their results."""
    students = await _arrive(server, visitors)
    begin = monotonic()
    await asyncio.gather(*(page.press("train_start") for page in students))
    there = await asyncio.gather(
        *(_until(page, lambda page=page: "%" in page.text("test_result")) for page in students)
    )
    await asyncio.gather(*(page.close() for page in students))
    return {"alone": max(there) - begin}


async def _arrive(server: ServedApp, visitors: int, code: str | None = None) -> list[PageVisitor]:
    """Return the pages of students who have come, in a class if there is one."""

    async def come(number: int, page: PageVisitor) -> PageVisitor:
        await asyncio.sleep(ARRIVE_WITHIN * number / visitors)
        if code is not None:
            await page.open("class", f"code={code}")
            await page.fill("nickname", f"Student {number}")
            await page.press("class_join")
        await (page.open("missions") if code is not None else page.open("", f"seed={number + 1}"))
        return page

    there = await asyncio.gather(*(come(number, PageVisitor(server.url)) for number in range(visitors)))
    await asyncio.sleep(QUIET)
    return there


async def _draw(page: PageVisitor, chance: random.Random) -> float:
    """Draw when the canvas is there, at some moment of the time there is; return when it was sent."""
    await _until(page, page.has_canvas)
    await asyncio.sleep(chance.uniform(0.0, DRAW_SECONDS / 2))
    sent = monotonic()
    await page.draw(canvas_json(scribble(np.random.default_rng(chance.randrange(1_000)))))
    return sent


async def _until(page: PageVisitor, there: Callable[[], object]) -> float:
    """Look on until something is there; return when."""
    async with asyncio.timeout(LONGEST):
        while not there():
            await page.wait_for_change()
    return monotonic()
