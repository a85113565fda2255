"""Charts, one or a pair, and our own SVG pictures."""

from collections.abc import Callable, Sequence
from itertools import takewhile

import streamlit as st

from fvapp.charts.figure import MEASURES, Measure, ReadyFigure
from fvapp.core.schema import read_or_none
from fvapp.ui.compat.figures import CheckedFigure

# `st.html` takes SVG out, and `st.image` shows it as a picture of its own,
# where `currentColor` is black in the dark too.
_component = st.components.v2.component(
    "fvapp.picture",
    js="export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }",
)


def draw_chart(
    figure: ReadyFigure,
    key: str,
    alt: str,
    height: int | None = None,
    on_click: Callable[[tuple[int, ...]], None] | None = None,
) -> None:
    """Draw a figure.

    Args:
        height: pixels; None takes the figure's own.
        alt: says in words what the chart shows.
        on_click: called before the page is drawn again with the whole numbers that the clicked mark
            carries in its ``customdata``, up to the first that is none.
    """
    height = height or figure.height
    if on_click is None:
        _draw(figure, key, alt, height)
        return

    def pass_click_on() -> None:
        numbers = _clicked(st.session_state.get(key))
        if numbers:
            on_click(numbers)

    _draw(figure, key, alt, height, on_select=pass_click_on, selection_mode="points")


def draw_clickable(figure: ReadyFigure, key: str, alt: str) -> tuple[int, ...]:
    """Draw a figure and return the numbers of the mark that was clicked, as :func:`draw_chart`
    gives them.
    """
    return _clicked(
        _draw(figure, key, alt, figure.height, on_select="rerun", selection_mode="points")
    )


def _draw(figure: ReadyFigure, key: str, alt: str, height: int, **more: object):
    ready = CheckedFigure(figure.to_dict())
    return st.plotly_chart(
        ready, key=key, height=height, config={"displayModeBar": False}, alt=alt, **more
    )


def _clicked(event: object) -> tuple[int, ...]:
    """Return the numbers of the mark that was clicked."""
    points = event.selection.points if event else []
    data = read_or_none(tuple[object, ...], points[0].get("customdata")) if points else None
    return tuple(takewhile(lambda each: read_or_none(int, each) is not None, data or ()))


def draw_pair(key: str, figures: Sequence[ReadyFigure], alt: Callable[[Measure], str]) -> None:
    """Draw loss and accuracy beside each other, or below each other where they would be too narrow.

    The style names the containers in which the columns wrap; a new caller's belongs there too.

    Args:
        key: begins the keys of both charts.
        figures: one for each of ``MEASURES``.
        alt: says in words what the chart of a measure shows.
    """
    for column, measure, figure in zip(st.columns(2), MEASURES, figures, strict=True):
        with column:
            draw_chart(figure, f"{key}_{measure}", alt(measure))


def draw_svg(svg: str, key: str) -> None:
    """Draw an SVG text made by :mod:`fvapp.charts`; never one that holds a visitor's words
    unescaped.
    """
    _component(key=key, data={"svg": svg})
