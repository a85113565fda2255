"""``python -m fvapp bench browser``: what a visitor waits for in Chromium, beside an empty page with the same canvas.

Needs the test requirements: ``pip install -r tests/requirements.txt``, and Debian's package chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import psutil

from fvapp.bench.chromium import (
    CANVAS,
    IS_VISIBLE,
    STROKES_A_DRAWING,
    draw_stroke,
    open_chromium,
    open_page,
    press_clear,
    wait_for_changes,
    watch,
)
from fvapp.bench.measuring import Measure, alternate, collect, report
from fvapp.bench.served_app import ServedApp, serve_app

ROUNDS = 3
STROKES = 20

# The least a Streamlit page with this canvas can be: what is left of a time is ours.
EMPTY_PAGE = """
from types import SimpleNamespace

import streamlit as st

from fvapp.i18n import Translator
from fvapp.ui.parts.canvas import draw_canvas, drawing_of

st.set_page_config(layout="wide")
engine = SimpleNamespace(recall=lambda *asked: None, remember=lambda *kept: None)
draw_canvas(SimpleNamespace(t=Translator("en"), token="", engine=engine), "mnist", lambda: None, "empty")
drawing = drawing_of("mnist")
with st.container(key="probabilities"):
    st.markdown(f"{len(drawing.strokes) if drawing else 0} strokes")
"""

START = ".st-key-train_start button:enabled"
TEXT = ".st-key-probabilities p"
BARS = {"bars": [".st-key-probabilities .barlayer", TEXT, ".st-key-probabilities"]}

A_LINE_GROWS = """() => [...document.querySelectorAll('.st-key-curves path.js-line')]
  .some(line => (line.getAttribute('d') || '').includes('L'))"""

IS_DONE = """() => document.querySelector('.st-key-test_result')?.innerText.includes('%')"""
NOTE_CLICK = """() => document.addEventListener('click', () => { window.clickedAt = Date.now(); }, { capture: true })"""
NOTE_NEWS = """() => {
  const words = () => document.querySelector('.st-key-run_state')?.innerText;
  const before = words();
  window.told = null;
  const look = () => words() === before ? requestAnimationFrame(look) : (window.told = Date.now());
  requestAnimationFrame(look);
}"""
QUIET_MS = 1_500

# Milliseconds from the server's word that there is something new to other figures, one after the other.
NOTE_FIGURES = """(() => {
  window.waited = [];
  let told = null;
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      if (String(given[0]).endsWith('/live')) this.addEventListener('message', () => { told ??= performance.now(); });
    }
  };
  new MutationObserver(changes => {
    const element = node => node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    if (told === null || !changes.some(change => element(change.target)?.closest('.st-key-figures'))) return;
    window.waited.push(performance.now() - told);
    told = null;
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure, print, and return the exit status.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    with open_chromium() as chromium, tempfile.TemporaryDirectory(prefix="fvapp-bench-") as folder:
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
        yield Measure(
            "a click in one tab to its words in another, after a quiet second",
            "ms",
            _news(chromium, app),
        )
        yield Measure(
            "a word of the live socket to new figures, while a CNN trains",
            "ms",
            _figures(chromium, app),
            must=300,
            aim=150,
        )
        ours, other = _strokes(chromium, f"{app.url}/draw"), _strokes(chromium, f"{empty.url}/")
        yield Measure("pen up to new bars", "ms", ours, must=500, aim=340)
        yield Measure("the same: an empty page with that canvas", "ms", other)
    starts = [_start(chromium, home) for _ in range(ROUNDS)]
    yield Measure("streamlit run to a visible Train button", "s", [visible for visible, _ in starts], must=4, aim=2.5)
    yield Measure(
        "streamlit run until a click yields a block within 1 s", "s", [ready for _, ready in starts], must=10, aim=6
    )


def _opening(chromium, address: str, selector: str) -> float:
    """Return the seconds from asking for a page until `selector` is visible."""
    with open_page(chromium) as page:
        begin = monotonic()
        page.goto(address, wait_until="commit")
        page.wait_for_function(IS_VISIBLE, arg=selector)
        return monotonic() - begin


def _strokes(chromium, address: str) -> list[float]:
    """Return the milliseconds from pen up until the bars are others, stroke by stroke; the first drawing warms up."""
    times = []
    with open_page(chromium) as page:
        page.goto(address)
        page.wait_for_selector(CANVAS)
        page.wait_for_selector(".st-key-probabilities")
        watch(page, BARS)
        for number in range(STROKES_A_DRAWING + STROKES):
            if number % STROKES_A_DRAWING == 0 and number:
                press_clear(page)
                wait_for_changes(page)  # the pointer's own way up: the bars are gone
            draw_stroke(page, number)
            changed = wait_for_changes(page)
            if number >= STROKES_A_DRAWING:
                times.append(changed["bars"])
    return times


def _news(chromium, app: ServedApp) -> list[float]:
    """Train in one tab and return the milliseconds until another one, where nothing moved for a second, says so."""
    times = []
    with open_page(chromium) as clicked:
        watched = clicked.context.new_page()
        for page in (clicked, watched):
            page.goto(f"{app.url}/?train_images=1000&epochs=1")
            page.locator(START).wait_for()
        for number in range(ROUNDS + 1):
            clicked.evaluate(NOTE_CLICK)
            watched.evaluate(NOTE_NEWS)
            clicked.locator(START).click()
            watched.wait_for_function("() => window.told")
            times.append(watched.evaluate("() => window.told") - clicked.evaluate("() => window.clickedAt"))
            for page in (clicked, watched):
                page.wait_for_function(IS_DONE)
            watched.wait_for_timeout(QUIET_MS)
            if number < ROUNDS:  # the same settings again would be the same click, come twice
                clicked.goto(f"{app.url}/?train_images=1000&epochs=1&seed={number}")
                clicked.locator(START).wait_for()
                clicked.wait_for_function(IS_DONE)
    return times


def _figures(chromium, app: ServedApp) -> list[float]:
    """Train a CNN and return the milliseconds from each word of the live socket until the figures are others."""
    with open_page(chromium) as page:
        page.add_init_script(NOTE_FIGURES)
        page.goto(f"{app.url}/?network=cnn&train_images=10000&epochs=1")
        page.locator(START).click()
        page.wait_for_function("() => window.waited.length")
        begun = page.evaluate("() => window.waited.length")  # the first may stand for the time in which nothing trained
        page.wait_for_function(IS_DONE)
        return page.evaluate("() => window.waited")[begun:]


def _train_once(chromium, app: ServedApp) -> None:
    """Wait until the server has started its processes and warmed them up: what comes then is a running server."""
    with open_page(chromium) as page:
        page.goto(f"{app.url}/?train_images=1000&epochs=1")
        page.locator(START).click()
        page.wait_for_function(A_LINE_GROWS)


def _start(chromium, environ: dict[str, str]) -> tuple[float, float]:
    """Start a server, and return the seconds until the button is visible and until a click yields a block within 1 s.

    The click comes at once and waits for the training processes; had it come a second before the first block, it
    would have had it within that second.
    """
    with open_page(chromium) as page, serve_app(environ=environ) as app:
        page.goto(f"{app.url}/", wait_until="commit")
        page.wait_for_function(IS_VISIBLE, arg=START)
        visible = monotonic()
        page.locator(START).click()
        page.wait_for_function(A_LINE_GROWS)
        return visible - app.started, _ready(app, visible, monotonic())


def _ready(app: ServedApp, click: float, block: float) -> float:
    return max(click, block - 1) - app.started
