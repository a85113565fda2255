"""What is wrong with disk, processes or settings of the whole app is said on every page, once."""

from __future__ import annotations

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.engine.api import Workspace
from fvapp.engine.singleton import set_engine
from fvapp.i18n import Translator
from fvapp.ui.browser import storage
from fvapp.ui.pages import PAGES
from ui_pages import messages

pytestmark = pytest.mark.usefixtures("few_images")

t = Translator("en")
every_page = pytest.mark.parametrize("page", [page.name for page in PAGES])


@every_page
def test_a_disk_that_refuses_is_said_and_the_page_is_there(says, open_page, page):
    says(store="store_full")
    app = open_page(page)
    assert messages(app).count(t("errors.store_full")) == 1
    says()
    app.run()
    assert t("errors.store_full") not in messages(app)


@every_page
def test_training_processes_that_cannot_be_started_are_said(says, open_page, page):
    says(state="failed", reason="no_scheduler")
    assert messages(open_page(page)).count(t("errors.no_scheduler")) == 1


def test_a_reason_is_not_an_alarm_while_everything_is_started_anew(says, open_page):
    says(state="restarting", reason="no_scheduler")
    assert t("errors.no_scheduler") not in messages(open_page("train"))


def test_trouble_that_comes_while_a_page_is_open_is_said_when_it_looks_again(says, open_page):
    app = open_page("train")
    assert t("errors.store_locked") not in messages(app)
    says(store="store_locked")
    assert t("errors.store_locked") in messages(app.run())


@every_page
def test_a_workspace_that_is_gone_is_said_once_and_a_new_one_is_there(engine, open_page, page):
    token = engine.enter(None).token
    engine.delete_all(token)
    app = open_page(page, token=token)
    assert messages(app).count(t("errors.workspace_gone")) == 1
    assert app.session_state["token"] != token and engine.enter(app.session_state["token"]).known
    app.run()
    assert t("errors.workspace_gone") not in messages(app)


@pytest.fixture
def browser_holds():
    """Return ``browser_holds(app, token)``: let the browser of a page tell what it holds."""

    def hold(app, token=None, **values):
        told = {"available": True, "token": token, "language": None, "elsewhere": False, **values}
        app.session_state["browser_held"] = told
        return app.run()

    return hold


@pytest.fixture
def kept(monkeypatch):
    """What the browser was given to keep, run by run."""
    given = []
    monkeypatch.setattr(storage, "keep", lambda token, chosen, dropped, *_: given.append((token, chosen, dropped)))
    return given


@every_page
def test_a_new_visitor_has_a_workspace_in_the_first_run(engine, open_page, kept, page):
    app = open_page(page, token=None, painted=False)
    assert kept == [(app.session_state["token"], False, None)] and engine.runs(kept[0][0]) == ()


def test_the_visit_goes_on_in_the_workspace_that_the_browser_holds(engine, open_page, browser_holds, kept):
    held = engine.enter(None).token
    app = open_page("train", token=None)
    (early,) = engine.submit(app.session_state["token"], [RunSettings()])
    browser_holds(app, held)
    assert app.session_state["token"] == held == kept[-1][0] and messages(app) == []
    assert [record.id for record in engine.runs(held)] == [early.id]
    engine.delete(held, early.id)  # while it waits the settings are folded to one line
    app.run()
    assert app.text_input(key="seed").value == str(own_seed(held))


def test_work_of_another_workspace_does_not_move_where_the_other_tab_went_on_purpose(engine, open_page, browser_holds):
    held = engine.enter(None).token
    app = open_page("train", token=None)
    own = app.session_state["token"]
    (run,) = engine.submit(own, [RunSettings()])
    browser_holds(app, held, elsewhere=True)
    assert app.session_state["token"] == held and engine.runs(held) == () and engine.runs(own) == (run,)
    assert t("workspace.elsewhere") in messages(app)


@pytest.mark.parametrize("told", [7, [], {"token": []}, {"token": "x" * 101}, {"available": "yes"}], ids=repr)
def test_a_browser_may_tell_anything(open_page, told):
    app = open_page("train", token=None)
    token = app.session_state["token"]
    app.session_state["browser_held"] = told
    assert app.run().session_state["token"] == token and not app.exception


@pytest.mark.parametrize("token", ["unknown", "ü" * 43, "' OR 1=1 --"])
def test_what_is_no_token_of_ours_is_replaced(open_page, browser_holds, kept, token):
    app = open_page("train", token=None)
    browser_holds(app, token)
    assert kept[-1] == (app.session_state["token"], False, token)


def test_a_dead_workspace_that_the_browser_holds_is_said_and_replaced(engine, open_page, browser_holds, kept):
    held = engine.enter(None).token
    engine.delete_all(held)
    app = open_page("train", token=None)
    own = app.session_state["token"]
    browser_holds(app, held)
    assert kept[-1] == (own, False, held) and t("errors.workspace_gone") in messages(app)


@every_page
def test_a_workspace_that_does_not_open_is_said_and_opens_later(engine, open_page, browser_holds, page, monkeypatch):
    held = engine.enter(None).token
    app = open_page(page, token=None)
    own = app.session_state["token"]
    with monkeypatch.context() as patch:
        patch.setattr(engine, "move_in", raise_(EngineError("store_failed")))
        browser_holds(app, held)
        said = [t("errors.store_failed"), t("workspace.closed")]
        assert [text for text in messages(app) if text in said] == said
        assert app.session_state["token"] == own
    app.run()
    assert not set(said) & set(messages(app))
    assert app.session_state["token"] == held


def test_where_nothing_can_be_kept_it_is_said_and_the_language_stays(open_page, browser_holds):
    app = browser_holds(open_page("train", token=None), available=False)
    assert t("workspace.not_kept") in messages(app)


def test_the_language_that_the_browser_holds_is_taken_over(open_page, browser_holds):
    app = browser_holds(open_page("train", token=None), language="zh-Hans")
    assert app.title[0].value == Translator("zh-Hans")("train.title")


def test_runs_that_are_damaged_are_said_when_the_workspace_is_opened(engine, open_page, browser_holds, monkeypatch):
    held = engine.enter(None).token
    app = open_page("train", token=None)
    monkeypatch.setattr(engine, "move_in", lambda token, _: Workspace(token, known=True, whole=False))
    browser_holds(app, held)
    assert messages(app) == [t("errors.runs_damaged")]
    app.run()
    assert messages(app) == []


def test_a_curve_that_is_damaged_is_said(engine, open_page, token, train, monkeypatch):
    train(RunSettings())
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
