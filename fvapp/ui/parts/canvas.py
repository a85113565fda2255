"""The drawing canvas: one drawing for each data set, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from fvapp.ui.visit import Visit

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "fvapp.canvas",
    js=(_FOLDER / "canvas.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "canvas.css").read_text(encoding="utf-8"),
)

SIDE = 360  # CSS pixels at most
_DRAWINGS = "drawings"  # by data set, as the browser sent them


@dataclass(frozen=True)
class Brush:
    """Three pens: their widths on a canvas of 280 a side, their colour, and how light their ink is for the network."""

    widths: tuple[int, int, int]
    colour: str
    shade: float


# Clothes are areas, drawn with a wide grey brush; digits are lines.
BRUSHES = {"mnist": Brush((12, 20, 30), "#1F2328", 1.0), "fashion_mnist": Brush((16, 30, 50), "#6B6B6B", 0.7)}


def draw_canvas(visit: Visit, dataset: str, on_change: Callable[[], None], page: str, side: int = SIDE) -> object:
    """Draw the canvas and return its drawing as the browser sent it, to be checked before use; None for nothing yet.

    Args:
        on_change: called when somebody has drawn, before the page is drawn again.
        page: each has a canvas of its own, which begins with the drawing of the data set.
        side: CSS pixels it has at most.
    """
    brush, left = BRUSHES[dataset], visit.workspaces_before
    key = f"canvas_{page}_{dataset}_{left}"  # what was drawn in a workspace that was left stays there
    _take(key, dataset)
    known = drawing_of(dataset)
    data = {
        "dataset": dataset,
        "pens": brush.widths,
        "colour": brush.colour,
        "side": side,
        "words": _words(visit, dataset),
        "known": known.get("id") if isinstance(known, dict) else None,
        "left": left,
    }
    with st.container(key="canvas"):
        _component(key=key, data=data, on_drawing_change=on_change)
    _take(key, dataset)  # a browser that comes back tells before its canvas is known here
    return drawing_of(dataset)


def _take(key: str, dataset: str) -> None:
    """Keep what a canvas has sent; once, as another page's canvas may have replaced it since."""
    sent, taken = getattr(st.session_state.get(key), "drawing", None), f"{key}_taken"
    if sent is not None and sent != st.session_state.get(taken):
        st.session_state[taken] = sent
        st.session_state[_DRAWINGS] = st.session_state.get(_DRAWINGS, {}) | {dataset: sent}


def drawing_of(dataset: str) -> object:
    """Return the visitor's drawing for a data set as the browser sent it, or None."""
    return st.session_state.get(_DRAWINGS, {}).get(dataset)


def _words(visit: Visit, dataset: str) -> dict[str, object]:
    t = visit.t
    place = {"row": "{row}", "column": "{column}"}  # the browser knows them
    return {
        "label": t("draw.canvas.label"),
        "hint": t(f"draw.canvas.hint.{dataset}"),
        "keys": t("draw.canvas.keys"),
        "pen": t("draw.canvas.pen"),
        "pens": [t("draw.canvas.thin"), t("draw.canvas.medium"), t("draw.canvas.thick")],
        "undo": t("draw.canvas.undo"),
        "clear": t("draw.clear"),
        "here": t("draw.canvas.here", **place),
        "drawing": t("draw.canvas.drawing", **place),
        "edge": t("draw.canvas.edge", **place),
        "down": t("draw.canvas.down", **place),
        "up": t("draw.canvas.up"),
        "undone": t("draw.canvas.undone"),
        "cleared": t("draw.canvas.cleared"),
    }
