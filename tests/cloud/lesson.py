"""A short lesson in the served app, without a browser: open a page, draw, and train."""

import asyncio
from time import monotonic
from urllib.parse import urlencode

import numpy as np

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.bench.page_visitor import PageVisitor


async def draw(url: str, seconds: float) -> float:
    """Draw until the page shows an answer; return the number of seconds until then.

    Raises:
        TimeoutError: no answer in time; the error message contains the page's text.
    """
    page = PageVisitor(url)
    begin = monotonic()
    hand = np.random.default_rng(1)
    try:
        async with asyncio.timeout(seconds):
            await page.open("draw")
            while "%" not in page.text():
                await page.draw(canvas_json(draw_random_scribble(hand)))
                await page.wait_for_change()
    except TimeoutError:
        raise TimeoutError(page.text()) from None
    finally:
        await page.close()
    return monotonic() - begin


async def train(url: str, seconds: float, **settings: object) -> float:
    """Train a network; return the seconds from opening the page until its test accuracy is shown.

    Raises:
        TimeoutError: no test accuracy in time; the error message contains the page's text.
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
