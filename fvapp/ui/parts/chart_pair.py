"""Loss and accuracy beside each other, or below each other where they would be too narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.charts.figure import MEASURES, Measure, ReadyFigure


def draw_pair(key: str, figures: Sequence[ReadyFigure], alt: Callable[[Measure], str]) -> None:
    """Draw a figure for each of ``MEASURES``.

    The style names the containers in which the columns wrap; a new caller's belongs there too.

    Args:
        key: begins the keys of both charts.
        alt: says in words what the chart of a measure shows.
    """
    for column, measure, figure in zip(st.columns(2), MEASURES, figures, strict=True):
        column.plotly_chart(
            figure, key=f"{key}_{measure}", height=figure.height, config={"displayModeBar": False}, alt=alt(measure)
        )
