"""``python -m fvapp bench browser``: how long a visitor waits for the app's pages in Chromium.

For comparison, the waits on an empty page with the same canvas are measured, too. The benchmark
needs the test requirements (``pip install -r tests/requirements.txt``) and Debian's package
chromium.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic

from fvapp.bench import chromium
from fvapp.bench.measuring import (
    Measurement,
    make_benchmark,
    measure_sides_in_turn,
    private_memory_mb,
)
from fvapp.bench.served_app import ServedApp, serve_app

ROUNDS = 3
STROKES = 20

# A minimal Streamlit page with the same canvas as the app, as the baseline for the measured waits.
EMPTY_PAGE = """
from types import SimpleNamespace

import streamlit as st

from fvapp.i18n import Translator
from fvapp.ui.pictures.canvas import draw_canvas, read_canvas_drawing

st.set_page_config(layout="wide")
notes = SimpleNamespace(
    recall_page_data=lambda *asked: None, remember_page_data=lambda *kept: None
)
engine = SimpleNamespace(notes=notes)
visit = SimpleNamespace(t=Translator("en"), token="", engine=engine)
draw_canvas(visit, "mnist", lambda: None)
drawing = read_canvas_drawing("mnist")
with st.container(key="probabilities"):
    st.markdown(f"{len(drawing.strokes) if drawing else 0} strokes")
"""

ONE_EPOCH = "train_images=1000&epochs=1"
TEXT = ".st-key-probabilities p"
BARS = (".st-key-probabilities .barlayer", ".st-key-probabilities")

A_LINE_GROWS = """() => [...document.querySelectorAll('.st-key-curves path.js-line')]
  .some(line => (line.getAttribute('d') || '').includes('L'))"""


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measurement]:
    """Yield the results of all measurements.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    environ = {"FVAPP_HOME": f"{home}/home"}
    empty_page = Path(home) / "empty_page.py"
    empty_page.write_text(EMPTY_PAGE, encoding="utf-8")
    with chromium.open_chromium() as browser:
        with serve_app(environ=environ) as app, serve_app(empty_page) as empty:
            yield from _measure_running_server(browser, app, empty)
        visible, ready = zip(
            *(_time_server_start(browser, environ) for _ in range(ROUNDS)), strict=True
        )
    yield Measurement(
        "streamlit run to a visible Train button", "s", visible, required_level=4, desired_level=2.5
    )
    yield Measurement(
        "streamlit run until a click yields a block within 1 s",
        "s",
        ready,
        required_level=10,
        desired_level=6,
    )


add_arguments, run = make_benchmark("browser", measure_all)


def _measure_running_server(browser, app: ServedApp, empty: ServedApp) -> Iterator[Measurement]:
    """Yield the measurements on a server whose processes are running and warmed up."""
    with chromium.open_page(browser) as page:
        chromium.train_network(page, app, ONE_EPOCH)
    memory = [private_memory_mb(app.process.pid)]
    yield Measurement(
        "Streamlit's process after one visitor, private memory",
        "MB",
        memory,
        required_level=200,
        desired_level=140,
    )
    for name, address, ours, other, must, aim in (
        ("page opened to a visible Train button", "", chromium.START, TEXT, 1.8, 1.3),
        (
            "page opened to a canvas one can draw on",
            "draw",
            chromium.CANVAS,
            chromium.CANVAS,
            3.5,
            2,
        ),
    ):
        sides = {
            "ours": partial(_time_page_opening, browser, f"{app.url}/{address}", ours),
            "other": partial(_time_page_opening, browser, f"{empty.url}/", other),
        }
        seconds = measure_sides_in_turn(sides, ROUNDS)
        yield Measurement(name, "s", seconds["ours"], required_level=must, desired_level=aim)
        yield Measurement("the same: an empty page", "s", seconds["other"])
    yield Measurement(
        "pen up to new bars",
        "ms",
        _time_strokes(browser, f"{app.url}/draw", *BARS),
        required_level=500,
        desired_level=340,
    )
    yield Measurement(
        "the same: an empty page with that canvas",
        "ms",
        _time_strokes(browser, f"{empty.url}/", TEXT),
    )


def _time_page_opening(browser, address: str, selector: str) -> float:
    """Return the seconds from requesting a page until an element (`selector`) is visible."""
    with chromium.open_page(browser) as page:
        begin = monotonic()
        page.goto(address, wait_until="commit")
        page.wait_for_function(chromium.IS_VISIBLE, arg=selector)
        return monotonic() - begin


def _time_strokes(browser, address: str, *bars: str) -> list[float]:
    """Return the milliseconds from lifting the pen until the bar chart changes, for each stroke."""
    with chromium.open_page(browser) as page:
        page.goto(address)
        return chromium.time_strokes(page, bars, STROKES)


def _time_server_start(browser, environ: dict[str, str]) -> tuple[float, float]:
    """Return the seconds until the Train button is visible, and until a click trains within 1 s.

    Both times are measured from the start of the server. The button is clicked as soon as it is
    visible. The second number is the time of the first block of steps minus one second, because a
    click at that moment would have shown a block within one second.
    """
    with chromium.open_page(browser) as page, serve_app(environ=environ) as app:
        page.goto(f"{app.url}/", wait_until="commit")
        page.wait_for_function(chromium.IS_VISIBLE, arg=chromium.START)
        visible = monotonic()
        page.locator(chromium.START).click()
        page.wait_for_function(A_LINE_GROWS)
        return visible - app.started_at, max(visible, monotonic() - 1) - app.started_at
