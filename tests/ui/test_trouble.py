"""What is wrong with disk, processes or settings of the whole app is said on every page, once."""

from __future__ import annotations

import pytest

from fvapp.core.errors import EngineError
from fvapp.engine.api import Workspace
from fvapp.engine.singleton import set_engine
from fvapp.i18n import Translator
from fvapp.ui.browser import storage as browser_storage
from fvapp.ui.pages import PAGES
from fvapp.ui.visit import Visit
from ui_pages import messages

t = Translator("en")
every_page = pytest.mark.parametrize("page", [page.name for page in PAGES])


@every_page
def test_a_disk_that_refuses_is_said_and_the_page_is_there(engine, open_page, page):
    engine.say(store="store_full")
    app = open_page(page)
    assert messages(app).count(t("errors.store_full")) == 1
    engine.say()
    app.run()
    assert t("errors.store_full") not in messages(app)


@every_page
def test_training_processes_that_cannot_be_started_are_said(engine, open_page, page):
    engine.say(state="failed", reason="no_scheduler")
    assert messages(open_page(page)).count(t("errors.no_scheduler")) == 1


def test_a_reason_is_not_an_alarm_while_everything_is_started_anew(engine, open_page):
    engine.say(state="restarting", reason="no_scheduler")
    assert t("errors.no_scheduler") not in messages(open_page("train"))


def test_trouble_that_comes_while_a_page_is_watched_is_noticed(engine, open_page):
    open_page("train")
    visit = Visit(t, engine, engine.enter(None).token)
    assert not visit.has_new_trouble
    engine.say(store="store_locked")
    assert visit.has_new_trouble


@every_page
def test_a_workspace_that_is_gone_is_said_once(open_page, page):
    app = open_page(page, token="x" * 43)
    assert messages(app).count(t("errors.unknown_workspace")) == (page != "data")  # which asks for nothing of anybody's


@pytest.fixture
def browser_answers(monkeypatch):
    monkeypatch.setattr(browser_storage, "read", lambda: browser_storage.Kept(True, None, None))


@every_page
def test_a_workspace_that_does_not_open_is_said_and_opens_later(engine, open_page, browser_answers, page, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(engine, "enter", raise_(EngineError("store_failed")))
        app = open_page(page, token=None)
        assert messages(app) == [t("errors.store_failed"), t("workspace.closed")]
        assert "token" not in app.session_state
    app.run()
    assert messages(app) == []
    assert "token" in app.session_state


def test_a_token_nobody_knows_is_replaced_once_and_forgotten(open_page, monkeypatch):
    monkeypatch.setattr(browser_storage, "read", lambda: browser_storage.Kept(True, "unknown", None))
    app = open_page("train", token=None)
    token = app.session_state["token"]
    assert app.session_state["forget"] == "unknown"
    app.run()
    assert app.session_state["token"] == token


def test_runs_that_are_damaged_are_said_when_the_workspace_is_opened(engine, open_page, browser_answers, monkeypatch):
    token = engine.enter(None).token
    monkeypatch.setattr(engine, "enter", lambda _: Workspace(token, known=True, whole=False))
    app = open_page("train", token=None)
    assert messages(app) == [t("errors.runs_damaged")]
    app.run()
    assert messages(app) == []


def test_a_curve_that_is_damaged_is_said(engine, open_page, monkeypatch):
    engine.start()
    token = engine.enter(None).token
    engine.submit(token, [Visit(t, engine, token).settings])
    engine.finish()
    monkeypatch.setattr(engine, "events", raise_(EngineError("run_damaged")))
    for page in ("train", "compare"):
        assert messages(open_page(page, token)).count(t("errors.run_damaged")) == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("FVAPP_LIMIT_QUEUED", "*many*", t("errors.bad_limit", name="FVAPP_LIMIT_QUEUED", value="*many*")),
        ("FVAPP_WORKERS", "0", t("errors.bad_limit", name="FVAPP_WORKERS", value="0")),
        ("FVAPP_SCHEDULER", "tls://elsewhere", t("errors.no_certificate", name="FVAPP_TLS_CA")),
    ],
)
def test_a_variable_that_is_no_good_is_named(open_page, monkeypatch, tmp_path, name, value, sentence):
    set_engine(None)
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    app = open_page("train", token=None)
    assert messages(app) == [sentence]


def raise_(error: Exception):
    """Return a function that raises `error` whatever it is asked."""

    def fail(*args: object) -> None:
        raise error

    return fail
