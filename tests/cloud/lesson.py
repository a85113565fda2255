"""A short lesson in the served app, without a browser: look, draw, train."""

import asyncio
from time import monotonic
from urllib.parse import urlencode

import numpy as np

from fvapp.bench.drawings import canvas_json, draw_bored_scribble
from fvapp.bench.page_visitor import PageVisitor

QUIET = 1.0  # seconds between two looks where nothing tells that something changed


async def draw(url: str, seconds: float) -> float:
    """Draw until there is an answer; return the seconds that took.

    Raises:
        TimeoutError: no answer in time; the message holds what the page says.
    """
    page = PageVisitor(url)
    begin = monotonic()
    hand = np.random.default_rng(1)
    try:
        async with asyncio.timeout(seconds):
            await page.open("draw")
            while "%" not in page.text():
                await page.draw(canvas_json(draw_bored_scribble(hand)))
                await page.wait_for_change()
    except TimeoutError:
        raise TimeoutError(page.text()) from None
    finally:
        await page.close()
    return monotonic() - begin


async def train(url: str, seconds: float, **settings: object) -> float:
    """Train a network from the click to its test accuracy; return the seconds from the opened page
    on.

    Raises:
        TimeoutError: no test accuracy in time; the message holds what the page says.
    """
    page = PageVisitor(url)
    begin = monotonic()
    try:
        await page.open("", urlencode(settings))
        await page.until(lambda: page.has("train_start"), seconds)
        await page.press("train_start")
        await page.until(lambda: "**Done" in page.text("run_state"), seconds)
    finally:
        await page.close()
    return monotonic() - begin
