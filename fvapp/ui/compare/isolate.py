"""One curve alone while one points at it or has tapped on it: Plotly says which is the nearest, and fades none."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fvapp.charts.figure import ReadyFigure
from fvapp.ui.parts.charts import draw_chart

_component = st.components.v2.component("fvapp.isolate", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def draw_curves(figure: ReadyFigure, alt: str) -> None:
    """Draw a figure of which each curve stands alone while it is pointed at."""
    draw_chart(figure, "curves_chart", alt)
    _component(key="isolate_curves", height=1)
