"""What is made once and kept in the session until it is to be another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Made = TypeVar("Made")


def remembered(key: str, name: object, make: Callable[[], Made]) -> Made:
    """Return what was made last, made anew when `name` is another one than it was then.

    Args:
        key: of the session state.
    """
    kept = st.session_state.get(key)
    if kept is None or kept[0] != name:
        kept = st.session_state[key] = (name, make())
    return kept[1]
