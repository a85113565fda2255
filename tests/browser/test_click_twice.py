"""A click that comes twice: along with a tick of the live part and by itself; from a double click."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fvapp.bench.page_visitor import LIVE, PageVisitor
from fvapp.i18n import Translator
from visitor import open_block

EN = Translator("en")
PATIENCE = 60  # seconds


class BusyBrowser(PageVisitor):
    """Sends a click along with a tick of the live part of the page, and then the click."""

    async def train(self, query: str, state: str = "running") -> None:
        await self.open("", query)
        await self.press("train_start")
        await self.wait(lambda: EN(f"states.{state}") in self.text("run_state"))

    async def wait(self, condition) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self.wait_for_change()

    async def press_twice(self, key: str, with_tick: bool = True) -> None:
        """Press a button, the first time along with a tick of the live part, as Streamlit's page sends it."""
        click, part = self._click(key)
        await self._rerun(click, self._component(LIVE)[1] if with_tick else part)
        await self._rerun(click, part)

    def runs(self) -> int:
        """Return how many runs the list of the train page holds."""
        (choice,) = (
            delta.new_element.selectbox
            for delta, _ in self._elements.values()
            if "shown_run_choice" in delta.new_element.selectbox.id
        )
        return len(choice.options)


@pytest.fixture
def busy(server):
    """Return ``busy(act)``: a visitor whose run trains does what the coroutine function `act` says, and stops it."""

    def run(act: Callable[[BusyBrowser], Awaitable[None]]) -> None:
        async def visit() -> None:
            visitor = BusyBrowser(server.url)
            try:
                await visitor.train("epochs=100")
                await act(visitor)
                await visitor.open("")
                while visitor.has("train_stop"):
                    await visitor.press("train_stop")
                    await visitor.wait_for_change()
            finally:
                await visitor.close()

        asyncio.run(visit())

    return run


def test_a_repeat_with_three_seeds_is_three_runs(busy):
    async def repeat(visitor: BusyBrowser) -> None:
        await visitor.open("compare")
        await visitor.wait(lambda: visitor.has("repeat_seeds_3"))
        await visitor.press_twice("repeat_seeds_3")
        await visitor.open("")
        assert visitor.runs() == 1 + 3

    busy(repeat)


def test_what_a_click_opens_stays_open(busy):
    async def open_and_close(visitor: BusyBrowser) -> None:
        await visitor.press_twice("make_link_button")
        assert EN("links.help") in visitor.text("make_link")
        await visitor.press_twice("make_link_button")
        assert EN("links.help") not in visitor.text("make_link")

    busy(open_and_close)


@pytest.mark.parametrize("with_tick", [True, pytest.param(False, marks=pytest.mark.long)])
def test_one_run_is_deleted_without_complaint_and_comes_back_once(busy, with_tick):
    async def delete_and_undo(visitor: BusyBrowser) -> None:
        await visitor.train("epochs=1&train_images=1000", "done")
        await visitor.open("compare")
        await open_block(visitor, "workspace_menu_0")
        await visitor.press_twice("delete_run_2", with_tick)
        assert not visitor.text("message")
        await visitor.press_twice("undo_delete", with_tick)
        await visitor.open("")
        assert visitor.runs() == 2

    busy(delete_and_undo)
