"""Charts, one or a pair: drawn when the browser is ready for them, with their space held until then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.charts.figure import MEASURES, Measure, ReadyFigure
from fvapp.ui.visit import Visit


def draw_chart(visit: Visit, figure: ReadyFigure, key: str, alt: str, height: int | None = None) -> None:
    """Draw a figure, or its empty space while the browser has more important things to show.

    Args:
        height: pixels; None takes the figure's own.
        alt: says in words what the chart shows.
    """
    height = height or figure.height
    if visit.painted:
        st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
    else:
        st.skeleton(height=height)


def draw_pair(visit: Visit, key: str, figures: Sequence[ReadyFigure], alt: Callable[[Measure], str]) -> None:
    """Draw loss and accuracy beside each other, or below each other where they would be too narrow.

    The style names the containers in which the columns wrap; a new caller's belongs there too.

    Args:
        key: begins the keys of both charts.
        figures: one for each of ``MEASURES``.
        alt: says in words what the chart of a measure shows.
    """
    for column, measure, figure in zip(st.columns(2), MEASURES, figures, strict=True):
        with column:
            draw_chart(visit, figure, f"{key}_{measure}", alt(measure))
