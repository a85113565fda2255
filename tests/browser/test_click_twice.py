"""Clicks that arrive twice: as a double click, or once alone and once with the page's poll."""

import re

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.bench.page_visitor import LIVE, PageVisitor
from fvapp.ui.parts import PAGES
from visitor import EN, aside


class BusyBrowser(PageVisitor):
    """A visitor whose page sends a click twice: with a poll of its live part, and then alone."""

    async def train(self, query: str) -> None:
        await self.open("", query)
        await self.press("train_start")
        await self.until(lambda: EN("states.done") in self.text("run_state"))

    async def press_twice(self, key: str, with_tick: bool = True) -> None:
        """Press a button twice, as Streamlit's page sometimes does.

        With `with_tick`, one message contains the first click and a tick (poll) of the page's live
        part.
        """
        click, part = self._click_widget_state(key)
        await self._run_script(click, self._find_component(LIVE)[1] if with_tick else part)
        await self._run_script(click, part)

    def runs(self) -> int:
        """Return the number of runs in the list on the train page."""
        (choice,) = (
            delta.new_element.selectbox
            for delta, _ in self._page_elements.values()
            if "shown_run_choice" in delta.new_element.selectbox.id
        )
        return len(choice.options)


@pytest.mark.parametrize("with_tick", [True, pytest.param(False, marks=pytest.mark.long)])
@aside
async def test_a_link_a_deletion_and_a_repeat_that_are_clicked_twice_happen_once_without_complaint(
    server, with_tick
):
    visitor = BusyBrowser(server.url)
    await visitor.train("epochs=1&train_images=1000&seed=1")
    await visitor.open_window("train_more_fold")
    # A double click opens this expander and closes it again, like any expander.
    await visitor.press_twice("make_link_button")
    assert EN("links.help") in visitor.text("make_link")
    await visitor.press_twice("make_link_button")
    assert EN("links.help") not in visitor.text("make_link")

    await visitor.train("epochs=1&train_images=1000&seed=2")
    await visitor.open("compare")
    await visitor.open_window("workspace_menu")
    await visitor.press_twice("delete_run_2", with_tick)
    assert not visitor.text("message")
    await visitor.press_twice("undo_delete", with_tick)
    await visitor.open("")
    assert visitor.runs() == 2

    await visitor.open("compare")
    await visitor.until(lambda: visitor.has("repeat_seeds_3"))
    await visitor.press_twice("repeat_seeds_3", with_tick)
    await visitor.open("")
    assert visitor.runs() == 2 + 3

    await visitor.open("teachers")
    await visitor.press_twice("class_open", with_tick)
    await visitor.open("teachers")
    assert EN("classroom.open.usual", n=1) in visitor.text()
    assert EN("classroom.open.usual", n=2) not in visitor.text()
    await visitor.close()


class ButtonPresser(BusyBrowser):
    """A visitor who presses each button three times, whatever becomes of the page."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.pressed = {"leave_workspace"}  # until the end: all pages are empty after it

    async def press_all(self, path: str) -> None:
        """Press every kind of button that has not been pressed yet on the page with this path."""
        while True:
            await self.open(path)
            await self.open_windows()
            kind, button = next(self.new_buttons(), (None, None))
            if button is None:
                return
            self.pressed.add(kind)
            for _ in range(3):
                await self._run_script([WidgetState(id=button, trigger_value=True)], "")

    async def open_windows(self) -> None:
        """Open all popovers and expanders, those inside others included."""
        opened: set[str] = set()
        while closed := {
            getattr(delta.add_block, kind).id
            for delta, _ in self._page_elements.values()
            for kind in ("popover", "expandable")
        } - {"", *opened}:
            opened |= closed
            await self._run_script([WidgetState(id=id_, bool_value=True) for id_ in closed], "")

    def new_buttons(self):
        """Yield each new kind of button, which is its key without numbers and ids, and its id."""
        for delta, _ in self._page_elements.values():
            button = delta.new_element.button
            kind = re.sub(r"[0-9a-f]{8,}|[0-9]+", "#", button.id.rpartition("-")[2])
            if button.id and not button.disabled and kind not in self.pressed:
                yield kind, button.id


@aside
async def test_no_button_of_any_page_fails_when_its_clicks_arrive_after_the_page_has_changed(
    server,
):
    presser = ButtonPresser(server.url)
    await presser.train("epochs=1&train_images=1000&seed=3")
    await presser.open("teachers")
    await presser.press("class_open")
    for row in PAGES.values():
        await presser.press_all(row.url_path)  # an exception on a page raises PageError
    assert {"train_start", "stop_all", "class_open"} < presser.pressed
    presser.pressed.remove("leave_workspace")
    await presser.press_all("")
    await presser.close()
