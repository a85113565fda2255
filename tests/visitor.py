"""What a visitor does and sees, in verbs, over the stable handles of the pages."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Locator, Page, TimeoutError, expect

from fvapp.i18n import Translator

EN = Translator("en")
PERCENT = re.compile(r"\d+\.\d%")
# seconds of training, on a busy machine too
SHORT = "/?train_images=1000&epochs=1&validation_split=0.1"

# Whether a heading has the focus, in whatever component it is.
ON_HEADING = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.matches("h1, h2, h3");
}"""

# Playwright's own `expect` looks again after 0.1, 0.25, 0.5 and 1 s, later each second.
POLLING = 50  # milliseconds
# The text of an element once it holds a pattern, what stands in components included.
READ = """([selector, pattern]) => {
  const text = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.matches?.("script, style")) return "";
    return [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])].map(text).join("");
  };
  const place = document.querySelector(selector);
  return place && new RegExp(pattern).test(text(place)) && [place.innerText];
}"""
# Whether a page's link, by the words on it, is the current one.
CURRENT = """name => document.querySelector('.st-key-pages a[aria-current="page"]')
  ?.textContent.trim().endsWith(name)"""
DRAWN = """() => document.querySelector(".st-key-language input")
  && document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')"""

LINES = """([chart, count]) => {
  const lines = [...document.querySelectorAll(`${chart} .scatterlayer path.js-line`)];
  return lines.filter((line) => line.getAttribute("d")?.includes("L")).length >= count;
}"""

# A camera before which a one is held; the page may have its picture once `allowed` is set.
CAMERA = """() => {
const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
const context = canvas.getContext("2d");
const draw = () => {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 300, 300);
  context.fillStyle = "#222";
  context.fillRect(138, 60, 24, 180);
  requestAnimationFrame(draw);
};
draw();
window.stopped = false;
navigator.mediaDevices.getUserMedia = async () => {
  if (!window.allowed) throw new DOMException("no", "NotAllowedError");
  const stream = canvas.captureStream();
  const [track] = stream.getTracks();
  const stop = track.stop.bind(track);
  track.stop = () => { window.stopped = true; stop(); };
  return stream;
};
}"""

# Drawings, each stroke through its points, in shares of the canvas.
ONE = [[(0.5, 0.15), (0.5, 0.85)]]
SEVEN = [[(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)]]
TSHIRT = [[(0.3, 0.3), (0.7, 0.3), (0.7, 0.8), (0.3, 0.8), (0.3, 0.3)], [(0.1, 0.35), (0.9, 0.35)]]


def box_of(locator: Locator) -> Mapping[str, float]:
    """Return ``x``, ``y``, ``width`` and ``height`` of an element, once it is shown.

    A page that is drawn again may show nothing for a moment, also just after one has waited for it.
    """
    while True:
        locator.wait_for()  # the page's timeout ends it
        box = locator.bounding_box()
        if box is not None:
            return box


def aside(talk: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that speaks the protocol in a thread of its own: in this one Playwright's loop may
    run.
    """

    @wraps(talk)
    def run(**fixtures: object) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, talk(**fixtures)).result()

    return run


class Visitor:
    """A browser with one page of the app.

    Args:
        page: Playwright's page, empty.
        url: of the server, without a slash at the end.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str) -> Self:
        self.page.goto(self.url + path)
        return self.wait_until_drawn()

    def open_again(self) -> Self:
        """Press F5."""
        self.page.reload()
        return self.wait_until_drawn()

    def wait_until_drawn(self) -> Self:
        """Wait until all of the page is there and no script runs."""
        self.page.wait_for_function(DRAWN, polling=POLLING)
        self.page.wait_for_selector("h1")
        return self

    def find(self, key: str) -> Locator:
        """Return the widget or container of a key."""
        return self.page.locator(f".st-key-{key}").first

    def go_to(self, name: str) -> Self:
        """Follow a link of the navigation by the words on it, and wait until it is the
        current one.
        """
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_function(CURRENT, arg=name, polling=POLLING)
        return self.wait_until_drawn()

    def open_work(self, fold: str) -> Self:
        """Open the menu of the visitor's work, and a fold in it by its key."""
        self.find("workspace_menu").get_by_role("button").first.click()
        self.find(fold).locator("summary").click()
        self.wait_until_drawn()
        return self

    def unfold(self, key: str) -> Self:
        """Open the fold of a key."""
        self.find(key).locator("summary").first.click()
        return self

    def press(self, key: str) -> Self:
        """Press the button of a key."""
        self.find(key).get_by_role("button").first.click()
        return self

    def read(self, key: str, pattern: str | re.Pattern[str], timeout: float = 30) -> str:
        """Wait until the text of a key holds `pattern`, and return the text.

        Args:
            timeout: seconds; then Playwright's error says what stood there instead.
        """
        wanted = re.compile(pattern)
        try:
            found = self.page.wait_for_function(
                READ,
                arg=[f".st-key-{key}", wanted.pattern],
                polling=POLLING,
                timeout=1_000 * timeout,
            )
        except TimeoutError:
            expect(self.find(key)).to_contain_text(wanted, timeout=1)
            raise
        return found.json_value()[0]

    def train(self, path: str = SHORT) -> str:
        """Open a page with settings and train a first run to the end; return what then stands as
        the test accuracy.
        """
        self.open(path).press("train_start")
        return self.read("test_result", PERCENT, timeout=120)

    def train_second(self, path: str) -> str:
        """Train as `train` does, where the result of a first run stands until then."""
        self.open(path).press("train_start").find("shown_run_choice").wait_for()
        self.wait_until_drawn()
        return self.read("test_result", PERCENT, timeout=120)

    def switch_language(self, own_name: str) -> Self:
        """Choose another language than the page's, and wait until the page is drawn in it."""
        document = self.page.locator("html")
        before = document.get_attribute("lang") or ""
        self.find("language").locator("input").click()
        self.page.get_by_role("option", name=own_name, exact=True).click()
        expect(document).not_to_have_attribute("lang", before)
        return self.wait_until_drawn()

    def choose_dataset(self, dataset: str) -> None:
        """Choose what is drawn on the draw page."""
        self.find("draw_dataset").get_by_text(EN(f"datasets.{dataset}.what")).click()

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Self:
        """Draw with the mouse on the canvas, each stroke through its points, in shares of the
        canvas.
        """
        canvas = self.find("canvas").locator(".upper-canvas")
        expect(canvas).to_have_count(1)  # another data set's stands beside it for a moment
        canvas.scroll_into_view_if_needed()
        box = box_of(canvas)
        for stroke in strokes:
            points = [
                (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke
            ]
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point, steps=6)
            self.page.mouse.up()
        return self

    def upload(self, file: Path) -> Self:
        self.find("upload").locator('input[type="file"]').first.set_input_files(file)
        return self

    def wait_for_lines(self, key: str, count: int) -> None:
        """Wait until the chart of a key draws that many lines with at least two points."""
        self.page.wait_for_function(LINES, arg=[f".st-key-{key}", count], polling=POLLING)
