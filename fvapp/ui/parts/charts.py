"""Draws Plotly charts and the app's own SVG pictures."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Literal

import streamlit as st

from fvapp.charts.figure import MEASURES, Measure, PlotlyFigure
from fvapp.core.schema import read_as_type_or_none
from fvapp.ui.compat.figures import UnvalidatedFigure

# A component is needed to show SVG: `st.html` removes SVG, and `st.image` shows SVG as a separate
# image, in which `currentColor` is black even in dark mode.
_component = st.components.v2.component(
    "fvapp.picture",
    js="export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }",
)


def draw_chart(
    figure: PlotlyFigure,
    key: str,
    alt: str,
    height: int | None = None,
    on_click: Callable[[tuple[int, ...]], None] | None = None,
) -> None:
    """Draw a Plotly figure.

    Args:
        height: the chart's height in pixels; None for the figure's own height.
        alt: a description of the chart for screen readers.
        on_click: called when a mark is clicked, before the page is redrawn, with the whole numbers
            at the start of the mark's ``customdata``.
    """
    height = height or figure.height
    if on_click is None:
        _draw_plotly_chart(figure, key, alt, height)
        return

    def pass_click_on() -> None:
        numbers = _numbers_of_clicked_mark(key)
        if numbers:
            on_click(numbers)

    _draw_plotly_chart(figure, key, alt, height, pass_click_on)


def draw_clickable_chart(figure: PlotlyFigure, key: str, alt: str) -> tuple[int, ...]:
    """Draw a figure; return the whole numbers at the start of the clicked mark's ``customdata``."""
    _draw_plotly_chart(figure, key, alt, figure.height, "rerun")
    return _numbers_of_clicked_mark(key)


def _draw_plotly_chart(
    figure: PlotlyFigure,
    key: str,
    alt: str,
    height: int,
    on_select: Literal["ignore", "rerun"] | Callable[[], None] = "ignore",
) -> None:
    st.plotly_chart(
        UnvalidatedFigure(figure.to_dict()),
        key=key,
        height=height,
        config={"displayModeBar": False},
        alt=alt,
        on_select=on_select,
        selection_mode="points",
    )


def _numbers_of_clicked_mark(key: str) -> tuple[int, ...]:
    """Return the whole numbers at the start of the clicked mark's ``customdata``, if any."""
    event = st.session_state.get(key)
    points = event.selection.points if event else []
    data = read_as_type_or_none(tuple[object, ...], points[0].get("customdata")) if points else None
    return tuple(takewhile(lambda value: read_as_type_or_none(int, value) is not None, data or ()))


def draw_loss_and_accuracy(
    key: str, figures: Sequence[PlotlyFigure], describe: Callable[[Measure], str]
) -> None:
    """Draw charts of loss and accuracy side by side, or below each other on a narrow page.

    The charts wrap only in the containers that the style sheet lists, so add the containers of new
    callers there.

    Args:
        key: prefix of both charts' keys.
        figures: a figure for each of ``MEASURES``, in the same order.
        describe: returns a description of a measure's chart for screen readers.
    """
    for column, measure, figure in zip(st.columns(2), MEASURES, figures, strict=True):
        with column:
            draw_chart(figure, f"{key}_{measure}", describe(measure))


def draw_svg(svg: str, key: str) -> None:
    """Draw SVG from :mod:`fvapp.charts`, in which any text by visitors must be escaped."""
    _component(key=key, data={"svg": svg})
