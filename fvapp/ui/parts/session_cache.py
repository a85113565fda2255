"""Values that are computed once and cached in the session."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Made = TypeVar("Made")


def cache_in_session(key: str, name: object, make: Callable[[], Made]) -> Made:
    """Return the cached value, recomputed when `name` changes.

    Args:
        key: session state key of the cached value.
    """
    kept = st.session_state.get(key)
    if kept is None or kept[0] != name:
        kept = st.session_state[key] = (name, make())
    return kept[1]
