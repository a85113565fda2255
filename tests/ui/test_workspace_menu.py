"""The menu of the visitor's work: a code for another computer, leaving the workspace, deletion."""

from base64 import b64encode
from functools import partial
from unittest.mock import Mock

import pytest
from google.protobuf.message import Message

from fvapp.core.errors import EngineError
from fvapp.core.settings import RunSettings
from fvapp.ui.browser.navigation import BAR, REST, page_link_key
from fvapp.ui.browser.storage import KEY
from fvapp.ui.parts.page_table import PAGES
from scripted_engine import new_visitor, refused
from ui_pages import (
    WORK_FOLDS,
    T,
    given,
    keys,
    links,
    messages,
    press,
    press_card,
    set_field,
    strings,
    texts,
)

LINKS = [*map(page_link_key, PAGES)]  # keys of the links to the pages


@pytest.fixture(autouse=True)
def trained(train):
    """Give the visitor a finished run."""
    train(RunSettings())


@pytest.fixture
def open_page(open_page):
    """Open pages with the menu and all its expanders open."""
    return partial(open_page, folds=WORK_FOLDS)


def token_of(app) -> str:
    return app.session_state["token"]


def test_the_code_of_one_computer_opens_the_work_on_another(engine, open_page, own_page, runs):
    first = press(own_page("train"), "show_code")
    code = engine.workspaces.recovery_code(token_of(first))
    assert code in [each.value for each in first.code]
    other = open_page("train")
    assert engine.runs.list_runs(token_of(other)) == ()
    press(set_field(other, "entered_code", code), "open_workspace")
    assert engine.runs.list_runs(token_of(other)) == runs()
    assert T("classroom.code.opened") in messages(other)
    # The browser stores the new token, so its other tabs use the new workspace, too.
    assert other.session_state[KEY].token == token_of(other)


def test_a_wrong_code_changes_nothing_and_is_said(own_page, token):
    app = set_field(own_page("train"), "entered_code", "no such code")
    assert T("errors.unknown_code") in messages(press(app, "open_workspace"))
    assert token_of(app) == token


def test_somebody_else_begins_with_nothing_and_the_code_still_opens_the_work(
    engine, own_page, token, runs
):
    before = runs()
    code = engine.workspaces.recovery_code(token)
    app = press(own_page("train"), "leave_workspace")
    assert token_of(app) != token and engine.runs.list_runs(token_of(app)) == ()
    # The browser has made the new token to replace the old one.
    assert app.session_state[KEY].token == token_of(app)
    assert T("workspace.left") in messages(app)
    recovered = engine.workspaces.recover_workspace(new_visitor(engine), code)
    assert engine.runs.list_runs(recovered.token) == before


def test_what_a_student_has_found_out_is_named_with_what_outlives_a_class(t):
    assert t("classroom.seat.reflection") in t("workspace.kept.computer")


def test_who_leaves_is_told_what_stays_behind_and_offered_the_code_first(engine, own_page, token):
    engine.notes.write_note(token, "drawings", [{"run": "a"}, {"run": "b"}])
    app = own_page("train")
    assert T("workspace.leave_help", work="1 run, 2 drawings") in texts(app)
    press(app, "show_code_first")
    assert engine.workspaces.recovery_code(token) in [each.value for each in app.code]
    assert "1 run" in links(app) and "2 drawings" in {fold.label for fold in app.expander}


def test_kept_drawings_are_seen_with_their_answers_and_each_can_be_deleted(
    engine, own_page, token, runs
):
    run = runs()[0].id
    digit = b64encode(bytes(784)).decode()
    rows = [{"run": run, "pixels": digit, "label": label, "share": 0.9} for label in (0, 1)]
    rows.append({"run": "gone", "pixels": digit, "label": 2, "share": 0.5})
    rows.append({"run": run, "pixels": "no"})
    engine.notes.write_note(token, "drawings", rows)
    app = own_page("train", folds=["workspace_menu", "work_drawings"])
    (captions,) = (each["captions"] for each in given(app) if "50.0%" in each.get("captions", ()))
    assert captions == ["50.0%", "Trousers · 90.0%", "T-shirt/top · 90.0%"]
    app.session_state["work_drawing_chosen"] = rows[1]
    press(app.run(), "drawing_delete")
    assert engine.notes.read_note(token, "drawings") == [rows[0], *rows[2:]]
    assert "drawing_delete" not in keys(app)


def test_who_has_nothing_leaves_nothing_and_is_told_what_is_kept(open_page):
    app = open_page("train")
    kept = ("browser", "computer", "photos", "class", "gone")
    sentences = {T("workspace.leave_nothing"), *(T(f"workspace.kept.{name}") for name in kept)}
    assert sentences <= set(texts(app)) and "show_code_first" not in keys(app)


def test_where_the_work_cannot_be_read_a_code_can_still_be_entered(own_page, monkeypatch):
    fails = Mock(side_effect=EngineError("store_failed"))
    monkeypatch.setattr("fvapp.ui.work.menu.count_drawings", fails)
    app = own_page("train")
    assert T("errors.store_failed") in messages(app)
    assert app.text_input(key="entered_code") and "leave_workspace" not in keys(app)


def test_everything_is_deleted_only_after_a_second_yes(engine, own_page, token):
    code = engine.workspaces.recovery_code(token)
    app = own_page("train")
    assert app.button(key="delete_all").disabled
    press(set_field(app, "delete_all_sure", True), "delete_all")
    assert token_of(app) != token and engine.runs.list_runs(token_of(app)) == ()
    assert T("workspace.deleted") in messages(app)
    with refused("unknown_code"):
        engine.workspaces.recover_workspace(new_visitor(engine), code)


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("draw", "draw_dataset", "fashion_mnist"),
        ("train", "preset", "cnn"),
        ("train", "language", "zh-Hans"),
    ],
)
def test_what_was_chosen_just_before_leaving_comes_in_the_same_run_and_ends_in_no_error(
    own_page, token, page, key, value
):
    app = own_page(page)
    app.button(key="leave_workspace").click()
    if key == "preset":
        press_card(app, value)
    else:
        set_field(app, key, value)
    assert not app.exception and token_of(app) != token


def element_ids(app) -> set[str]:
    """Return the ids by which a browser distinguishes the page's elements."""
    return {
        text
        for node in app
        if isinstance(getattr(node, "proto", None), Message)
        for text in strings(node.proto)
        if text.startswith("$$ID-")
    }


@pytest.mark.parametrize("page", PAGES)
def test_of_what_a_browser_keeps_for_elements_the_next_workspace_finds_nothing(
    own_page, token, page
):
    app = own_page(page)
    before = element_ids(app)
    assert element_ids(app.run()) == before
    press(app, "leave_workspace")
    app.session_state["workspace_menu"] = True
    both = {name.rpartition("-")[2] for name in before & element_ids(app.run())}
    frame = {BAR, REST, "content", "page_marks", "page_style", "skip", *LINKS}
    assert token_of(app) != token and both <= frame
