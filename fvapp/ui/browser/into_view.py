"""Scrolls to a part of a page when a button is pressed, which Streamlit cannot do."""

from secrets import token_hex

import streamlit as st

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)
_REQUESTED = "scroll_requested"  # session key: the last scroll request, with a unique id


def request_scroll(part: str) -> None:
    """Scroll the page to its container with the key `part`, if it has one, when next drawn."""
    st.session_state[_REQUESTED] = {"part": part, "request": token_hex()}


def scroll_into_view(at_once: str = "", read: bool = False) -> None:
    """Scroll to the part requested since the page was last drawn, if any.

    Call this function once on a page.

    Args:
        at_once: key of the container to scroll to when the page is opened; empty for none.
        read: whether to move the focus to the part's heading, which is necessary if the pressed
            button disappears.
    """
    data = st.session_state.get(_REQUESTED, {}) | {"atOnce": at_once, "read": read}
    _component(key="into_view", data=data, height=1)
