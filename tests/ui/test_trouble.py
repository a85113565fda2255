"""Trouble with the disk, the processes or the app's settings is reported on every page, once."""

from pkgutil import resolve_name
from unittest.mock import Mock

import pytest
import streamlit as st

from fvapp.core.errors import EngineError
from fvapp.core.settings import RunSettings
from fvapp.engine.api import Workspace
from fvapp.engine.singleton import set_engine
from fvapp.i18n import Translator
from fvapp.ui.browser import storage
from fvapp.ui.messages import Notice
from fvapp.ui.parts.page_table import PAGES
from scripted_engine import new_visitor
from ui_pages import T, keys, messages, press, texts

pytestmark = pytest.mark.usefixtures("few_images")

every_page = pytest.mark.parametrize("page", PAGES)
# For trouble that arises before any page is drawn, two pages suffice.
two_pages = pytest.mark.parametrize("page", ["train", "classroom"])


@every_page
def test_a_disk_that_refuses_and_processes_that_do_not_start_are_said_and_the_page_is_there(
    says, open_page, page
):
    trouble = {T("errors.store_full"), T("errors.no_scheduler")}
    says(store_error_code="store_full", state="failed", failure_code="no_scheduler")
    app = open_page(page)
    assert all(messages(app).count(sentence) == 1 for sentence in trouble)
    says()
    app.run()
    assert not trouble & set(messages(app))


def test_a_loss_stays_said_until_a_click_says_that_it_was_read(
    says, engine, open_page, monkeypatch
):
    says(store_error_code="store_models", store_error_values={"missing": 3})
    monkeypatch.setattr(engine.data_loss_notice, "mark_notice_read", says)
    app = open_page("train")
    assert T("errors.store_models", missing=3) in messages(app.run())
    press(app, "loss_read")
    assert messages(app) == [] and "loss_read" not in keys(app)


def test_trouble_that_comes_while_a_page_is_open_is_said_and_a_new_start_is_no_alarm(
    says, open_page
):
    app = open_page("train")
    assert T("errors.store_locked") not in messages(app)
    says(store_error_code="store_locked")
    assert T("errors.store_locked") in messages(app.run())
    says(state="restarting", failure_code="no_scheduler")
    assert T("errors.no_scheduler") not in messages(app.run())


@two_pages
def test_a_workspace_that_is_gone_is_said_once_and_a_new_one_is_there(engine, open_page, page):
    token = new_visitor(engine)
    engine.workspaces.delete_workspace(token)
    app = open_page(page, token=token)
    assert messages(app).count(T("errors.workspace_gone")) == 1
    assert app.session_state["token"] == app.session_state[storage.KEY].token != token
    assert engine.workspaces.enter_workspace(app.session_state["token"]).was_known
    app.run()
    assert T("errors.workspace_gone") not in messages(app)


@every_page
def test_before_the_browser_has_told_there_is_nothing_but_a_sentence_for_later(
    engine, open_page, page, monkeypatch
):
    makes_no_workspace = Mock(side_effect=AssertionError)
    monkeypatch.setattr(engine.workspaces, "enter_workspace", makes_no_workspace)
    app = open_page(page, token=None)
    assert not app.title and not app.button and messages(app) == []
    (later,) = (each for each in app.get("html") if "fvapp-later" in each.proto.body)
    assert T("common.no_answer") in later.proto.body


def test_a_page_goes_where_another_tab_of_its_browser_went(token, open_page):
    app = open_page("train")
    app.session_state[storage.KEY].token = token
    assert T("workspace.elsewhere") in messages(app.run()) and app.session_state["token"] == token
    assert T("workspace.elsewhere") not in messages(app.run())


@two_pages
def test_a_workspace_that_does_not_open_is_said_and_opens_later(
    engine, own_page, token, page, monkeypatch
):
    said = [T("errors.store_failed"), T("workspace.closed")]
    with monkeypatch.context() as patch:
        fails = Mock(side_effect=EngineError("store_failed"))
        patch.setattr(engine.workspaces, "enter_workspace", fails)
        app = own_page(page)
        assert [text for text in messages(app) if text in said] == said
    assert not set(said) & set(messages(app.run()))
    assert app.session_state["token"] == token


def test_where_nothing_can_be_kept_it_is_said(open_page):
    app = open_page("train")
    app.session_state[storage.KEY].available = False
    assert T("workspace.not_kept") in messages(app.run())


def test_the_language_that_the_browser_holds_is_taken_over_unless_one_was_chosen_here(open_page):
    app = open_page("train")
    app.session_state[storage.KEY].language = "zh-Hans"
    assert app.run().title[0].value == Translator("zh-Hans")("train.title")
    app.session_state["chosen_language"] = "zh-Hant"
    assert app.run().title[0].value == Translator("zh-Hant")("train.title")
    app.session_state[storage.KEY].language = "nonsense"
    assert not app.run().exception


def test_runs_that_are_damaged_are_said_when_the_workspace_is_opened(
    token, engine, own_page, monkeypatch
):
    opened = Workspace(token, was_known=True, is_complete=False)
    monkeypatch.setattr(engine.workspaces, "enter_workspace", lambda _: opened)
    app = own_page("train")
    assert messages(app) == [T("errors.runs_damaged")]
    assert messages(app.run()) == []


def test_a_curve_that_is_damaged_is_said(engine, own_page, train, monkeypatch):
    train(RunSettings())
    fails = Mock(side_effect=EngineError("run_damaged"))
    monkeypatch.setattr(engine.runs, "read_events", fails)
    for page in ("train", "compare"):
        assert messages(own_page(page)).count(T("errors.run_damaged")) == 1


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("FVAPP_LIMIT_QUEUED", "*many*", "bad_limit"),
        ("FVAPP_WORKERS", "0", "bad_limit"),
        ("FVAPP_LAB", "1", "lab_none"),
    ],
)
def test_a_variable_that_is_no_good_is_named(open_page, monkeypatch, tmp_path, name, value, code):
    set_engine(None)
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    sentence = T(f"errors.{code}", **{"name": name, "value": value} if code == "bad_limit" else {})
    assert messages(open_page("train", token=None)) == [sentence]


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("data", "fvapp.ui.data.page._draw_dataset_facts"),
        ("draw", "fvapp.ui.draw.page.draw_canvas_or_picture"),
    ],
)
def test_a_notice_is_still_said_by_the_run_after_one_that_was_cut_short(
    open_page, monkeypatch, page, part
):
    app = open_page(page)
    draw = resolve_name(part)
    runs = []

    def draw_or_cut(*values: object) -> object:
        runs.append(part)
        if len(runs) == 1:
            st.rerun()
        return draw(*values)

    monkeypatch.setattr(part, draw_or_cut)
    now = [100.0]
    monkeypatch.setattr("fvapp.ui.messages.monotonic", lambda: now[0])
    monkeypatch.setattr("fvapp.ui.messages.SECONDS", 2.0)
    app.session_state["notices"] = [Notice("notice", "Loaded.")]
    assert messages(app.run()) == ["Loaded."] and len(runs) == 2
    # The page is drawn again at once, without a visitor's action.
    assert messages(app.run()) == ["Loaded."]
    now[0] += 3.0
    assert messages(app.run()) == []


@pytest.mark.parametrize("slow_start", [50.0, 0.0])
def test_a_run_that_waits_for_a_slow_start_is_told_how_long(
    own_page, engine, token, says, slow_start
):
    engine.runs.submit_runs(token, [RunSettings()])
    engine.workers.names = ()  # no worker has joined yet
    says(slow_start_seconds=slow_start)
    words = "\n".join(texts(own_page("train")))
    assert (T("train.engine.slow", time="50 s") in words) is bool(slow_start)
    assert (T("train.engine.starting") in words) is not bool(slow_start)
