"""Clicks that do something once, on pages parts of which draw themselves anew.

A part that draws itself anew sends what was changed anywhere on the page, a click included that is about to be sent by
itself. On a busy computer that click then comes twice, and Streamlit calls the button's callback each time.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_CLICKED = "clicked"


def once(key: str, act: Callable[..., object], *args: object) -> Callable[[], None]:
    """Return the callback of the button `key`: it has `act` called with `args` when the whole page is drawn next."""

    def clicked() -> None:
        st.session_state.setdefault(_CLICKED, {})[key] = (act, args)

    return clicked


def act_on_clicks() -> None:
    """Do what the buttons of `once` were clicked for. Called at the top of every full script run."""
    for act, args in st.session_state.pop(_CLICKED, {}).values():
        act(*args)
