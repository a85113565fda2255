"""The menu of the visitor's work: a code for another computer, leaving the workspace, deletion."""

from base64 import b64encode
from functools import partial

import pytest
from google.protobuf.message import Message

from fvapp.core.errors import EngineError
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.browser.navigation import BAR, REST, page_link_key
from fvapp.ui.browser.storage import KEY
from fvapp.ui.parts.page_table import PAGES
from ui_pages import WORK_FOLDS, T, given, messages, press_card, strings, texts

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


def test_the_code_of_one_computer_opens_the_work_on_another(engine, open_page, token):
    first = open_page("train", token)
    first.button(key="show_code").click().run()
    code = engine.workspaces.recovery_code(token)
    assert code in [each.value for each in first.code]

    other = open_page("train")
    assert engine.runs.list_runs(token_of(other)) == ()
    other.text_input(key="entered_code").input(code).run()
    other.button(key="open_workspace").click().run()
    assert engine.runs.list_runs(token_of(other)) == engine.runs.list_runs(token) and T(
        "classroom.code.opened"
    ) in messages(other)
    # the browser stores the new token, so its other tabs follow
    assert other.session_state[KEY].token == token_of(other)


def test_a_wrong_code_changes_nothing_and_is_said(engine, open_page, token):
    app = open_page("train", token)
    app.text_input(key="entered_code").input("no such code").run()
    app.button(key="open_workspace").click().run()
    assert token_of(app) == token
    assert T("errors.unknown_code") in messages(app)


def test_somebody_else_begins_with_nothing_and_the_code_still_opens_the_work(
    engine, open_page, token
):
    runs = engine.runs.list_runs(token)
    code = engine.workspaces.recovery_code(token)
    app = open_page("train", token)
    app.button(key="leave_workspace").click().run()
    assert token_of(app) != token and engine.runs.list_runs(token_of(app)) == ()
    # The browser has made the new token to replace the old one.
    assert app.session_state[KEY].token == token_of(app)
    assert T("workspace.left") in messages(app)
    assert (
        engine.runs.list_runs(
            engine.workspaces.recover_workspace(
                engine.workspaces.enter_workspace(None).token, code
            ).token
        )
        == runs
    )


def test_what_a_student_has_found_out_is_named_with_what_outlives_a_class(language):
    words = Translator(language)
    assert words("classroom.seat.reflection") in words("workspace.kept.computer")


def test_who_leaves_is_told_what_stays_behind_and_offered_the_code_first(engine, open_page, token):
    engine.notes.write_note(token, "drawings", [{"run": "a"}, {"run": "b"}])
    app = open_page("train", token)
    assert T("workspace.leave_help", work="1 run, 2 drawings") in texts(app)
    app.button(key="show_code_first").click().run()
    assert engine.workspaces.recovery_code(token) in [each.value for each in app.code]
    assert "1 run" in {link.proto.label for link in app.get("page_link")}
    assert "2 drawings" in {fold.label for fold in app.expander}


def test_kept_drawings_are_seen_with_their_answers_and_each_can_be_deleted(
    engine, open_page, token
):
    run = engine.runs.list_runs(token)[0].id
    digit = b64encode(bytes(784)).decode()
    rows = [{"run": run, "pixels": digit, "label": label, "share": 0.9} for label in (0, 1)]
    rows += [
        {"run": "gone", "pixels": digit, "label": 2, "share": 0.5},
        {"run": run, "pixels": "no"},
    ]
    engine.notes.write_note(token, "drawings", rows)
    app = open_page("train", token, folds=["workspace_menu", "work_drawings"])
    (captions,) = (each["captions"] for each in given(app) if "50.0%" in each.get("captions", ()))
    assert captions == ["50.0%", "Trousers · 90.0%", "T-shirt/top · 90.0%"]
    app.session_state["work_drawing_chosen"] = rows[1]
    app.run().button(key="drawing_delete").click().run()
    assert engine.notes.read_note(token, "drawings") == [rows[0], *rows[2:]]
    assert not [button for button in app.button if button.key == "drawing_delete"]


def test_who_has_nothing_leaves_nothing_and_is_told_what_is_kept(open_page):
    app = open_page("train")
    assert T("workspace.leave_nothing") in texts(app)
    assert not [button for button in app.button if button.key == "show_code_first"]
    said = texts(app)
    assert all(
        T(f"workspace.kept.{name}") in said
        for name in ("browser", "computer", "photos", "class", "gone")
    )


def test_where_the_work_cannot_be_read_a_code_can_still_be_entered(open_page, token, monkeypatch):
    def fails(visit):
        raise EngineError("store_failed")

    monkeypatch.setattr("fvapp.ui.work.menu.count_drawings", fails)
    app = open_page("train", token)
    assert T("errors.store_failed") in messages(app)
    assert app.text_input(key="entered_code") and "leave_workspace" not in {
        button.key for button in app.button
    }


def test_everything_is_deleted_only_after_a_second_yes(engine, open_page, token):
    code = engine.workspaces.recovery_code(token)
    app = open_page("train", token)
    assert app.button(key="delete_all").disabled
    app.checkbox(key="delete_all_sure").check().run()
    app.button(key="delete_all").click().run()
    assert token_of(app) != token and engine.runs.list_runs(token_of(app)) == ()
    assert T("workspace.deleted") in messages(app)
    with pytest.raises(EngineError, match="unknown_code"):
        engine.workspaces.recover_workspace(engine.workspaces.enter_workspace(None).token, code)


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("draw", "draw_dataset", "fashion_mnist"),
        ("train", "preset", "cnn"),
        ("train", "language", "zh-Hans"),
    ],
)
def test_what_was_chosen_just_before_leaving_comes_in_the_same_run_and_ends_in_no_error(
    engine, open_page, token, page, field, value
):
    app = open_page(page, token)
    app.button(key="leave_workspace").click()
    if field == "preset":
        press_card(app, value)
    else:
        (chosen,) = (each for each in (*app.segmented_control, *app.selectbox) if each.key == field)
        chosen.set_value(value).run()
    assert not app.exception
    assert token_of(app) != token


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
    open_page, token, page
):
    app = open_page(page, token)
    before = element_ids(app)
    assert element_ids(app.run()) == before
    app.button(key="leave_workspace").click().run()
    app.session_state["workspace_menu"] = True
    both = {name.rpartition("-")[2] for name in before & element_ids(app.run())}
    assert token_of(app) != token and both <= {
        BAR,
        REST,
        "content",
        "page_marks",
        "page_style",
        "skip",
        *LINKS,
    }
