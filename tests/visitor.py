"""What a visitor does and sees, in verbs, over the stable handles of the pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from fvapp.bench.page_visitor import PageVisitor

PERCENT = re.compile(r"\d+\.\d%")
ANSWERED = re.compile(rf"{PERCENT.pattern}|closest")  # what is unlike all classes has no percentage

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
    """Run a test that speaks the protocol in a thread of its own: in this one Playwright's loop may run."""

    @wraps(talk)
    def run(**fixtures: object) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, talk(**fixtures)).result()

    return run


async def open_block(visitor: PageVisitor, key: str) -> None:
    """Open a fold or a window by its key, in Streamlit's protocol."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    blocks = [delta.add_block for delta, _ in visitor._elements.values()]
    ids = [part.id for block in blocks for part in (block.expandable, block.popover)]
    (found,) = (part for part in ids if part.endswith(f"-{key}"))
    await visitor._rerun([WidgetState(id=found, bool_value=True)], "")


class Visitor:
    """A browser with one page of the app.

    Args:
        page: Playwright's page, empty.
        url: of the server, without a slash at the end.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, path: str) -> Visitor:
        self.page.goto(self.url + path)
        return self.wait_until_drawn()

    def open_again(self) -> Visitor:
        """Press F5."""
        self.page.reload()
        return self.wait_until_drawn()

    def wait_until_drawn(self) -> Visitor:
        """Wait until all of the page is there and no script runs."""
        self.page.wait_for_selector("h1")
        self.page.wait_for_selector(".st-key-language input", state="attached")
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        return self

    def find(self, key: str) -> Locator:
        """Return the widget or container of a key."""
        return self.page.locator(f".st-key-{key}").first

    def go_to(self, name: str) -> Visitor:
        """Follow a link of the navigation by the words on it, and wait until it is the current one."""
        from playwright.sync_api import expect

        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.locator('.st-key-pages a[aria-current="page"]')).to_have_text(
            re.compile(rf"{re.escape(name)}$")
        )
        return self.wait_until_drawn()

    def open_work(self, fold: str) -> Visitor:
        """Open the menu of the visitor's work, and a fold in it by its key."""
        self.page.locator('[class*="st-key-workspace_menu"]').get_by_role("button").first.click()
        self.find(fold).locator("summary").click()
        self.wait_until_drawn()
        return self

    def press(self, key: str) -> Visitor:
        """Press the button of a key."""
        self.find(key).get_by_role("button").first.click()
        return self

    def read(self, key: str, pattern: str | re.Pattern[str], timeout: float = 30) -> str:
        """Wait until the text of a key holds `pattern`, and return the text.

        Args:
            timeout: seconds; then Playwright's error says what stood there instead.
        """
        from playwright.sync_api import expect

        expect(self.find(key)).to_contain_text(re.compile(pattern), timeout=1_000 * timeout)
        return self.find(key).inner_text()

    def switch_language(self, own_name: str) -> Visitor:
        """Choose another language than the page's, and wait until the page is drawn in it."""
        from playwright.sync_api import expect

        document = self.page.locator("html")
        before = document.get_attribute("lang") or ""
        self.find("language").locator("input").click()
        self.page.get_by_role("option", name=own_name, exact=True).click()
        expect(document).not_to_have_attribute("lang", before)
        return self.wait_until_drawn()

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Visitor:
        """Draw with the mouse on the canvas, each stroke through its points, in shares of the canvas."""
        from playwright.sync_api import expect

        canvas = self.find("canvas").locator(".upper-canvas")
        expect(canvas).to_have_count(1)  # another data set's stands beside it for a moment
        canvas.scroll_into_view_if_needed()
        box = box_of(canvas)
        for stroke in strokes:
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point, steps=6)
            self.page.mouse.up()
        return self

    def upload(self, file: Path) -> Visitor:
        self.find("upload").locator('input[type="file"]').first.set_input_files(file)
        return self

    def lines(self, key: str) -> int:
        """Return how many lines with at least two points the chart of a key draws."""
        lines = self.find(key).locator(".scatterlayer path.js-line")
        paths = lines.evaluate_all("all => all.map(line => line.getAttribute('d'))")
        return sum("L" in (path or "") for path in paths)

    def wait_for_bars(self, key: str, pixels: float) -> None:
        """Wait until a key's chart has ten bars, one of them longer than so many pixels."""
        script = """([key, pixels]) => {
            const bars = [...document.querySelectorAll(`.st-key-${key} .barlayer path`)];
            return bars.length === 10 && bars.some((bar) => bar.getBBox().width > pixels);
        }"""
        self.page.wait_for_function(script, arg=[key, pixels])
