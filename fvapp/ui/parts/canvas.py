"""The drawing canvas; the one module that knows the component behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit_drawable_canvas import st_canvas

SIZE = 280  # CSS pixels, ten for each pixel of the 28x28 image
_COUNTER = "canvas_counter"


@dataclass(frozen=True)
class Brush:
    """A pen: its width in CSS pixels, its colour on the page, and how light its ink is for the network."""

    width: int
    colour: str
    shade: float


# Clothes are areas, drawn with a wide grey brush; digits are lines.
BRUSHES = {"mnist": Brush(20, "#1F2328", 1.0), "fashion_mnist": Brush(30, "#6B6B6B", 0.7)}


def draw_canvas(
    dataset: str, label: str, on_change: Callable[[], None], page: str = "", begin: object = None
) -> object:
    """Draw the canvas and return its strokes as the browser sent them, to be checked before use.

    Args:
        page: a name of the canvas of another page; each has its own.
        begin: strokes of another canvas, as the browser sent them, with which this one begins. The same in every run
            until the canvas is cleared.
    """
    brush = BRUSHES[dataset]
    # Constant arguments: changed ones may reset the drawing. Clearing is a new key, and so is another brush.
    counter = st.session_state.setdefault(_COUNTER, 0)
    with st.container(key="canvas"):
        return st_canvas(
            stroke_width=brush.width,
            stroke_color=brush.colour,
            background_color="#FFFFFF",
            height=SIZE,
            width=SIZE,
            drawing_mode="freedraw",
            initial_drawing=begin if isinstance(begin, dict) else None,
            key=f"canvas_{page}{dataset}_{counter}",
            on_change=on_change,
        ).json_data


def clear_canvas() -> None:
    """Begin an empty canvas."""
    st.session_state[_COUNTER] = st.session_state.get(_COUNTER, 0) + 1
