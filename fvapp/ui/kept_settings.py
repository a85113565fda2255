"""Stores the next run's settings in the workspace, so that they survive a refresh.

Other tabs start with the stored settings, too. If an address (URL) sets the settings, the address
is stored with them: opening the same address again, as a refresh does, changes nothing. In a new
tab, a new address starts from the defaults, so that a teacher's link gives everybody the same
settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_NOTE = "settings"
_SETTINGS = "settings"
_ADDRESS = "address_read"


def current_settings(engine: EmbeddedEngine, token: str) -> RunSettings:
    """Return this tab's settings for the next run.

    Initially, they are the settings stored in the workspace, or else the defaults with the
    workspace's seed.
    """
    state = st.session_state
    if _SETTINGS not in state:
        kept = _read_settings_note(engine, token)[0]
        state[_SETTINGS] = kept if kept is not None else RunSettings(seed=workspace_seed(token))
    return state[_SETTINGS]


def set_next_run_settings(engine: EmbeddedEngine, token: str, settings: RunSettings) -> None:
    """Set the next run's settings in this tab, and store them in the workspace."""
    if settings != current_settings(engine, token):
        st.session_state[_SETTINGS] = settings
        _write_settings_note(engine, token)


def is_new_address(engine: EmbeddedEngine, token: str, query: Mapping[str, str]) -> bool:
    """Return whether the query differs from the query read last, and record it as read."""
    state = st.session_state
    before = state[_ADDRESS] if _ADDRESS in state else _read_settings_note(engine, token)[1]
    state[_ADDRESS] = dict(query)
    return before != query


def set_settings_from_address(engine: EmbeddedEngine, token: str, settings: RunSettings) -> None:
    """Set this tab's settings to those from an address, and store them in the workspace."""
    st.session_state[_SETTINGS] = settings
    _write_settings_note(engine, token)


def settings_before_address(token: str) -> RunSettings:
    """Return the settings that a newly opened address (URL) changes.

    They are this tab's settings, or the defaults in a new tab.
    """
    return st.session_state.get(_SETTINGS) or RunSettings(seed=workspace_seed(token))


def _read_settings_note(
    engine: EmbeddedEngine, token: str
) -> tuple[RunSettings | None, Mapping[str, str] | None]:
    """Return the stored settings and address; both are None if missing or no longer valid."""
    with suppress(FvappError):
        note = engine.notes.read_note(token, _NOTE)
        note = note if isinstance(note, Mapping) else {}
        return RunSettings.from_json(note.get("settings")), note.get("address")
    return None, None


def _write_settings_note(engine: EmbeddedEngine, token: str) -> None:
    state = st.session_state
    with suppress(FvappError):  # the page reports disk errors; this tab keeps the settings anyway
        note = {"settings": state[_SETTINGS].to_json(), "address": state.get(_ADDRESS)}
        engine.notes.write_note(token, _NOTE, note)
