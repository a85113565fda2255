"""One curve alone while one points at it or has tapped on it: Plotly says which is the nearest, and fades none."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component("fvapp.isolate", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def isolate_curves(key: str) -> None:
    """Have each curve of a chart stand alone while it is pointed at."""
    _component(key="isolate_curves", data={"key": key}, height=1)
