"""Loss and accuracy beside each other, or below each other where they would be too narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.charts.figure import MEASURES, Measure, ReadyFigure


def draw_pair(key: str, figures: Sequence[ReadyFigure], height: int, alt: Callable[[Measure], str]) -> None:
    """Draw a figure for each of ``MEASURES``; the container it stands in is among those of the style's columns.

    Args:
        key: begins the keys of both charts.
        height: of each, in pixels.
        alt: says in words what the chart of a measure shows.
    """
    for column, measure, figure in zip(st.columns(2), MEASURES, figures, strict=True):
        column.plotly_chart(
            figure, key=f"{key}_{measure}", height=height, config={"displayModeBar": False}, alt=alt(measure)
        )
