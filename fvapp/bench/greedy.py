"""Scripts that ask a server for all that it takes: tabs that have a page drawn ten times a second,
and never look.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import numpy as np
from websockets.exceptions import WebSocketException

from fvapp.bench.drawings import canvas_json, scribble
from fvapp.bench.page_visitor import PageError, PageVisitor, Storage

PAUSE = 0.1  # seconds between two messages of a tab
# Each kind's page, and the button to press on it; None redraws the whole page.
KINDS = {
    "inside": ("inside", None),
    "train": ("", None),
    "data": ("data", None),
    "phone": ("draw", "at_home_drawn_phone"),
    "canvas": ("draw", None),
}


@asynccontextmanager
async def greedy_tabs(
    url: str, count: int, kinds: Sequence[str], private: bool, address: str | None
) -> AsyncIterator[None]:
    """Keep some tabs requesting script runs until the block ends, which begins once all have pages.

    Args:
        kinds: keys of `KINDS`, which the tabs take in turn.
        private: whether each is in a private window, and so in its own workspace.
        address: of their computer.
    """
    browser = Storage()
    tabs = [PageVisitor(url, Storage() if private else browser, address) for _ in range(count)]
    hand = np.random.default_rng(0)
    drawings = [canvas_json(scribble(hand)) for _ in tabs]
    arrived = asyncio.Semaphore(0)
    tasks = [
        asyncio.create_task(_insist(tab, kinds[number % len(kinds)], drawing, arrived))
        for number, (tab, drawing) in enumerate(zip(tabs, drawings, strict=True))
    ]
    try:
        for _ in tabs:
            await arrived.acquire()
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for tab in tabs:
            await tab.drop()


async def _insist(
    tab: PageVisitor, kind: str, drawing: dict[str, object], arrived: asyncio.Semaphore
) -> None:
    """Open a page and keep requesting script runs; reopen it whenever the server drops the tab."""
    page, button = KINDS[kind]
    told = False
    while True:
        with suppress(PageError, OSError, WebSocketException):
            await tab.open(page)
            if kind in ("phone", "canvas"):
                await tab.draw(drawing)
            if button:
                await tab.open_window(button.removesuffix("_phone"))
            if not told:
                arrived.release()
                told = True
            await tab.insist(button, PAUSE)
        await asyncio.sleep(PAUSE)
