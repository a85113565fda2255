"""The app's own HTML on the page; a click on one of its links opens a tool."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.browser import make_component

_component = make_component(__file__)


def draw_html(html: str, key: str, opens: Callable[[object], None] = lambda _: None) -> None:
    """Draw HTML, in which anything that a visitor wrote must already be escaped.

    Args:
        opens: called with the ``data-part`` of the clicked element; browsers may send anything.
    """

    def pass_opened_tool_on() -> None:
        opens(getattr(st.session_state.get(key), "opened", None))

    _component(key=key, data={"html": html}, on_opened_change=pass_opened_tool_on)
