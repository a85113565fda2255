"""A slow browser sends labels that it showed before the page changed.

The tests speak Streamlit's protocol without a browser.
"""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.bench.page_visitor import PageVisitor
from fvapp.i18n import Translator
from visitor import EN, PERCENT, aside

ZH = Translator("zh-Hans")
PATIENCE = 120  # seconds that one short run may take


@pytest.mark.long
@aside
async def test_a_chosen_run_stays_when_the_choice_of_before_or_its_label_of_another_language_comes_late(
    server,
):
    visitor = PageVisitor(server.url)
    for width in (16, 24):
        await train(visitor, width)
    await visitor.open("", "train_images=1000&epochs=1&validation_split=0.1&hidden=32")
    before = element(visitor, "selectbox", "shown_run")
    assert "24" in before.raw_value
    late = WidgetState(id=before.id, string_value=before.raw_value)
    await visitor.press("train_start")
    for _ in range(2):
        await visitor._run_script([late], "")
        assert "32" in element(visitor, "selectbox", "shown_run").raw_value
    # When this run ends, the page chooses its network. Wait, so that this happens before the next
    # check, and not during it.
    await until_trained(visitor)
    await visitor.close()
    await switch_with_a_late_label(visitor, "", ZH)
    await switch_with_a_late_label(visitor, "draw", EN)


async def switch_with_a_late_label(visitor: PageVisitor, page: str, other: Translator) -> None:
    await visitor.open(page, "dataset=fashion_mnist")
    key = "model_choice" if page else "shown_run"
    label = next(label for label in element(visitor, "selectbox", key).options if "16" in label)
    chosen = WidgetState(id=element(visitor, "selectbox", key).id, string_value=label)
    await visitor._run_script([chosen], "")
    assert element(visitor, "selectbox", key).raw_value == label
    switch = WidgetState(
        id=element(visitor, "selectbox", "language").id, string_value=other("language.name")
    )
    for _ in range(2):
        await visitor._run_script([chosen, switch], "")
    now = element(visitor, "selectbox", key)
    assert "16" in now.raw_value and now.raw_value in now.options and now.raw_value != label
    await visitor.close()


@aside
async def test_a_random_image_stays_when_the_number_of_before_comes_late(server):
    visitor = PageVisitor(server.url)
    await visitor.open("draw", "dataset=fashion_mnist")
    # This message, which reports the field as empty, arrives after the button was pressed.
    late = WidgetState(id=element(visitor, "number_input", "test_index").id)
    await visitor.press("random_image")
    chosen = element(visitor, "number_input", "test_index").default
    for _ in range(2):
        await visitor._run_script([late], "")
        assert element(visitor, "number_input", "test_index").default == chosen
    await visitor.until(lambda: PERCENT.search(visitor.text("answer")))
    await visitor.close()


@pytest.mark.parametrize(
    ("page", "query"), [("", ""), ("draw", ""), ("missions", "mission=8"), ("data", "")]
)
@aside
async def test_no_page_takes_a_late_label_for_a_choice_of_something_else(server, page, query):
    visitor = PageVisitor(server.url)
    await visitor.open(page, query)
    late = [
        state(widget, choices(kind, widget)[0])
        for kind, widget in lists(visitor)
        if "-language" not in widget.id and choices(kind, widget)
    ]
    switch = WidgetState(
        id=element(visitor, "selectbox", "language").id, string_value=ZH("language.name")
    )
    await visitor._run_script([switch], "")
    page_before = visitor.text()
    shown = [choices(*each) for each in lists(visitor)]
    for _ in range(2):
        await visitor._run_script([*late, switch], "")  # raises an error if the page shows one
        assert [choices(*each) for each in lists(visitor)] == shown
        assert visitor.text("message") == ""
    assert visitor.text() == page_before
    await visitor.close()


def lists(visitor: PageVisitor):
    """Return the type and the element of every widget that offers labels to choose from."""
    kinds = [
        (delta.new_element.WhichOneof("type"), delta.new_element)
        for delta, _ in visitor._page_elements.values()
    ]
    return [
        (kind, getattr(new, kind))
        for kind, new in kinds
        if kind in ("selectbox", "radio", "button_group")
    ]


def choices(kind: str, widget) -> list[str]:
    """Return the labels that a widget offers."""
    return (
        [option.content for option in widget.options]
        if kind == "button_group"
        else list(widget.options)
    )


def state(widget, label: str) -> WidgetState:
    """Return the widget's state as a browser sends it after a click on `label`."""
    state = WidgetState(id=widget.id)
    if hasattr(widget, "click_mode"):
        state.string_array_value.data.append(label)
    else:
        state.string_value = label
    return state


async def train(visitor: PageVisitor, width: int) -> None:
    await visitor.open("", f"train_images=1000&epochs=1&validation_split=0.1&hidden={width}")
    await visitor.press("train_start")
    await until_trained(visitor)
    await visitor.close()


async def until_trained(visitor: PageVisitor) -> None:
    await visitor.until(lambda: EN("states.done") in visitor.text("run_state"), PATIENCE)


def element(visitor: PageVisitor, kind: str, key: str):
    """Return the only widget of a type whose key begins with `key`."""
    widgets = [getattr(delta.new_element, kind) for delta, _ in visitor._page_elements.values()]
    (found,) = [widget for widget in widgets if f"-{key}" in widget.id]
    return found
