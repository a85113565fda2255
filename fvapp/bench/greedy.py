"""Overloads a server: opens tabs that each request ten Streamlit script runs a second.

The tabs ignore the results of these runs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import numpy as np
from websockets.exceptions import WebSocketException

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.bench.page_visitor import BrowserStorage, PageError, PageVisitor

PAUSE = 0.1  # seconds between two requests from the same tab
# The page of each kind of tab, and the button that the tab presses; None redraws the whole page.
KINDS = {
    "inside": ("inside", None),
    "train": ("", None),
    "data": ("data", None),
    "phone": ("draw", "at_home_drawn_phone"),
    "canvas": ("draw", None),
}


@asynccontextmanager
async def open_greedy_tabs(
    url: str, count: int, kinds: Sequence[str], private: bool, address: str | None
) -> AsyncIterator[None]:
    """Open tabs that keep requesting script runs within the ``with`` block.

    Args:
        kinds: keys of `KINDS`, which are assigned to the tabs in turn.
        private: whether each tab is in a private window, and so in its own workspace.
        address: network address of the tabs' computer.
    """
    browser = BrowserStorage()
    tabs = [
        PageVisitor(url, BrowserStorage() if private else browser, address) for _ in range(count)
    ]
    hand = np.random.default_rng(0)
    drawings = [canvas_json(draw_random_scribble(hand)) for _ in tabs]
    arrived = asyncio.Semaphore(0)
    tasks = [
        asyncio.create_task(
            _request_runs_forever(tab, kinds[number % len(kinds)], drawing, arrived)
        )
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


async def _request_runs_forever(
    tab: PageVisitor, kind: str, drawing: dict[str, object], arrived: asyncio.Semaphore
) -> None:
    """Open a page and keep requesting script runs. Reopen the page if the server closes it."""
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
            await tab.keep_requesting_script_runs(button, PAUSE)
        await asyncio.sleep(PAUSE)
