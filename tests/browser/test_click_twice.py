"""Clicks that arrive twice: as a double click, or once alone and once with the page's poll."""

import pytest

from fvapp.bench.page_visitor import LIVE, PageVisitor
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
    await visitor.close()
