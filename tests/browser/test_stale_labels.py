"""A browser that is slow sends what it showed before the page changed; spoken as Streamlit's protocol, without one."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.bench.page_visitor import PageVisitor
from fvapp.i18n import Translator

EN, ZH = Translator("en"), Translator("zh-Hans")
PATIENCE = 120  # seconds for one short training


def test_chosen_runs_stay_when_their_labels_of_another_language_come_late(server):
    asyncio.run(switch_with_late_labels(PageVisitor(server.url)))


async def switch_with_late_labels(visitor: PageVisitor) -> None:
    for width in (16, 24):
        await train(visitor, width)
    await visitor.open("compare")
    assert "16 to 24" in visitor.text("difference")

    chosen = WidgetState(id=element(visitor, "multiselect", "compare_runs").id)
    chosen.string_array_value.data.extend(element(visitor, "multiselect", "compare_runs").raw_values)
    assert len(chosen.string_array_value.data) == 2
    switch = WidgetState(id=element(visitor, "selectbox", "language").id, string_value=ZH("language.name"))
    for _ in range(2):  # the switch, and the answer of the browser's storage close upon it
        await visitor._rerun([chosen, switch], "")
    assert "16 → 24" in visitor.text("difference")
    await visitor.close()


@pytest.mark.parametrize("page", ["", "draw"])
def test_a_chosen_run_stays_when_its_label_of_another_language_comes_late(server, page):
    asyncio.run(switch_with_a_late_label(PageVisitor(server.url), page))


async def switch_with_a_late_label(visitor: PageVisitor, page: str) -> None:
    for width in (16, 24):
        await train(visitor, width)
    await visitor.open(page, "dataset=fashion_mnist")
    key = "model_choice" if page else "shown_run"
    label = next(label for label in element(visitor, "selectbox", key).options if "16" in label)
    chosen = WidgetState(id=element(visitor, "selectbox", key).id, string_value=label)
    await visitor._rerun([chosen], "")
    assert element(visitor, "selectbox", key).raw_value == label
    switch = WidgetState(id=element(visitor, "selectbox", "language").id, string_value=ZH("language.name"))
    for _ in range(2):
        await visitor._rerun([chosen, switch], "")
    now = element(visitor, "selectbox", key)
    assert "16" in now.raw_value and now.raw_value in now.options and now.raw_value != label
    await visitor.close()


async def train(visitor: PageVisitor, width: int) -> None:
    await visitor.open("", f"train_images=1000&validation_split=0&epochs=1&hidden={width}")
    await visitor.press("train_start")
    async with asyncio.timeout(PATIENCE):
        while EN("states.done") not in visitor.text("run_state"):
            await visitor.wait_for_tick()
    await visitor.close()


def element(visitor: PageVisitor, kind: str, key: str):
    """Return the one widget of a kind whose key begins so."""
    widgets = [getattr(delta.new_element, kind) for delta, _ in visitor._elements.values()]
    (found,) = [widget for widget in widgets if f"-{key}" in widget.id]
    return found
