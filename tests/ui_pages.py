"""Helpers that read and act like a visitor on a page, under AppTest."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from secrets import token_hex
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from _pytest.mark import ParameterSet
from google.protobuf.message import Message
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from fvapp.core.runs import RunRecord
from fvapp.core.settings import SETTINGS
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.i18n import Translator, read_catalogue

T = Translator("en")

FEW_TEST_IMAGES = 400
"""Number of test images that pages load with the fixture ``few_images``."""

WORK_FOLDS = (
    *("workspace_menu", "work_elsewhere", "work_doors", "work_kept", "work_leave", "work_delete"),
    *("run_more", "bring_back"),
)
"""Keys of the menu with the visitor's work, and of everything that is folded inside it."""

DRAW_FOLDS = ("workspace_menu", "draw_more", "inside_short")
"""Keys of folded parts of the draw page: the menu of the visitor's work, and details of answers."""


def messages(app: AppTest) -> list[str]:
    """Return the texts of errors and notices without the backslashes that escape Markdown."""
    return [element.value.replace("\\", "") for element in (*app.error, *app.info, *app.warning)]


def notices(app: AppTest) -> list[str]:
    """Return the notices on the page, and those that the next page will show."""
    state = app.session_state
    waiting = [notice.text for notice in state["notices"]] if "notices" in state else []
    return [*waiting, *messages(app)]


def texts(app: AppTest) -> list[str]:
    """Return all Markdown texts of the page: paragraphs, captions and headings."""
    return [
        element.value
        for element in (*app.markdown, *app.caption, *app.title, *app.header, *app.subheader)
    ]


def keys(app: AppTest) -> set[str]:
    """Return the keys of all buttons."""
    return {button.key for button in app.button}


def tick(app: AppTest, words: str, ticked: bool = True) -> AppTest:
    """Tick the only checkbox with these words in its label, or remove its tick."""
    (box,) = (box for box in app.checkbox if words in box.label)
    return set_field(app, box.key, ticked)


def links(app: AppTest) -> dict[str, str]:
    """Return the query of each link to a page by the link's text."""
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def query_of(app: AppTest) -> dict[str, str]:
    """Return the parameters in the page's address, which AppTest may keep in lists."""
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in app.query_params.items()
    }


def html(app: AppTest) -> str:
    """Return the app's own HTML on the page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def pixel_cells(app: AppTest) -> list[str]:
    """Return the cells of the table of pixel values, without its headings."""
    (table,) = [each.value for each in app.get("html") if 'class="fvapp-pixels"' in each.value]
    return re.findall(r"<td[^>]*>([0-9.]+)", table)


def given(app: AppTest) -> list[dict[str, Any]]:
    """Return the data passed to each of the app's components."""
    return [json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.json]


def component_data(app: AppTest, key: str) -> list[dict[str, Any]]:
    """Return the data passed to each component whose id contains a key."""
    found = (each.proto for each in app.get("bidi_component"))
    return [json.loads(proto.json) for proto in found if key in proto.id]


def strings(message: Message) -> Iterator[str]:
    """Yield all texts in a message to the browser, except scripts and styles."""
    for field, value in message.ListFields():
        if field.name in ("js_content", "css_content"):
            continue
        several = value if field.is_repeated else [value]
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            several = value.values()
        for each in several:
            if isinstance(each, Message):
                yield from strings(each)
            elif isinstance(each, str):
                yield each


def shown(app) -> str:
    """Return all text on the page, including hidden names and the data of components."""
    protos = (getattr(node, "proto", None) for node in app)
    texts = (text for proto in protos if isinstance(proto, Message) for text in strings(proto))
    return re.sub(r"<(style|script)>.*?</\1>", "", "\n".join(texts), flags=re.DOTALL)


def raw_keys(text: str) -> list[str]:
    """Return the catalogue keys that a page shows where their texts should be."""
    return [word for word in re.findall(r"[a-z_]+(?:\.\w+)+", text) if word in read_catalogue("en")]


def widgets(app: AppTest) -> dict[str, Widget]:
    """Return the widgets of the settings by setting, whatever their kind."""
    kinds = (app.segmented_control, app.selectbox, app.toggle, app.text_input, app.number_input)
    found = {(each.key or "").rpartition("_")[0]: each for kind in kinds for each in kind}
    return {name: found[name] for name in SETTINGS if name in found}


def widget(app: AppTest, name: str) -> Widget:
    """Return the widget of a setting."""
    return widgets(app)[name]


def press(app: AppTest, key: str) -> AppTest:
    """Press the button with a key, and check that the page then raises no error."""
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def press_first(app: AppTest, pattern: str) -> AppTest:
    """Press the first button whose key matches a pattern."""
    return press(app, next(button.key for button in app.button if re.search(pattern, button.key)))


def field(app: AppTest, key: str) -> Widget:
    """Return the field with this key, or the only field whose key begins with `key`."""
    fields = [each for each in app if isinstance(each, Widget) and (each.key or "").startswith(key)]
    (found,) = [each for each in fields if each.key == key] or fields
    return found


def set_field(app: AppTest, key: str, value: object) -> AppTest:
    """Set the only field, of any kind, whose key is `key` or begins with `key`."""
    field(app, key).set_value(value).run()
    assert not app.exception, app.exception
    return app


def chosen_card(app: AppTest) -> str | None:
    """Return the name of the preset whose card is chosen."""
    return next(data["chosen"] for data in given(app) if "cards" in data)


def pressed_card(app: AppTest, name: str) -> WidgetState:
    """Return the widget state that a browser sends after a press on a preset's card."""
    cards = next(each for each in widgets_of(app) if each.endswith("-preset"))
    pressed = {"name": name, "at": perf_counter()}
    return WidgetState(id=cards, json_value=json.dumps({"pressed": pressed}))


def press_card(app: AppTest, name: str) -> AppTest:
    """Press a preset's card, in one message with all other changes since the page was drawn."""
    states = app._tree.get_widget_states()
    states.widgets.append(pressed_card(app, name))
    return app._run(states)


def start(app: AppTest) -> AppTest:
    """Press the button Train."""
    return app.button(key="train_start").click().run()


def only_run(engine: EmbeddedEngine, token: str) -> RunRecord:
    """Return the only run of a workspace."""
    (record,) = engine.runs.list_runs(token)
    return record


def keep_noise(engine: EmbeddedEngine, token: str, dataset: str, *labels: int) -> list[str]:
    """Keep an image of noise as an example for each label; return the ids of the examples."""
    noise = np.random.default_rng(len(engine.examples.kept_examples(token)))
    images = noise.integers(0, 256, (len(labels), 28, 28), np.uint8)
    return [
        engine.examples.keep_example(token, dataset, image, label).id
        for image, label in zip(images, labels, strict=True)
    ]


def trigger(app: AppTest, field: str, name: str, value: object) -> AppTest:
    """Send a component's trigger with a value.

    Args:
        field: the component's id, from :func:`widgets_of`.
    """
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=field, json_value=json.dumps({name: value})))
    return app._run(states)


def widgets_of(app: AppTest) -> dict[str, WidgetMetadata]:
    """Return Streamlit's metadata of the page's widgets, including those unknown to AppTest."""
    session = app.session_state
    # AppTest wraps the session state in two further objects.
    for name in ("_state", "_state", "_new_widget_state"):
        session = object.__getattribute__(session, name)
    return session.widget_metadata


def send_file(app: AppTest, key: str, content: object, number: str | None = None) -> AppTest:
    """Send the file that was chosen in a file field; content other than bytes is sent unchanged."""
    fields = (
        name for name, each in widgets_of(app).items() if each.value_type == "json_trigger_value"
    )
    field = next(name for name in fields if f"{key}_field" in name)
    text = b64encode(content).decode() if isinstance(content, bytes) else content
    told = {"event": "sent", "value": {"id": number or token_hex(4), "content": text}}
    return app._run(
        WidgetStates(widgets=[WidgetState(id=field, json_trigger_value=json.dumps(told))])
    )


def picture(pixels: np.ndarray) -> bytes:
    """Return an image as the bytes of a PNG file."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def picture_of_one() -> bytes:
    """Return a PNG file with a vertical stroke, dark on white."""
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[30:170, 92:108] = 20
    return picture(pixels)


# Template for the id that Streamlit gives to a component's events; {} is the component's id.
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"

FORGED: dict[str, Callable[[WidgetState], object]] = {
    "nothing": lambda state: None,
    "no number": lambda state: setattr(state, "double_value", float("nan")),
    "a huge number": lambda state: setattr(state, "int_value", -(2**62)),
    "a text": lambda state: setattr(state, "string_value", "x"),
    "numbers": lambda state: state.double_array_value.data.extend([float("inf"), 1e300, -1.0]),
    "no choices": lambda state: state.string_array_value.SetInParent(),
    "unknown choices": lambda state: state.string_array_value.data.extend(["x", "x", "y"]),
    "a list for a component": lambda state: setattr(state, "json_value", "[]"),
    "a component's other values": lambda state: setattr(
        state,
        "json_value",
        '{"kept": [1], "drawing": {"strokes": [5], "pens": {}, "id": []}, "selection": 7}',
    ),
    "broken JSON": lambda state: setattr(state, "json_value", '{"kept": '),
    "no file": lambda state: state.file_uploader_state_value.SetInParent(),
    "a list of a component's events": lambda state: setattr(
        state, "json_trigger_value", '[{"event": 5}, 7, null]'
    ),
    "broken events": lambda state: setattr(state, "json_trigger_value", "{"),
    "a message": lambda state: setattr(state.chat_input_value, "data", "x"),
    "bytes": lambda state: setattr(state, "bytes_value", b"\xff"),
}


def forgeries(*names: str) -> list[ParameterSet | tuple[str, list[str]]]:
    """Return three kinds of forged value for each name; the long tests try all kinds."""
    kinds = list(FORGED)
    some = [
        (name, [kinds[(3 * at + more) % len(kinds)] for more in range(3)])
        for at, name in enumerate(names)
    ]
    return [*some, *(pytest.param(name, kinds, marks=pytest.mark.long) for name in names)]


def forge(app: AppTest, spoil: Callable[[WidgetState], object]) -> None:
    """Draw the page with a forged value for each widget, including those unknown to AppTest."""
    names = widgets_of(app)
    states = [WidgetState(id=name) for name in (*names, *map(EVENTS.format, names))]
    for state in states:
        spoil(state)
    app._run(WidgetStates(widgets=states))
    assert not app.exception, app.exception
