"""The settings of the next run, kept in the workspace: a refresh and another tab find them again.

Where an address brought them, it is kept too. The same address again, as after a refresh, then
changes nothing; a new one begins from the defaults, so that a teacher's link means the same to
everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_NOTE = "settings"
_SETTINGS = "settings"
_ADDRESS = "address_read"


def settings_now(engine: EmbeddedEngine, token: str) -> RunSettings:
    """Return the settings of this tab, at first those of the workspace, else the defaults with a
    seed of its own.
    """
    state = st.session_state
    if _SETTINGS not in state:
        kept = _read(engine, token)[0]
        state[_SETTINGS] = kept if kept is not None else RunSettings(seed=own_seed(token))
    return state[_SETTINGS]


def change_settings(engine: EmbeddedEngine, token: str, settings: RunSettings) -> None:
    """Take over settings in this tab and in the workspace."""
    if settings != settings_now(engine, token):
        st.session_state[_SETTINGS] = settings
        _write(engine, token)


def is_new_address(engine: EmbeddedEngine, token: str, query: Mapping[str, str]) -> bool:
    """Return whether an address was not read yet, and note that it is now."""
    state = st.session_state
    before = state[_ADDRESS] if _ADDRESS in state else _read(engine, token)[1]
    state[_ADDRESS] = dict(query)
    return before != query


def take_from_address(engine: EmbeddedEngine, token: str, settings: RunSettings) -> None:
    """Take over the settings of an address; those of the tab when it was opened count for nothing
    in a new tab.
    """
    st.session_state[_SETTINGS] = settings
    _write(engine, token)


def before_address(token: str) -> RunSettings:
    """Return the settings that an address changes: those of this tab, in a new tab the defaults."""
    return st.session_state.get(_SETTINGS) or RunSettings(seed=own_seed(token))


def _read(
    engine: EmbeddedEngine, token: str
) -> tuple[RunSettings | None, Mapping[str, str] | None]:
    """Return settings and address of the workspace; None for what is not there, or of another
    version of the app.
    """
    with suppress(FvappError):
        note = engine.notes.read(token, _NOTE)
        note = note if isinstance(note, Mapping) else {}
        return RunSettings.from_json(note.get("settings")), note.get("address")
    return None, None


def _write(engine: EmbeddedEngine, token: str) -> None:
    state = st.session_state
    with suppress(FvappError):  # a disk that refuses: the page says so, and the tab has them
        note = {"settings": state[_SETTINGS].to_json(), "address": state.get(_ADDRESS)}
        engine.notes.write(token, _NOTE, note)
