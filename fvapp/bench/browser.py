"""``python -m fvapp bench browser``: what a visitor waits for in Chromium, beside an empty page with the same canvas.

Needs the test requirements: ``pip install -r tests/requirements.txt``, and Debian's package chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psutil

from fvapp.bench.measuring import Measure, alternate, collect, report
from fvapp.bench.served_app import ServedApp, serve_app
from fvapp.core.errors import FvappError

ROUNDS = 3
STROKES = 20
STROKES_A_DRAWING = 4  # then the canvas is cleared: on a full one a stroke changes nothing
LONGEST_MS = 60_000

# The least a Streamlit page with this canvas can be: what is left of a time is ours.
EMPTY_PAGE = """
from types import SimpleNamespace

import streamlit as st

from fvapp.i18n import Translator
from fvapp.ui.parts.canvas import draw_canvas

st.set_page_config(layout="wide")
visit = SimpleNamespace(t=Translator("en"), workspaces_before=0)
drawing = draw_canvas(visit, "mnist", lambda: None, "empty")
with st.container(key="probabilities"):
    st.markdown(f"{len((drawing or {}).get('strokes', []))} strokes")
"""

CANVAS = ".st-key-canvas canvas"
START = ".st-key-train_start button:enabled"
TEXT = ".st-key-probabilities p"

# Of "<place> <element>"; the canvas is in a shadow root of its own. Asked at every frame: Playwright's own wait for a
# selector looks every half second once the first has passed.
IS_VISIBLE = """selector => {
  const [within, wanted] = selector.split(' ');
  const place = document.querySelector(within);
  if (!place) return false;
  const roots = [place, ...[...place.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean)];
  const element = roots.map(root => root.querySelector(wanted)).find(Boolean);
  return element && element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0;
}"""

# The moment of pen up, and the first moment after it at which the bars (or the words in their place) are others.
WATCH = """() => {
  const shown = () => {
    const place = document.querySelector('.st-key-probabilities');
    return place && (place.querySelector('.barlayer') || place.querySelector('p') || place).innerHTML;
  };
  const times = window.times = { up: null, changed: null };
  let before = null;
  document.addEventListener('mouseup', () => {
    before = shown(); times.changed = null; times.up = performance.now();
  }, true);
  new MutationObserver(() => {
    if (times.up !== null && times.changed === null && shown() && shown() !== before) times.changed = performance.now();
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}"""

A_LINE_GROWS = """() => [...document.querySelectorAll('.st-key-curves path.js-line')]
  .some(line => (line.getAttribute('d') || '').includes('L'))"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure, print, and return the exit status.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    with _chromium() as chromium, tempfile.TemporaryDirectory(prefix="fvapp-bench-") as folder:
        measures = collect(measure_all(chromium, Path(folder)))
    report("browser", measures, args.json)
    return 0


def measure_all(chromium, folder: Path) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    home = {"FVAPP_HOME": str(folder / "home")}
    empty_page = folder / "empty_page.py"
    empty_page.write_text(EMPTY_PAGE, encoding="utf-8")
    with serve_app(environ=home) as app, serve_app(empty_page) as empty:
        _train_once(chromium, app)
        # Without what is mapped from files, which processes share.
        memory = psutil.Process(app.process.pid).memory_full_info().uss / 2**20
        yield Measure("Streamlit's process after one visitor, private memory", "MB", [memory], must=200, aim=140)
        first_paint = alternate(
            {
                "ours": lambda: _opening(chromium, f"{app.url}/", START),
                "other": lambda: _opening(chromium, f"{empty.url}/", TEXT),
            },
            ROUNDS,
        )
        yield Measure("page opened to a visible Train button", "s", first_paint["ours"], must=1.8, aim=1.3)
        yield Measure("the same: an empty page to its text", "s", first_paint["other"])
        canvas = alternate(
            {
                "ours": lambda: _opening(chromium, f"{app.url}/draw", CANVAS),
                "other": lambda: _opening(chromium, f"{empty.url}/", CANVAS),
            },
            ROUNDS,
        )
        yield Measure("page opened to a canvas one can draw on", "s", canvas["ours"], must=3.5, aim=2)
        yield Measure("the same: an empty page with that canvas", "s", canvas["other"])
        ours, other = _strokes(chromium, f"{app.url}/draw"), _strokes(chromium, f"{empty.url}/")
        yield Measure("pen up to new bars", "ms", ours, must=500, aim=340)
        yield Measure("the same: an empty page with that canvas", "ms", other)
    starts = [_start(chromium, home) for _ in range(ROUNDS)]
    yield Measure("streamlit run to a visible Train button", "s", [visible for visible, _ in starts], must=4, aim=2.5)
    yield Measure(
        "streamlit run until a click yields a block within 1 s", "s", [ready for _, ready in starts], must=10, aim=6
    )


@contextmanager
def _chromium() -> Iterator:
    path = os.environ.get("FVAPP_CHROMIUM") or shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise FvappError("bench_needs_browser") from None
    if path is None:
        raise FvappError("bench_needs_browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _page(chromium) -> Iterator:
    """Open an empty browser: nothing cached, nothing kept."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    context.set_default_timeout(LONGEST_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def _opening(chromium, address: str, selector: str) -> float:
    """Return the seconds from asking for a page until `selector` is visible."""
    with _page(chromium) as page:
        begin = monotonic()
        page.goto(address, wait_until="commit")
        page.wait_for_function(IS_VISIBLE, arg=selector)
        return monotonic() - begin


def _strokes(chromium, address: str) -> list[float]:
    """Return the milliseconds from pen up until the bars are others, stroke by stroke; the first drawing warms up."""
    times = []
    with _page(chromium) as page:
        page.goto(address)
        page.wait_for_selector(CANVAS)
        page.wait_for_selector(".st-key-probabilities")
        page.evaluate(WATCH)
        for number in range(STROKES_A_DRAWING + STROKES):
            if number % STROKES_A_DRAWING == 0 and number:
                _clear(page)
            _draw_one(page, number % STROKES_A_DRAWING)
            page.wait_for_function("() => window.times.changed !== null")
            if number >= STROKES_A_DRAWING:
                times.append(page.evaluate("() => window.times.changed - window.times.up"))
    return times


def _clear(page) -> None:
    page.locator(".st-key-canvas_clear button").click()
    page.wait_for_function("() => window.times.changed !== null")  # the click's own mouseup: the bars are gone


def _draw_one(page, number: int) -> None:
    """Draw one of a few strokes, each to a new shape, with the mouse."""
    strokes: Sequence[Sequence[tuple[float, float]]] = (
        ((0.5, 0.2), (0.5, 0.8)),
        ((0.3, 0.2), (0.7, 0.2)),
        ((0.3, 0.8), (0.7, 0.8)),
        ((0.3, 0.5), (0.7, 0.5)),
    )
    box = page.locator(CANVAS).bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in strokes[number]]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=8)
    page.mouse.up()


def _train_once(chromium, app: ServedApp) -> None:
    """Wait until the server has started its processes and warmed them up: what comes then is a running server."""
    with _page(chromium) as page:
        page.goto(f"{app.url}/?train_images=1000&epochs=1")
        page.locator(START).click()
        page.wait_for_function(A_LINE_GROWS)


def _start(chromium, environ: dict[str, str]) -> tuple[float, float]:
    """Start a server, and return the seconds until the button is visible and until a click yields a block within 1 s.

    The click comes at once and waits for the training processes; had it come a second before the first block, it
    would have had it within that second.
    """
    with _page(chromium) as page, serve_app(environ=environ) as app:
        page.goto(f"{app.url}/", wait_until="commit")
        page.wait_for_function(IS_VISIBLE, arg=START)
        visible = monotonic()
        page.locator(START).click()
        page.wait_for_function(A_LINE_GROWS)
        return visible - app.started, _ready(app, visible, monotonic())


def _ready(app: ServedApp, click: float, block: float) -> float:
    return max(click, block - 1) - app.started
