"""Our own SVG pictures on a page, in the colour of its text."""

from __future__ import annotations

import streamlit as st

# `st.html` takes SVG out, and `st.image` shows it as a picture of its own,
# where `currentColor` is black in the dark too.
_component = st.components.v2.component(
    "fvapp.picture",
    js="export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }",
)


def draw_svg(svg: str, key: str) -> None:
    """Draw an SVG text made by :mod:`fvapp.charts`; never one that holds a visitor's words unescaped."""
    _component(key=key, data={"svg": svg})
