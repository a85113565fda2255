"""Identifies the visitor in each script run, and switches to another workspace or language."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

import streamlit as st

from fvapp.core.errors import EngineError, FvappError
from fvapp.engine.api import SHUT
from fvapp.engine.singleton import get_engine
from fvapp.i18n import Translator, choose_language, language_tags
from fvapp.ui.browser import opening, storage
from fvapp.ui.compat.runs import TOKEN
from fvapp.ui.messages import Messages, queue_message
from fvapp.ui.visit import WORKSPACES_BEFORE, Visit

if TYPE_CHECKING:
    from fvapp.engine.api import Workspace
    from fvapp.engine.embedded import EmbeddedEngine

_NEXT = "workspace_next"
_ENTERED = "workspace_entered"
_QUESTION = "storage_question"
_HEARD = "storage_heard"
_TO_KEEP = "token_to_keep"
_OF_THE_BROWSER = ("chosen_language", "address_read", storage.KEY, opening.KEY, _QUESTION, _HEARD)


def begin_visit() -> Visit | None:
    """Return the visitor, with language and workspace; called first in every full script run.

    The language comes from the language switch, else from the address (``lang``), else from the
    browser's storage, else from the browser's locale. The workspace comes from the browser's
    storage. Return None until the browser has sent its workspace token, either on opening its
    socket or in answer to `sync_browser_storage`.
    """
    state = st.session_state
    engine = get_engine()
    if _NEXT in state:
        token, sentence = state[_NEXT]
        _switch_workspace(
            token or engine.workspaces.enter_workspace(None).token,
            to_keep=(True, None if token else state[TOKEN]),
        )
        queue_message(sentence)

    _take_language_from_address()
    opening.note_address_secret()
    held = storage.read_browser_answer(state.setdefault(_QUESTION, token_urlsafe(6)))
    if held is None and TOKEN not in state:
        held = storage.read_greeting()
    if held is not None:
        _adopt_browser_storage(held)
    if TOKEN not in state:
        return None
    workspace_error = _enter_workspace(engine)
    t = page_translator()
    messages = Messages(
        t,
        engine,
        can_browser_store=held is None or held.available,
        workspace_error=workspace_error,
        token=state[TOKEN],
    )
    return Visit(t, engine, state[TOKEN], messages)


def sync_browser_storage() -> None:
    """Ask the browser what it has stored, and tell it what to store.

    Call this function in every full script run, after ``st.navigation``. Streamlit's page learns
    from ``st.navigation`` which page is shown; before that, it would attribute the browser's answer
    to the first page.
    """
    state = st.session_state
    keep, left = state.get(_TO_KEEP, (False, None))
    storage.ask_browser(
        state[_QUESTION], state.get(TOKEN), keep, left, state.get("chosen_language")
    )


def _adopt_browser_storage(held: storage.BrowserStorage) -> None:
    """Take over the workspace and language that the browser has stored.

    A language chosen in this tab takes precedence. A repeat of the browser's latest answer does not
    switch the workspace again.
    """
    state = st.session_state
    if held.language in language_tags():
        state.setdefault("chosen_language", held.language)
    if held == state.get(_HEARD):
        return
    state[_HEARD] = held
    if state.get(TOKEN, held.token) != held.token:
        _switch_workspace(held.token)
        queue_message(page_translator()("workspace.elsewhere"))
    state[TOKEN] = held.token


def page_translator() -> Translator:
    """Return the translator for the chosen language, else for the browser's locale."""
    return Translator(st.session_state.get("chosen_language") or choose_language(st.context.locale))


def _enter_workspace(engine: EmbeddedEngine) -> FvappError | None:
    """Open the visit's workspace or, if that workspace is gone or closed, a new workspace.

    Return None if a workspace is open, else the error that prevented it.
    """
    state = st.session_state
    left = state[TOKEN]
    try:
        opened = engine.workspaces.enter_workspace(left)
    except FvappError as error:
        if error.code not in SHUT:
            return error
        opened = engine.workspaces.enter_workspace(None)
        _switch_workspace(opened.token, to_keep=(True, left))
        queue_message(error.to_sentence(page_translator()))

    before = state.get(_ENTERED)
    if before is not None and (before.token, before.id) == (opened.token, opened.id):
        if not opened.class_ids_elsewhere <= before.class_ids_elsewhere:
            queue_message(page_translator()("classroom.doors.gone"))
    elif before is not None and before.token == opened.token:
        # A code entered in another tab has moved this token to another workspace, so this tab
        # follows.
        _switch_workspace(opened.token)
        queue_message(page_translator()("workspace.elsewhere"))
    elif not opened.is_complete:
        queue_message(EngineError("runs_damaged").to_sentence(page_translator()), "error")

    state[_ENTERED] = opened
    return None


def continue_in_workspace(workspace: Workspace | None, sentence: str) -> None:
    """Switch to a workspace (None: a new one) at the next script run, and then show `sentence`.

    Call this function in callbacks. The switch has to wait because other callbacks of the current
    script run still need this tab's session state.
    """
    st.session_state[_NEXT] = (workspace.token if workspace is not None else None, sentence)


def switch_language(language: str) -> None:
    """Switch to the chosen language, which the browser also stores."""
    st.session_state["chosen_language"] = language


def _switch_workspace(token: str, to_keep: tuple[bool, str | None] = (False, None)) -> None:
    """Switch to another workspace, and drop this tab's session state for the old workspace.

    Args:
        to_keep: two values: whether the browser should store the new token, so that its other tabs
            follow, and the stored token that the new token may replace (None: any).
    """
    state = st.session_state
    before = state.get(WORKSPACES_BEFORE, 0)
    # `state.clear()` would also drop the storage component, whose answer may still be on its way
    # from the browser.
    for name in [name for name in state if name not in _OF_THE_BROWSER]:
        del state[name]
    state.update({TOKEN: token, _TO_KEEP: to_keep, WORKSPACES_BEFORE: before + 1})


def _take_language_from_address() -> None:
    """Take the language from the address, unless the visitor has already chosen a language."""
    state = st.session_state
    asked = st.query_params.get("lang")
    if asked is None or "chosen_language" in state:
        return
    if asked in language_tags():
        state["chosen_language"] = asked
    elif state.get("refused_language") != asked:
        state["refused_language"] = asked
        queue_message(page_translator()("errors.unknown_language", value=asked[:20]))
