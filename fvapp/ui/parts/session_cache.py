"""Caches computed values in the session state."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Made = TypeVar("Made")


def cache_in_session(key: str, name: object, make: Callable[[], Made]) -> Made:
    """Return the value cached under `key`; call `make` if no value is cached for `name`.

    Args:
        key: session state key of the cached value.
        name: what the value depends on; only the latest value is cached.
    """
    kept = st.session_state.get(key)
    if kept is None or kept[0] != name:
        kept = st.session_state[key] = (name, make())
    return kept[1]
