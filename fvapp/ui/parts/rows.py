"""Makes rows of elements of different heights."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def row_container(key: str | None = None, **options: Any) -> DeltaGenerator:
    """Return a container that draws its elements side by side, with their centres in one line.

    Args:
        key, options: as for ``st.container``.
    """
    return st.container(horizontal=True, vertical_alignment="center", key=key, **options)
