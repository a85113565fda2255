"""The browser's answer when it is asked who the visitor is; a browser may send anything."""

from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from fvapp.ui.browser import storage
from fvapp.ui.compat.greeting import HEADER

TOKEN = "Ab-_" * 10 + "Abc"
TOLD = {"ask": "now", "available": True, "token": TOKEN, "language": "zh-Hans"}
# The tests need the real functions, which the fixture `browsers` replaces.
ask_browser = storage.ask_browser
read_browser_answer = storage.read_browser_answer


@pytest.mark.parametrize(
    "told",
    [None, 7, [], {}, {"token": TOKEN}, TOLD | {"ask": "before"}]
    + [
        TOLD | {"token": token}
        for token in (None, [], "unknown", "ü" * 43, "A" * 42 + "\n", "A" * 42 + "=", "A" * 44)
    ],
    ids=repr,
)
def test_what_is_no_answer_to_this_question_is_none(monkeypatch, told):
    monkeypatch.setattr("streamlit.session_state", {storage.KEY: SimpleNamespace(held=told)})
    assert read_browser_answer("now") is None


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, storage.BrowserStorage(TOKEN, "zh-Hans", True)),
        (
            {"language": ["en"], "available": "yes", "times": "2"},
            storage.BrowserStorage(TOKEN, None, False),
        ),
        ({"times": 2}, storage.BrowserStorage(TOKEN, "zh-Hans", True, 2)),
    ],
)
def test_an_answer_is_read(monkeypatch, changes, held):
    told = SimpleNamespace(held=TOLD | changes)
    monkeypatch.setattr("streamlit.session_state", {storage.KEY: told})
    assert read_browser_answer("now") == held


@pytest.mark.parametrize(
    ("greeting", "held"),
    [
        (TOKEN, storage.BrowserStorage(TOKEN, None, True)),
        (f"{TOKEN}.zh-Hans", storage.BrowserStorage(TOKEN, "zh-Hans", True)),
        *((greeting, None) for greeting in ("unknown", f"{TOKEN}x", "")),
    ],
)
def test_a_greeting_is_read(monkeypatch, greeting, held):
    monkeypatch.setattr("streamlit.context", SimpleNamespace(headers={HEADER: greeting}))
    assert storage.read_greeting() == held


def test_the_page_is_named_before_the_browser_is_asked(monkeypatch, open_page):
    """If the browser were asked first, its quick answer would seem to come from the first page."""
    sent = []
    enqueue = ScriptRunContext.enqueue

    def note(self: ScriptRunContext, message: ForwardMsg) -> None:
        is_component = message.delta.new_element.HasField("bidi_component")
        sent.append("component" if is_component else message.WhichOneof("type"))
        enqueue(self, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", note)
    monkeypatch.setattr(storage, "ask_browser", ask_browser)
    open_page("draw", token=None)
    assert [each for each in sent if each in ("navigation", "component")] == [
        "navigation",
        "component",
    ]
