"""How a visit begins and goes on elsewhere: in which language, in which workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from fvapp.core.errors import EngineError, FvappError
from fvapp.engine.api import Workspace
from fvapp.engine.runs.tokens import is_token
from fvapp.engine.singleton import get_engine
from fvapp.i18n import Translator, choose_language, languages
from fvapp.ui.browser import storage
from fvapp.ui.browser.first_paint import PAINTED, ROUND, SEEN
from fvapp.ui.kept_settings import take_settings_along
from fvapp.ui.visit import WORKSPACES_BEFORE, Visit, say_next, write_message

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_TOKEN, _PROVISIONAL, _NEXT = "token", "token_provisional", "workspace_next"
_OF_THE_BROWSER = ("chosen_language", "address_read", PAINTED, ROUND, SEEN, "storage_available", "held", storage.KEY)


def begin_visit() -> Visit:
    """Find out who is here: language, workspace. Called once at the top of every full script run.

    Language: the address (``lang``), else the switch, else what the browser holds, else the browser's locale.
    Workspace: the one of the browser, as soon as it tells; until then, and for a new visitor, one made for this visit.
    """
    state = st.session_state
    engine = get_engine()
    if _NEXT in state:
        token, sentences = state[_NEXT]
        _begin_again(token)
        for text, kind in sentences:
            say_next(text, kind)
    held, closed = storage.take_held(), None
    if held is not None:
        state["storage_available"] = held.available
        if held.language in languages():
            state.setdefault("chosen_language", held.language)
        if held.token is not None:
            state["held"] = (held.token, held.elsewhere)
    t = Translator(_language())
    if "held" in state:
        closed = _go_to_held(engine, t)
    opened = _open(engine, t)
    visit = Visit(t, engine, opened.token, state.get("storage_available", True), closed)
    return visit


def keep_in_browser(visit: Visit) -> None:
    """Have the browser keep the workspace and the language. Once in a script run, when its page is known."""
    state = st.session_state
    chosen, dropped = state.get("token_chosen", False), state.get("dropped")
    storage.keep(visit.token, chosen, dropped, state.get("chosen_language"), visit.t.language)


def _open(engine: EmbeddedEngine, t: Translator) -> Workspace:
    """Open the visit's workspace; create one if there is none yet, or if it was left or deleted elsewhere."""
    state = st.session_state
    token = state.get(_TOKEN)
    try:
        opened = engine.enter(token)
    except FvappError as error:
        if error.code != "workspace_gone":
            return Workspace(token, known=False)  # a disk that refuses; the page says so, and commands do
        _begin_again(None, chosen=False)
        say_next(error.sentence(t))
        opened = engine.enter(None)
    if _TOKEN not in state:
        state[_PROVISIONAL] = True
    state[_TOKEN] = opened.token
    return opened


def _go_to_held(engine: EmbeddedEngine, t: Translator) -> FvappError | None:
    """Go on in the workspace that the browser holds; return why it cannot be opened now.

    What this visit did before it knew moves along, unless another tab went there on purpose.
    """
    state = st.session_state
    token, elsewhere = state["held"]
    if not is_token(token):
        state["dropped"] = state.pop("held")[0]
        return None
    provisional = state.get(_TOKEN) if state.get(_PROVISIONAL) and not elsewhere else None
    try:
        opened = engine.enter(token) if provisional is None else engine.move_in(token, provisional)
    except FvappError as error:
        if error.code != "workspace_gone":
            return error
        state["dropped"] = state.pop("held")[0]  # the browser is to forget it
        say_next(error.sentence(t))
        return None
    del state["held"]
    if provisional is None and _TOKEN in state:
        _begin_again(token, chosen=False)
        say_next(t("workspace.elsewhere"))
    if provisional is not None:
        take_settings_along(engine, provisional, token)
    state[_TOKEN] = token
    state.pop(_PROVISIONAL, None)
    if not opened.whole:
        say_next(*_damaged(t))
    return None


def go_on_in(workspace: Workspace | None, sentence: str, t: Translator) -> None:
    """Have the next script run go on in another workspace, None for a new one, and say so.

    For callbacks: those of what was clicked or typed just before come in the same run, and need what this tab knows.
    """
    said = [(sentence, "notice")]
    if workspace is not None and not workspace.whole:
        said.append(_damaged(t))
    st.session_state[_NEXT] = (workspace.token if workspace is not None else None, said)


def say_no_visit(error: FvappError) -> None:
    """Say why the app cannot run: an environment variable that the teacher set is invalid."""
    write_message(st, "error", error.sentence(Translator(_language())))


def choose(language: str) -> None:
    """Switch to the chosen language and have the browser remember it; ignore languages the app does not have."""
    if language in languages():
        st.session_state["chosen_language"] = language


def _damaged(t: Translator) -> tuple[str, str]:
    """Return what is said, and how, of a workspace of which part can no longer be read."""
    return EngineError("runs_damaged").sentence(t), "error"


def _begin_again(token: str | None, chosen: bool = True) -> None:
    """Go on in another workspace: drop what this tab knows of the old one, and have the browser forget its token.

    Args:
        token: of the workspace to go on in, or None for a new one.
        chosen: whether this tab wants it, so that the browser's other tabs go there too.
    """
    state = st.session_state
    old, before = state.get(_TOKEN), state.get(WORKSPACES_BEFORE, 0)
    # Not `clear`: what the browser tells may be on its way, and would come to a component without a name.
    for name in [name for name in state if name not in _OF_THE_BROWSER]:
        del state[name]
    state.update(dropped=old, token_chosen=chosen)
    state[WORKSPACES_BEFORE] = before + 1
    if token is not None:
        state[_TOKEN] = token


def _language() -> str:
    state = st.session_state
    asked = st.query_params.get("lang")
    if asked is not None and "chosen_language" not in state:
        if asked in languages():
            state["chosen_language"] = asked
        elif state.get("refused_language") != asked:
            state["refused_language"] = asked
            say_next(Translator(choose_language(st.context.locale))("errors.unknown_language", value=asked[:20]))
    if "chosen_language" in state:
        return state["chosen_language"]
    return choose_language(st.context.locale)
