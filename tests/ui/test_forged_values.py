"""Messages no browser of ours would send: each page takes them for nothing, says so in a sentence and goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.pages import PAGES
from ui_pages import messages, widgets_of

EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # of a component, as Streamlit calls them
SENTENCE = Translator("en")("errors.value_not_understood")

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
        state, "json_value", '{"kept": [1], "drawing": {"strokes": [5], "pens": {}, "id": []}, "selection": 7}'
    ),
    "broken JSON": lambda state: setattr(state, "json_value", '{"kept": '),
    "no file": lambda state: state.file_uploader_state_value.SetInParent(),
    "a list of a component's events": lambda state: setattr(state, "json_trigger_value", '[{"event": 5}, 7, null]'),
    "broken events": lambda state: setattr(state, "json_trigger_value", "{"),
    "a message": lambda state: setattr(state.chat_input_value, "data", "x"),
    "bytes": lambda state: setattr(state, "bytes_value", b"\xff"),
}


def forge(app: AppTest, spoil: Callable[[WidgetState], object]) -> AppTest:
    """Have the page drawn with a forged value for each of its widgets, those that AppTest does not know included."""
    names = widgets_of(app)
    states = [WidgetState(id=name) for name in (*names, *map(EVENTS.format, names))]
    for state in states:
        spoil(state)
    return app._run(WidgetStates(widgets=states))


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("page", [row.name for row in PAGES])
def test_forged_values_of_every_kind_are_left_out_with_one_sentence(open_page, engine, token, train, page, caplog):
    train(RunSettings(), RunSettings(batch_size=64))
    app = open_page(page, token=token)
    for kind, spoil in FORGED.items():
        forge(app, spoil)
        assert not app.exception, (kind, app.exception)
        assert kind == "nothing" or SENTENCE in messages(app), kind
        app.run()
        assert not app.exception, (kind, app.exception)
    assert len(engine.runs(token)) == 2
    assert not [record for record in caplog.records if record.exc_info]  # no traceback in the log


def test_a_whole_number_of_a_field_is_no_forgery(open_page):
    app = open_page("train")
    field = app.number_input(key="epochs")
    state = WidgetState(id=field.id, int_value=3)  # as a browser sends it
    app._run(WidgetStates(widgets=[state]))
    assert SENTENCE not in messages(app) and app.number_input(key="epochs").value == 3
