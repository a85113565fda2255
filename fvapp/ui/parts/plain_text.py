"""Draws text with a button that copies it."""

from typing import Literal

import streamlit as st


def draw_plain_text(text: str, height: int | Literal["content"] = "content") -> None:
    """Draw text exactly as it is, with long lines wrapped and a button that copies it.

    Args:
        height: height in pixels; "content" for the height of the text.
    """
    st.code(text, language=None, wrap_lines=True, height=height)
