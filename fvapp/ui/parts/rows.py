"""Makes rows of elements that may differ in height."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def row_container(key: str | None = None, **options: Any) -> DeltaGenerator:
    """Return a container that draws its elements side by side and centres them vertically.

    Args:
        key, options: as for ``st.container``.
    """
    return st.container(horizontal=True, vertical_alignment="center", key=key, **options)
