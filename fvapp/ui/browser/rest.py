"""Detects when a value has not changed for a second."""

import streamlit as st

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def has_value_settled(value: int) -> bool:
    """Return whether `value` has not changed for a second.

    If `value` has changed more recently, the fragment is redrawn after that second. Only one caller
    per page is allowed, because the component has a fixed key.
    """
    told = _component(key="rest", data={"value": value}, on_rested_change=lambda: None, height=1)
    if getattr(told, "rested", None) == value:
        st.session_state["rested"] = value
    return st.session_state.get("rested") == value
