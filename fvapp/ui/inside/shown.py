"""Draws the app's own HTML, and reports clicks on its links."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.browser import make_component

_component = make_component(__file__)


def draw_html(html: str, key: str, opens: Callable[[object], None] = lambda _: None) -> None:
    """Draw HTML unchanged; the caller must have escaped any text that a visitor wrote.

    Args:
        opens: called with the ``data-part`` of a clicked element. The value is not checked, and a
            forged message may contain anything.
    """

    def pass_opened_tool_on() -> None:
        opens(getattr(st.session_state.get(key), "opened", None))

    _component(key=key, data={"html": html}, on_opened_change=pass_opened_tool_on)
