"""Five minutes of rounds in which workers and the server are killed: no confirmed work is lost."""

import asyncio
import gc
import os
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from time import monotonic

import numpy as np
import psutil
import pytest
from websockets.exceptions import WebSocketException

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.bench.engine_runs import NO_LIMITS
from fvapp.bench.page_visitor import BrowserStorage, PageError
from fvapp.bench.served_app import serve_app
from fvapp.core.classroom.hunt import BUDGET_CHOICES
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.kinds.think import PARTS
from fvapp.core.dataset_table import CLASS, make_own_dataset_name
from fvapp.i18n import Translator
from page_hands import HandyVisitor

pytestmark = pytest.mark.long

T = Translator("en")
SECONDS = float(os.environ.get("FVAPP_TEST_SECONDS", "300"))
# For each number of classes: the students in a class, and the kinds of rounds they take part in.
CLASSES = {
    1: (10, ("think", "predict", "word", "seeds", "word", "vote", "draw", "hunt")),
    10: (2, ("predict", "draw", "hunt")),
}
WORDS = "fish", "house", "star"
KILL_EVERY = 20.0  # seconds between the kills of two workers
QUICK = "hidden=16&epochs=1"  # settings that students train in a hunt (a contest)
# Seconds after which a waiting page counts as stuck. The limit is long because a network may lose
# its worker many times.
STUCK = 400.0
# Errors that a page meets when its server or its connection is gone.
GONE = (
    OSError,
    WebSocketException,
    PageError,
)


class Server:
    """The served app, which can be killed and restarted on another port with the same folder."""

    def __init__(self, home: str, stack: ExitStack) -> None:
        self._environ = {**NO_LIMITS, "FVAPP_HOME": home}
        self._stack = stack
        self.start()

    def start(self) -> None:
        self.served = self._stack.enter_context(serve_app(environ=self._environ))

    def workers(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.served.process.pid).children()
            return [each for each in children if "fvapp.worker.plugin" in each.cmdline()]
        return []

    async def die(self) -> None:
        self.served.process.kill()
        await asyncio.to_thread(self.start)


class Tab:
    """A page that loses its connection now and then, and is opened again until it loads."""

    def __init__(
        self,
        server: Server,
        page: HandyVisitor,
        path: str,
        query: str = "",
        losses: random.Random | None = None,
    ):
        self.server = server
        self.page = page
        self._where = (path, query)
        self._losses = losses

    async def until(
        self, there: Callable[[], object], act: Callable[[], Awaitable[None] | None] | None = None
    ) -> None:
        """Wait until `there()` is true.

        Before each check, call `act`, which returns the action that the page offers at the moment,
        or None.
        """
        async with asyncio.timeout(STUCK):
            while True:
                with lost_pages() as lost:
                    if there():
                        return
                    doing = act and act()
                    await (doing if doing is not None else self.page.wait_for_change())
                    if self._losses and self._losses.random() < 0.1:
                        await self.page.drop()
                        await self.page.come_back()
                if lost:
                    await self.again()

    def press(self, key: str) -> Awaitable[None] | None:
        return self.page.press(key) if self.page.has(key) else None

    async def again(self) -> None:
        while True:
            with lost_pages() as lost:
                self.page.url = self.server.served.url
                await self.page.open(*self._where)
            if not lost:
                return
            await asyncio.sleep(0.2)  # the server is still starting


@contextmanager
def lost_pages():
    lost: list[Exception] = []
    try:
        yield lost
    except GONE as error:
        lost.append(error)


class Student(Tab):
    """A student who takes part in every round and remembers what the page has confirmed."""

    def line(self) -> str:
        return self.page.text("class_round")

    async def predict(self) -> None:
        def choose():
            return (
                self.page.choose("poll", self._losses.randrange(2))
                if self.page.has("poll")
                else None
            )

        await self.until(lambda: T("classroom.round.student.chosen") in self.line(), choose)

    async def seeds(self) -> None:
        """Train, and train again when the page says that the student's network is missing."""
        own = T("classroom.round.student.accuracy", accuracy="{}").partition("{}")[0]
        train = partial(self.press, "round_train")
        await self.until(lambda: own in self.line() and not self.page.has("round_train"), train)

    async def draw(self) -> None:
        """Draw, and draw again when the page says that the drawing is missing."""
        hand = np.random.default_rng(self._losses.randrange(1_000))
        sent: list[bool] = []

        async def send() -> None:
            await self.page.draw(canvas_json(draw_random_scribble(hand)))
            sent.append(True)

        async def begin() -> None:
            await self.page.press("round_draw")
            sent.clear()

        def draw():
            if self.page.has("round_draw"):
                return begin()
            return send() if self.page.has_canvas() and not sent else None

        await self.until(lambda: T("classroom.round.student.on_wall") in self.line(), draw)

    word = draw

    async def hunt(self) -> None:
        """Train a network until the page shows the student's best accuracy.

        If the page says that no attempts have been used, start a run; otherwise resume the run.
        """
        own = T("classroom.hunt.own", best="{}").partition("{}")[0]
        none = T("classroom.hunt.left", left=3, most=3)

        def train():
            return self.press("train_start") if none in self.line() else self.press("train_resume")

        await self.until(lambda: own in self.line(), train)

    async def think(self) -> None:
        """Answer each question.

        The page offers the next question once it has stored the answer, and says how many it has
        stored.
        """
        through = T("think.through", n=8, of=8)

        def answer():
            if way := self.page.key_like(r"think_\d+_next", "button"):
                return self.page.press(way)
            question = self.page.key_like(r"think_\d+_[ab]\d", "radio")
            return self.page.choose(question, self._losses.randrange(4)) if question else None

        await self.until(lambda: through in self.line(), answer)

    async def vote(self) -> None:
        await self.until(lambda: T("classroom.round.student.look") in self.line())


async def open_class(url: str) -> tuple[HandyVisitor, HandyVisitor, str]:
    """Open a class as its teacher; return the board, the projector's page and the class code."""
    board = HandyVisitor(url)
    await board.open("teachers")
    await board.fill("class_name", "bench")
    await board.press("class_open")
    await board.open("class")
    projector = HandyVisitor(url, BrowserStorage(board.storage.token))
    await projector.open("class", "view=projector")
    return board, projector, board.search("class='fvapp-code'>([^<]*)")


async def make_trouble(server: Server, count: Counter[str]) -> None:
    """Kill a worker every `KILL_EVERY` seconds, and the server once, halfway through the test."""
    chance = random.Random(1)
    begin = monotonic()
    while True:
        await asyncio.sleep(KILL_EVERY)
        if not count["server killed"] and monotonic() - begin > SECONDS / 2:
            count["server killed"] += 1
            await server.die()
        elif workers := server.workers():
            count["workers killed"] += 1
            chance.choice(workers).kill()


async def hold(
    server: Server, name: int, size: int, kinds: Sequence[str], count: Counter[str]
) -> None:
    """Hold rounds in a class until the time is over, and count the rounds by kind."""
    begin = monotonic()
    held = Counter()
    kept = Counter()
    board, projector, code = await open_class(server.served.url)
    board = Tab(server, board, "class")
    projector = Tab(server, projector, "class", "view=projector")
    students = [
        Student(server, HandyVisitor(server.served.url), "", QUICK, random.Random(n))
        for n in range(size)
    ]
    for number, student in enumerate(students):
        await student.page.open("class", f"code={code}")
        await student.page.fill("nickname", f"Student {name} {number}")
        await student.page.press("class_join")
        await student.page.open("", QUICK)

    async def start(kind: str) -> None:
        def press():
            if board.page.has("round_start"):
                return begin_round()
            return board.page.open_window("rounds") if board.page.has("rounds") else None

        async def begin_round() -> None:
            await board.page.choose("round_kind", list(KINDS).index(kind))
            if kind == "predict":
                await board.page.choose("round_mission", held[kind] % 4)
            elif kind == "hunt":
                await board.page.choose("round_parameters", len(BUDGET_CHOICES[1]) - 1)
            elif kind == "think":
                await board.page.choose("round_part", 0)
            elif kind == "word":
                await board.page.fill("round_word", WORDS[held[kind] % len(WORDS)])
            await board.page.press("round_start")

        await board.until(lambda: board.page.has("round_reveal"), press)

    def complete(kind: str) -> bool:
        top = r"</h1><p>(\d+)" if kind == "vote" else r"</h1><p><b>(\d+)</b>"
        under_way = projector.page.search(f"<h1 class='{kind}'") is not None
        return under_way and int(projector.page.search(top) or 0) == size

    async def keep(word: str) -> None:
        """Keep the wall's drawings of a word as examples, and give all kept drawings to the class.

        The numbers that the board has shown must not get lost.
        """
        kept[word] += size
        words = " · ".join(f"**{each}** {n}" for each, n in kept.items())
        there = partial(board.page.text, "class_set")
        given = T("classroom.set.given", words=", ".join(kept))
        await board.until(lambda: words in there(), lambda: board.press("round_keep"))
        give = partial(board.press, "class_set_give")
        if len(kept) > 1:
            await board.until(
                lambda: given in there() and not board.page.has("class_set_give"), give
            )

    while monotonic() - begin < SECONDS:
        for kind in kinds:
            if kind == "think" and held[kind] == len(PARTS):
                continue
            await start(kind)
            await asyncio.gather(*(getattr(student, kind)() for student in students))
            # Everything a page has confirmed is there when the teacher opens the board again.
            await projector.again()
            await projector.until(lambda kind=kind: complete(kind))
            await board.until(lambda: board.page.has("rounds"), lambda: board.press("round_reveal"))
            if kind == "think":
                counted = re.escape(T(f"think.answered.{PARTS[held[kind]]}", n=size))
                await board.until(lambda counted=counted: board.page.search(counted))
            if kind == "word":
                await keep(WORDS[held[kind] % len(WORDS)])
            held[kind] += 1
    count += held
    for student in students if kept else ():
        student._where = "data", f"dataset={make_own_dataset_name(list(kept), CLASS)}"
        await student.again()
        title = f"{T('datasets.class.drawings')} · {kept.total()}"
        await student.until(lambda page=student.page, title=title: title in page.text())


async def hold_all(server: Server, classes: int) -> Counter[str]:
    """Hold rounds in several classes at once amid kills; count the rounds and the kills by kind."""
    count = Counter()
    (size, kinds) = CLASSES[classes]
    troubles = asyncio.create_task(make_trouble(server, count))
    try:
        await asyncio.gather(*(hold(server, name, size, kinds, count) for name in range(classes)))
    finally:
        troubles.cancel()
    return count


# A killed server never closes its ends of the connections, which Python reports as warnings.
@pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("classes", CLASSES)
def test_work_that_a_page_confirmed_in_a_round_survives_all_kills(tmp_path, classes):
    with ExitStack() as stack:
        count = asyncio.run(hold_all(Server(str(tmp_path), stack), classes))
    print(count)
    assert count["server killed"] == 1 and count["workers killed"] >= SECONDS / KILL_EVERY / 3
    assert all(count[kind] >= classes for kind in CLASSES[classes][1])
    # Collect garbage now, because this test ignores the warnings about unclosed connections.
    gc.collect()
