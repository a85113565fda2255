"""Overloads a server: opens tabs that each request ten Streamlit script runs a second.

The tabs ignore the results of these runs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import numpy as np
from websockets.exceptions import WebSocketException

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.bench.page_visitor import BrowserStorage, PageVisitor

PAUSE = 0.1  # seconds between two requests from the same tab
# The page of each kind of tab, what the tab opens on it, and the button that it presses; None
# redraws the whole page.
KINDS = {
    "inside": ("inside", (), None),
    "train": ("", (), None),
    "data": ("data", (), None),
    "phone": ("draw", ("draw_more", "at_home_drawn"), "at_home_drawn_phone"),
    "canvas": ("draw", (), None),
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

    Raises:
        ExceptionGroup: a page lacks what its tabs open or press.
    """
    browser = BrowserStorage()
    tabs = [
        PageVisitor(url, BrowserStorage() if private else browser, address) for _ in range(count)
    ]
    hand = np.random.default_rng(0)
    arrived = asyncio.Semaphore(0)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    _request_runs_forever(
                        tab,
                        kinds[number % len(kinds)],
                        canvas_json(draw_random_scribble(hand)),
                        arrived,
                    )
                )
                for number, tab in enumerate(tabs)
            ]
            for _ in tabs:
                await arrived.acquire()
            yield
            for task in tasks:
                task.cancel()
    finally:
        for tab in tabs:
            await tab.drop()


async def _request_runs_forever(
    tab: PageVisitor, kind: str, drawing: dict[str, object], arrived: asyncio.Semaphore
) -> None:
    """Open a page and keep requesting script runs. Reopen the page if the server closes it."""
    page, windows, button = KINDS[kind]
    told = False
    while True:
        with suppress(OSError, WebSocketException):
            await tab.open(page)
            if page == "draw":
                await tab.draw(drawing)
            for window in windows:
                await tab.open_window(window)
            if not told:
                arrived.release()
                told = True
            await tab.keep_requesting_script_runs(button, PAUSE)
        await asyncio.sleep(PAUSE)
