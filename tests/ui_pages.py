"""What a visitor reads on a page under AppTest."""

from __future__ import annotations

import json
from base64 import b64encode
from secrets import token_hex
from typing import TYPE_CHECKING

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from fvapp.core.runs import RunRecord

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine


def messages(app: AppTest) -> list[str]:
    """Return the sentences of errors and notices, without the backslashes that keep them from being Markdown."""
    return [element.value.replace("\\", "") for element in (*app.error, *app.info, *app.warning)]


def texts(app: AppTest) -> list[str]:
    """Return all text of the page that is Markdown: paragraphs, captions, headings."""
    return [element.value for element in (*app.markdown, *app.caption, *app.title, *app.header, *app.subheader)]


def given(app: AppTest) -> list[object]:
    """Return what the components of ours are given."""
    return [json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.json]


def widget(app: AppTest, name: str) -> Widget:
    """Return the widget of a setting, whatever kind it is."""
    kinds = (app.segmented_control, app.selectbox, app.toggle, app.text_input, app.number_input)
    return next(each for kind in kinds for each in kind if each.key == name)


def start(app: AppTest) -> AppTest:
    """Press Train."""
    return app.button(key="train_start").click().run()


def only_run(engine: EmbeddedEngine, token: str) -> RunRecord:
    """Return the one run of a workspace."""
    (record,) = engine.runs(token)
    return record


def widgets_of(app: AppTest) -> dict[str, WidgetMetadata]:
    """Return what Streamlit knows of the page's widgets, those that AppTest does not know included."""
    session = app.session_state
    for name in ("_state", "_state", "_new_widget_state"):  # wrapped twice
        session = object.__getattribute__(session, name)
    return session.widget_metadata


def send_file(app: AppTest, key: str, content: object, number: str | None = None) -> AppTest:
    """Have the browser send what was chosen in a field for a file; what are no bytes is sent as it is."""
    field = next(
        name
        for name, each in widgets_of(app).items()
        if each.value_type == "json_trigger_value" and f"{key}_field" in name
    )
    text = b64encode(content).decode() if isinstance(content, bytes) else content
    told = {"event": "sent", "value": {"id": number or token_hex(4), "content": text}}
    return app._run(WidgetStates(widgets=[WidgetState(id=field, json_trigger_value=json.dumps(told))]))
