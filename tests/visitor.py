"""Acts and reads like a visitor in a browser, with methods that find widgets by their keys."""

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
# This address leads to a run of a few seconds, even on a busy machine.
SHORT = "/?train_images=1000&epochs=1&validation_split=0.1"

# Returns whether a heading has the focus, even inside a component.
ON_HEADING = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.matches("h1, h2, h3");
}"""

# The pause between two checks of a waiting test. Playwright's `expect` is slower: it checks after
# 0.1, 0.25, 0.5 and 1 s, and then every second.
POLLING = 50  # milliseconds between two checks of the page
# Returns an element's text, including the text of components in it, once it matches a pattern.
READ = """([selector, pattern]) => {
  const text = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.matches?.("script, style")) return "";
    return [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])].map(text).join("");
  };
  const place = document.querySelector(selector);
  return place && new RegExp(pattern).test(text(place)) && [place.innerText];
}"""
# Returns whether the link with this name leads to the current page.
CURRENT = """name => document.querySelector('.st-key-pages a[aria-current="page"]')
  ?.textContent.trim().endsWith(name)"""
DRAWN = """() => document.querySelector(".st-key-language input")
  && document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')"""

LINES = """([chart, count]) => {
  const lines = [...document.querySelectorAll(`${chart} .scatterlayer path.js-line`)];
  return lines.filter((line) => line.getAttribute("d")?.includes("L")).length >= count;
}"""

# A fake camera that shows a handwritten 1; the page may use the camera once `allowed` is set.
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

# Drawings as strokes; points are shares of the canvas's width and height.
ONE = [[(0.5, 0.15), (0.5, 0.85)]]
SEVEN = [[(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)]]
TSHIRT = [[(0.3, 0.3), (0.7, 0.3), (0.7, 0.8), (0.3, 0.8), (0.3, 0.3)], [(0.1, 0.35), (0.9, 0.35)]]


def box_of(locator: Locator) -> Mapping[str, float]:
    """Return ``x``, ``y``, ``width`` and ``height`` of an element, once it is shown.

    While a page is drawn again, an element may be gone for a moment, even just after a
    test has waited for it.
    """
    while True:
        locator.wait_for()  # raises an error after the page's timeout
        box = locator.bounding_box()
        if box is not None:
            return box


def aside(talk: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in a separate thread.

    An asyncio loop of Playwright's may already run in the main thread.
    """

    @wraps(talk)
    def run(**fixtures: object) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, talk(**fixtures)).result()

    return run


class Visitor:
    """A visitor with one page of the app in a browser.

    Args:
        page: an empty page of Playwright.
        url: the server's URL, without a slash at the end.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str) -> Self:
        self.page.goto(self.url + path)
        return self.wait_until_drawn()

    def open_again(self) -> Self:
        """Reload the page, as F5 does."""
        self.page.reload()
        return self.wait_until_drawn()

    def wait_until_drawn(self) -> Self:
        """Wait until the page is complete and no script runs."""
        self.page.wait_for_function(DRAWN, polling=POLLING)
        self.page.wait_for_selector("h1")
        return self

    def find(self, key: str) -> Locator:
        """Return the widget or container with a key."""
        return self.page.locator(f".st-key-{key}").first

    def go_to(self, name: str) -> Self:
        """Follow the navigation link with this name, and wait until its page is the current one."""
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_function(CURRENT, arg=name, polling=POLLING)
        return self.wait_until_drawn()

    def open_work(self, fold: str) -> Self:
        """Open the menu of the visitor's work, and in it the expander with this key."""
        self.find("workspace_menu").get_by_role("button").first.click()
        self.find(fold).locator("summary").click()
        self.wait_until_drawn()
        return self

    def unfold(self, key: str) -> Self:
        """Open the expander with a key."""
        self.find(key).locator("summary").first.click()
        return self

    def button(self, key: str) -> Locator:
        """Return the button in the widget or container with a key."""
        return self.find(key).get_by_role("button")

    def choose(self, key: str, words: str) -> Self:
        """Click on the words of a choice in the widget or container with a key."""
        self.find(key).get_by_text(words, exact=True).click()
        return self

    def press(self, key: str) -> Self:
        """Press the button with a key."""
        self.button(key).first.click()
        return self

    def keys(self, *keys: str) -> Self:
        """Press keys in turn; a number before a key repeats it, as in "9 ArrowUp"."""
        for key in keys:
            count, _, name = key.rpartition(" ") if key.strip() else ("", "", key)
            for _ in range(int(count or 1)):
                self.page.keyboard.press(name)
        return self

    def read(self, key: str, pattern: str | re.Pattern[str], timeout: float = 30) -> str:
        """Wait until the text of the element with a key matches `pattern`, and return the text.

        Args:
            timeout: seconds to wait; after that, Playwright's error contains the text found
                instead.
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
        """Open a page with settings, train a first run to its end, and return the test accuracy."""
        self.open(path).press("train_start")
        return self.read("test_result", PERCENT, timeout=120)

    def train_second(self, path: str) -> str:
        """Train like `train`, on a page that still shows the result of a first run."""
        self.open(path).press("train_start").find("shown_run_choice").wait_for()
        self.wait_until_drawn()
        return self.read("test_result", PERCENT, timeout=120)

    def switch_language(self, own_name: str) -> Self:
        """Choose a language, and wait until the page is drawn in it."""
        document = self.page.locator("html")
        before = document.get_attribute("lang") or ""
        self.find("language").locator("input").click()
        self.page.get_by_role("option", name=own_name, exact=True).click()
        expect(document).not_to_have_attribute("lang", before)
        return self.wait_until_drawn()

    def choose_dataset(self, dataset: str) -> None:
        """Choose the data set to draw for on the draw page."""
        self.find("draw_dataset").get_by_text(EN(f"datasets.{dataset}.what")).click()

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Self:
        """Draw strokes on the canvas with the mouse; points are shares of the canvas."""
        canvas = self.find("canvas").locator(".upper-canvas")
        # The canvas of the previous data set may still be on the page for a moment.
        expect(canvas).to_have_count(1)
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
        """Wait until a chart has `count` lines with at least two points each."""
        self.page.wait_for_function(LINES, arg=[f".st-key-{key}", count], polling=POLLING)
