"""The visitor of this script run: language, workspace, engine, and what is to be said to them."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.errors import EngineError, FvappError
from fvapp.core.settings import RunSettings
from fvapp.engine.api import Engine, Workspace
from fvapp.engine.singleton import get_engine
from fvapp.i18n import Translator, choose_language, languages
from fvapp.ui.browser import storage as browser_storage

_NOTICES = "notices"
_SETTINGS = "settings"
_BEFORE = "workspaces_before"
_OF_THE_BROWSER = ("chosen_language", "address_read")


@dataclass
class Visit:
    """What every page is given.

    Attributes:
        t: the translator of the visitor's language.
        engine: where commands go.
        token: the workspace, or None until the browser has answered (one round trip after the first paint).
        kept: False where runs end with the tab, because the browser cannot keep anything.
        closed: why the workspace could not be opened, or None.
    """

    t: Translator
    engine: Engine
    token: str | None
    kept: bool = True
    closed: FvappError | None = None
    _area: DeltaGenerator | None = None
    _trouble: tuple[str, ...] = ()
    _said: set[str] = field(default_factory=set)

    @property
    def settings(self) -> RunSettings:
        """The settings of the next run, as the visitor last left them on any page."""
        return st.session_state.get(_SETTINGS, RunSettings())

    @property
    def workspaces_before(self) -> int:
        """How many workspaces this tab has left."""
        return st.session_state.get(_BEFORE, 0)

    @property
    def has_settings(self) -> bool:
        """Whether the visitor has chosen any settings yet."""
        return _SETTINGS in st.session_state

    def set_settings(self, settings: RunSettings) -> None:
        st.session_state[_SETTINGS] = settings

    def show_messages(self) -> None:
        """Draw the page's place for errors and notices, with those that wait in it.

        Once a page, inside a fragment too.
        """
        self._area = st.container(key="message")
        self._said.clear()
        self._trouble = self._find_trouble()
        for text in self._trouble:
            self._write("error", text)
        if not self.kept:
            self.say(self.t("workspace.not_kept"))
        for kind, text in st.session_state.get(_NOTICES, ()):
            self._write(kind, text)
        # Before the browser has answered, another run follows at once: nobody would have read them.
        if self.token is not None:
            st.session_state.pop(_NOTICES, None)

    def say_error(self, error: FvappError) -> None:
        """Tell the visitor what went wrong, in one sentence, in the place that `show_messages` made."""
        self._write("error", error.sentence(self.t))

    def say(self, text: str) -> None:
        """Tell the visitor something that is no error."""
        self._write("notice", text)

    def say_error_next(self, error: FvappError) -> None:
        """The same from a callback: shown when the page is drawn next."""
        say_next(error.sentence(self.t), kind="error")

    @property
    def has_new_trouble(self) -> bool:
        """Whether the disk or the training processes are not as they were when the messages were drawn."""
        return self._find_trouble() != self._trouble

    def _find_trouble(self) -> tuple[str, ...]:
        """Return what is wrong with the whole app, in sentences: with the disk, with the training processes."""
        if self.closed is not None:
            return self.closed.sentence(self.t), self.t("workspace.closed")
        status = self.engine.status()
        codes = (status.store, status.reason if status.state == "failed" else None)
        return tuple(self.t(f"errors.{code}") for code in codes if code is not None)

    def _write(self, kind: str, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            _write_message(self._area, kind, text)


def say_next(text: str, kind: str = "notice") -> None:
    """Keep a sentence until the page is drawn next."""
    st.session_state.setdefault(_NOTICES, []).append((kind, text))


def begin_visit() -> Visit:
    """Find out who is here: language, workspace. Called once at the top of every full script run.

    Language: the address (``lang``), else the switch, else what the browser kept, else the browser's locale.
    """
    state = st.session_state
    engine = get_engine()
    kept = browser_storage.read()
    token, opened, closed = state.get("token"), None, None
    if kept is not None and (token is None or kept.token not in (None, token, state.get("forget"))):
        try:
            opened = engine.enter(kept.token)
        except FvappError as error:
            token, closed = None, error
        else:
            token = state["token"] = opened.token
            if kept.token not in (None, token):
                state["forget"] = kept.token  # nobody knows it here any more
    if token is not None:
        engine.start()  # not before the first paint: its processes, which load for seconds, would take its cores
    language = _language(kept)
    # A token made just now too: only parts of the page may be drawn anew until somebody closes or reloads it.
    browser_storage.write(kept, token, state.get("chosen_language"), state.get("forget"))
    visit = Visit(Translator(language), engine, token, kept is None or kept.available, closed)
    if opened is not None:
        say_if_damaged(visit, opened)
    return visit


def say_if_damaged(visit: Visit, opened: Workspace) -> None:
    """Tell the visitor of a workspace that was just opened when part of it can no longer be read."""
    if not opened.whole:
        visit.say_error_next(EngineError("runs_damaged"))


def say_no_visit(error: FvappError) -> None:
    """Tell whoever is here why there is no app: a teacher's variable of the environment is no good."""
    _write_message(st, "error", error.sentence(Translator(_language(None))))


def choose(language: str) -> None:
    """Take over the language of the switch, and have the browser keep it."""
    st.session_state["chosen_language"] = language


def begin_again(token: str | None) -> None:
    """Go on in another workspace: drop what this tab knows of the old one, and have the browser forget its token.

    Args:
        token: of the workspace to go on in, or None for a new one.
    """
    state = st.session_state
    kept = {name: state[name] for name in _OF_THE_BROWSER if name in state}
    old, before = state.get("token"), state.get(_BEFORE, 0)
    state.clear()
    state.update(kept, forget=old)
    state[_BEFORE] = before + 1
    if token is not None:
        state["token"] = token


def _language(kept: browser_storage.Kept | None) -> str:
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
    if kept is not None and kept.language in languages():
        state["chosen_language"] = kept.language
        return kept.language
    return choose_language(st.context.locale)


def _write_message(area: DeltaGenerator, kind: str, text: str) -> None:
    """Draw one sentence as an "error" or a "notice"."""
    # Errors may repeat what a visitor typed or a file is called: no Markdown, no HTML.
    escaped = "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+-.!|~$:" else c for c in text)
    (area.error if kind == "error" else area.info)(escaped)
