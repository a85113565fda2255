"""The app's own HTML on the page; a click on one of its links opens a tool."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def draw_html(html: str, key: str, opens: Callable[[object], None] = lambda _: None) -> None:
    """Draw HTML that holds no words of a visitor unescaped.

    Args:
        opens: called with what the clicked element has as ``data-part``; a browser may send
            anything.
    """

    def opened() -> None:
        opens(getattr(st.session_state.get(key), "opened", None))

    _component(key=key, data={"html": html}, on_opened_change=opened)
