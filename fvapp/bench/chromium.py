"""Controls Chromium for benchmarks: opens pages, draws with the mouse, and times page changes.

This module needs the test requirements (``pip install -r tests/requirements.txt``) and Debian's
package chromium.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from fvapp.bench.served_app import ServedApp
from fvapp.core.errors import FvappError

CANVAS = ".st-key-canvas .upper-canvas"
START = ".st-key-train_start button:enabled"
IS_DONE = """() => document.querySelector('.st-key-test_result')?.innerText.includes('%')"""
LONGEST_MS = 60_000
STROKES: Sequence[Sequence[tuple[float, float]]] = (
    ((0.5, 0.2), (0.5, 0.8)),
    ((0.3, 0.2), (0.7, 0.2)),
    ((0.3, 0.8), (0.7, 0.8)),
    ((0.3, 0.5), (0.7, 0.5)),
)
# Number of strokes after which the canvas is cleared, because a full canvas no longer changes.
STROKES_A_DRAWING = len(STROKES)

# JavaScript function that returns whether an element is visible. Its argument contains two CSS
# selectors, "<place> <element>", because the canvas is inside a shadow root. The function is
# evaluated in every frame, because Playwright's waiting soon slows down to two checks per second.
IS_VISIBLE = """selector => {
  const [within, wanted] = selector.split(' ');
  const place = document.querySelector(within);
  if (!place) return false;
  const roots = [place, ...[...place.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean)];
  const element = roots.map(root => root.querySelector(wanted)).find(Boolean);
  return element && element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0;
}"""

# JavaScript function that measures the time from lifting the pointer to the first frame in which
# one of the selected elements has changed. The function checks every frame, because a
# MutationObserver on the page does not cover the shadow roots in which components draw.
_WATCH = """selectors => {
  const shown = () => {
    const place = selectors.map(each => document.querySelector(each)).find(Boolean);
    const roots = place ? [place, ...place.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean) : [];
    return place ? [place, ...roots].map(each => each.innerHTML).join() : null;
  };
  document.addEventListener('pointerup', () => {
    const before = shown(), up = performance.now();
    window.changed = null;
    const look = () => {
      const now = shown();
      if (now === null || now === before) requestAnimationFrame(look);
      else window.changed = performance.now() - up;
    };
    requestAnimationFrame(look);
  }, true);
}"""
# JavaScript function that sets `window.ran` when the content of the page changes. Streamlit's
# running indicator is not watched, because a quick script run can end before the indicator appears.
_NOTE_RUN = """() => {
  window.ran = false;
  const seen = new MutationObserver(() => { window.ran = true; seen.disconnect(); });
  const all = { subtree: true, childList: true, characterData: true };
  seen.observe(document.querySelector('[data-testid="stMain"]'), all);
}"""


@contextmanager
def open_chromium() -> Iterator:
    """Start Debian's Chromium, or the browser at the path in ``FVAPP_CHROMIUM``.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    path = os.environ.get("FVAPP_CHROMIUM") or shutil.which("chromium")
    if path is None or find_spec("playwright") is None:
        raise FvappError("bench_needs_browser")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-background-networking"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=arguments) as browser,
    ):
        yield browser


@contextmanager
def open_page(chromium) -> Iterator:
    """Open a page in a new browser context, which has no cache and no storage."""
    with chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB") as context:
        context.set_default_timeout(LONGEST_MS)
        yield context.new_page()


def train_network(page, app: ServedApp, query: str) -> None:
    """Open the app with a query that sets the settings, and train the network to the end."""
    page.goto(f"{app.url}/?{query}")
    page.locator(START).click()
    page.wait_for_function(IS_DONE, timeout=4 * LONGEST_MS)


def wait_until_scripts_end(page) -> None:
    """Wait until Streamlit runs no script for the page."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def time_strokes(page, place: Sequence[str], strokes: int) -> list[float]:
    """Return the milliseconds from lifting the pen to a change on the page, for each stroke.

    The strokes of one drawing are drawn first, as a warm-up, and not measured.

    Args:
        place: CSS selectors of the watched place on the page; the first one that matches is used.
    """
    page.wait_for_selector(CANVAS)
    # A stroke that is not measured makes the measured part of the page appear. This part stays when
    # the canvas is cleared, because the page keeps showing the image.
    draw_stroke(page, 1)
    page.wait_for_selector(place[0], state="attached")
    _clear_canvas(page)
    page.evaluate(_WATCH, list(place))
    times = []
    for number in range(STROKES_A_DRAWING + strokes):
        if number % STROKES_A_DRAWING == 0 and number:
            _clear_canvas(page)
        draw_stroke(page, number)
        page.wait_for_function("() => window.changed")
        times.append(page.evaluate("() => window.changed"))
        wait_until_scripts_end(page)
    return times[STROKES_A_DRAWING:]


def draw_stroke(page, number: int) -> None:
    """Draw a stroke with the mouse. The strokes repeat, and each of them changes the drawing."""
    box = page.locator(CANVAS).bounding_box()
    points = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in STROKES[number % STROKES_A_DRAWING]
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=8)
    page.mouse.up()


def _clear_canvas(page) -> None:
    """Clear the canvas, and wait for the server, because the button reacts before the server."""
    wait_until_scripts_end(page)
    page.evaluate(_NOTE_RUN)
    page.locator(".st-key-canvas_clear button").click()
    page.wait_for_function("() => window.ran")
    wait_until_scripts_end(page)
