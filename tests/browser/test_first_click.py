"""A click in a page's first moment: before the browser has told what it holds, and in the very message that tells."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from fvapp.bench.page_visitor import LIVE, PageVisitor, Storage, trigger
from fvapp.i18n import Translator
from visitor import PERCENT

EN = Translator("en")
SHORT = "train_images=1000&validation_split=0&epochs=1"
PATIENCE = 60  # seconds
CLICK_WITH_TELLING = """
const later = window.setTimeout;
let clicked = false;
window.setTimeout = (callback, pause, ...rest) => later(() => {
  const button = document.querySelector(".st-key-%s button");
  if (!clicked && button && !button.disabled) {
    clicked = true;
    button.click();
  }
  callback(...rest);
}, pause);
"""


@pytest.mark.parametrize("at_once", [False, True])
def test_a_click_before_the_browser_tells_its_workspace_or_with_it_moves_there(server, at_once):
    asyncio.run(click_and_tell(server.url, at_once))


async def click_and_tell(url: str, at_once: bool) -> None:
    first = PageVisitor(url)
    await first.open("", SHORT)
    await first.press("train_start")
    visitor = SlowBrowser(url, Storage(first.storage.token))
    await visitor.open("", f"{SHORT}&seed=7")
    await visitor.press_and_tell("train_start", at_once)
    async with asyncio.timeout(PATIENCE):
        while len(runs(visitor)) < 2:  # that of the first tab, and its own of the first moment
            await visitor.wait_for_change()
    assert visitor.storage.token == first.storage.token
    await first.close()
    await visitor.close()


def test_a_workspace_that_is_told_in_one_message_with_something_else_is_gone_to(server):
    asyncio.run(ask_and_tell(server.url))


async def ask_and_tell(url: str) -> None:
    first = PageVisitor(url)
    await first.open("", SHORT)
    await first.press("train_start")
    visitor = SlowBrowser(url, Storage(first.storage.token))
    await visitor.open("", f"{SHORT}&seed=7")
    await visitor.ask_and_tell()
    assert EN("train.empty") not in visitor.text("run_state")
    await first.close()
    await visitor.close()


def test_two_first_tabs_at_once_end_in_one_workspace(server):
    asyncio.run(open_two_tabs(server.url))


async def open_two_tabs(url: str) -> None:
    storage = Storage()
    tabs = [SlowBrowser(url, storage) for _ in range(2)]
    for seed, tab in enumerate(tabs, start=3):
        await tab.open("", f"{SHORT}&seed={seed}")
        await tab.press("train_start")
    for tab in tabs:
        await tab.tell()
    async with asyncio.timeout(PATIENCE):
        while any(len(runs(tab)) < 2 for tab in tabs):
            await asyncio.gather(*(tab.wait_for_change() for tab in tabs))
    for tab in tabs:
        await tab.close()


def test_a_click_in_what_the_first_moment_drew_counts_after_the_page_is_drawn_anew(server):
    asyncio.run(click_late(server.url))


async def click_late(url: str) -> None:
    visitor = LateClick(url)
    await visitor.open("", SHORT)
    await visitor.catch_up()
    await visitor.draw_anew()
    async with asyncio.timeout(PATIENCE):
        await visitor.click_in_the_first_page()
        while "1/1" not in visitor.text("run_state"):
            await visitor.wait_for_change()
    await visitor.close()


def test_a_page_whose_word_that_it_has_painted_was_lost_is_whole_all_the_same(visit):
    visitor = visit("/data")
    told = []

    def route(socket):
        server = socket.connect_to_server()

        def pass_on(message):
            if isinstance(message, bytes) and "first_paint" in str(BackMsg.FromString(message).rerun_script):
                told.append(message)
                if len(told) == 1:
                    return
            server.send(message)

        socket.on_message(pass_on)

    visitor.page.route_web_socket("**/_stcore/stream", route)
    visitor.open(f"/?{SHORT}")  # waits for the switch of languages, which comes with the second run
    assert len(told) > 1


def test_a_page_without_storage_says_so_once(visit):
    visitor = visit("/data")
    visitor.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } })")
    sent = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    visitor.open(f"/?{SHORT}")
    visitor.press("train_start")
    visitor.read("test_result", PERCENT, timeout=90)
    asked = [BackMsg.FromString(message).rerun_script for message in sent if isinstance(message, bytes)]
    told = [rerun for rerun in asked if any("storage" in state.id for state in rerun.widget_states.widgets)]
    assert len([rerun for rerun in told if "available" in str(rerun)]) == 1


@pytest.mark.parametrize(
    ("path", "key", "shown"),
    [
        (f"/?{SHORT}", "train_start", "test_result"),
        ("/draw?dataset=fashion_mnist", "random_image", "answer"),  # a button within a part of the page
    ],
)
def test_a_click_in_the_very_turn_in_which_the_browser_tells_counts(visit, path, key, shown):
    visitor = visit("/data")  # the browser then holds a workspace
    visitor.page.add_init_script(CLICK_WITH_TELLING % key)
    visitor.open(path)
    visitor.read(shown, PERCENT, timeout=90)


def runs(visitor: PageVisitor) -> list[str]:
    """Return the runs in the list of the train page; none while there are fewer than two."""
    boxes = [delta.new_element.selectbox for delta, _ in visitor._elements.values()]
    return next((list(box.options) for box in boxes if "shown_run_choice" in box.id), [])


class SlowBrowser(PageVisitor):
    """Looks into its storage when told."""

    _slow = True

    def _look_at_storage(self):
        return None if self._slow else super()._look_at_storage()

    async def press_and_tell(self, key: str, at_once: bool) -> None:
        """Press a button, and tell what the storage holds: in one message, as a busy browser does, or in two."""
        self._slow = False
        told = self._look_at_storage()
        click, part = self._click(key)
        if at_once:
            await self._rerun([*click, told], part)
        else:
            await self._rerun(click, part)
            await self._rerun([told], "")

    async def ask_and_tell(self) -> None:
        """Tell what the storage holds in the message in which the live part asks to be drawn."""
        self._slow = False
        part, fragment = self._component(LIVE)
        await self._rerun([trigger(part.id, "changed", 1), self._look_at_storage()], fragment)

    async def tell(self) -> None:
        self._slow = False
        told = self._look_at_storage()
        await self._rerun([told] if told else [], "")


class LateClick(PageVisitor):
    """Keeps a click in what a visit's first script run drew."""

    _first = None

    async def _read(self):
        await super()._read()
        if self._first is None:
            self._first = self._click("train_start")

    async def draw_anew(self) -> None:
        await self._rerun([], "")

    async def click_in_the_first_page(self) -> None:
        states, part = self._first
        assert part, "the first page is a part that the rest of it can be drawn with"
        await self._rerun(states, part)
