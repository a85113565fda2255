"""What a visitor who looks inside waits for in Chromium, and what that takes of the server's memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

import numpy as np

from fvapp.bench import chromium
from fvapp.bench.drawings import canvas_json, scribble
from fvapp.bench.measuring import Measure, private_mb
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

TRAINED = "dataset=mnist&train_images=5000&epochs=2"
STROKES = 16
ROUNDS = 5
SLOWED = 6  # times
FILM_SECONDS = 4
VISITORS = 20

LOOKED_AT = {
    "answer": [".st-key-inside_answer"],
    "pictures": [".st-key-flow_tiles"],
    "sum": [".st-key-neuron table"],
    "softmax": [".st-key-softmax_steps table"],
}
SHORT = {"bars": [".st-key-probabilities .barlayer", ".st-key-probabilities"], "pictures": [".st-key-short_tiles"]}
CELL = {"pictures": [".st-key-images_cell_tiles"]}

# Finds what is in the film's shadow root.
IN_FILM = """window.inFilm = selector => [...document.querySelectorAll('.st-key-play *')]
  .map(each => each.shadowRoot?.querySelector(selector)).find(Boolean)"""
# The film's heading, and the moment at which its wheel has been drawn: a canvas nobody drew on is 300 wide.
FILM_TIMES = """() => {
  const times = window.film = { begin: performance.now(), heading: null, drawn: null };
  const look = (now) => {
    times.heading ??= document.querySelector('.st-key-inside_part_film') && now;
    times.drawn ??= (inFilm('canvas.wheel')?.width ?? 300) === 300 ? null : now;
    if (times.drawn === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
# Frames at which the film stands elsewhere than before, over some seconds.
FRAMES_A_SECOND = """seconds => new Promise(done => {
  const range = inFilm('.film input');
  let begin = null, before = null, frames = 0;
  const look = (now) => {
    begin ??= now;
    if (range.value !== before) frames++;
    before = range.value;
    if (now - begin < 1000 * seconds) requestAnimationFrame(look);
    else done(1000 * frames / (now - begin));
  };
  requestAnimationFrame(look);
})"""


def measure_page(home: str) -> Iterator[Measure]:
    """Yield every measure, one after the other.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    with serve_app(environ={"FVAPP_HOME": home}) as app:
        with chromium.open_chromium() as browser, chromium.open_page(browser) as page:
            chromium.train(page, app, TRAINED)
            yield from _live_view(page, app)
            yield from _short_form(page, app)
            yield from _cell_images(page, app)
            yield from _film(page)
        yield asyncio.run(_memory(app))


def _live_view(page, app: ServedApp) -> Iterator[Measure]:
    """Measure the answer, and how much later the rest of the live view is another one, stroke by stroke."""
    page.goto(f"{app.url}/inside?part=way")
    page.locator(".st-key-inside_part_way summary").click()
    page.wait_for_selector(LOOKED_AT["softmax"][0])
    page.locator(".st-key-inside_another button").click()
    times = chromium.time_strokes(page, LOOKED_AT, STROKES)
    later = [max(each.values()) - each["answer"] for each in times]
    answers = [each["answer"] for each in times]
    yield Measure("pen up to the answer of the page that looks inside", "ms", answers)
    yield Measure("all of its live view, after this answer", "ms", later, must=80, aim=50)


def _short_form(page, app: ServedApp) -> Iterator[Measure]:
    page.goto(f"{app.url}/draw")
    times = chromium.time_strokes(page, SHORT, STROKES)
    later = [each["pictures"] - each["bars"] for each in times]
    yield Measure("short form on the draw page, after the bars", "ms", later, must=80, aim=50)


def _cell_images(page, app: ServedApp) -> Iterator[Measure]:
    """Measure from a click on a square of the confusion to other pictures."""
    page.goto(f"{app.url}/inside?part=mistakes")
    squares = page.locator(".st-key-confusion .scatterlayer path.point")
    squares.nth(99).wait_for()
    chromium.wait_until_quiet(page)
    squares.first.scroll_into_view_if_needed()
    times = []
    chromium.watch(page, CELL)
    for hit in range(ROUNDS + 1):
        box = squares.nth(11 * hit).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        changed = chromium.wait_for_changes(page)
        chromium.wait_until_quiet(page)
        times.append(changed["pictures"])
    yield Measure("a click on a square of the confusion to its pictures", "ms", times[1:], must=300, aim=150)


def _film(page) -> Iterator[Measure]:
    """Measure how long after its heading the film shows a frame, and how it plays on a slow processor."""
    page.evaluate(IN_FILM)
    alone, whole = [], []
    for _ in range(ROUNDS):
        page.get_by_role("link", name="Draw", exact=True).first.click()
        page.wait_for_selector(".st-key-probabilities")
        page.get_by_role("link", name="Look inside", exact=True).first.click()
        page.wait_for_selector(".st-key-cards")
        chromium.wait_until_quiet(page)
        page.evaluate(FILM_TIMES)
        page.get_by_role("link", name="Watch it learn").click()
        page.wait_for_function("() => window.film.drawn !== null")
        found = page.evaluate("() => window.film")
        alone.append(found["drawn"] - found["heading"])
        whole.append(found["drawn"] - found["begin"])
        chromium.wait_until_quiet(page)
    notes = {"since the page was asked for": median(whole)}
    yield Measure("the film's heading to its first frame", "ms", alone, must=400, aim=200, notes=notes)
    page.locator(".st-key-play .film").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    played = []
    for _ in range(ROUNDS):
        slider = page.locator(".st-key-play .film input")
        slider.focus()
        page.keyboard.press("Home")
        page.locator(".st-key-play .film button").click()
        played.append(page.evaluate(FRAMES_A_SECOND, FILM_SECONDS))
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    name = f"frames a second of the film, the processor slowed {SLOWED} times"
    yield Measure(name, "1/s", played, must=30, aim=50, more_is_better=True)


async def _memory(app: ServedApp) -> Measure:
    """Measure what a visitor who looks inside takes beyond one who only draws."""
    opened: list[PageVisitor] = []

    async def visitors(page: str, count: int) -> float:
        """Have so many more come to a page, draw there and stay; return what the server then holds, in MB."""
        for hand in range(count):
            visitor = PageVisitor(app.url)
            opened.append(visitor)
            await visitor.open(page, "dataset=mnist" if page == "draw" else "model=mnist")
            if page == "inside":
                await visitor.open_window("another_image")
            await visitor.draw(canvas_json(scribble(np.random.default_rng(hand))))
        return private_mb(app.process.pid)

    try:
        await visitors("draw", 4)
        before = await visitors("inside", 4)
        drawing = await visitors("draw", VISITORS)
        inside = await visitors("inside", VISITORS)
    finally:
        for visitor in opened:
            await visitor.close()
    each = (inside - drawing) / VISITORS
    more = each - (drawing - before) / VISITORS
    name = f"server memory for each of {VISITORS} who look inside, beyond one who draws"
    return Measure(name, "MB", [more], must=0.3, aim=0.1, notes={"all of one": each})
