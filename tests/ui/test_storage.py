"""What the browser answers when it is asked who is here. A browser may send anything."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fvapp.ui.browser import storage

TOKEN = "Ab-_" * 10 + "Abc"
TOLD = {"ask": "now", "available": True, "token": TOKEN, "language": "zh-Hans"}
read_answer = storage.read_answer  # before `browsers` takes its place


@pytest.mark.parametrize(
    "told",
    [None, 7, [], {}, {"token": TOKEN}, TOLD | {"ask": "before"}]
    + [TOLD | {"token": token} for token in (None, [], "unknown", "ü" * 43, "A" * 42 + "\n", "A" * 42 + "=", "A" * 44)],
    ids=repr,
)
def test_what_is_no_answer_to_this_question_is_none(monkeypatch, told):
    monkeypatch.setattr("streamlit.session_state", {storage.KEY: SimpleNamespace(held=told)})
    assert read_answer("now") is None


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, storage.Held(TOKEN, "zh-Hans", True)),
        ({"language": ["en"], "available": "yes"}, storage.Held(TOKEN, None, False)),
    ],
)
def test_an_answer_is_read(monkeypatch, changes, held):
    monkeypatch.setattr("streamlit.session_state", {storage.KEY: SimpleNamespace(held=TOLD | changes)})
    assert read_answer("now") == held
