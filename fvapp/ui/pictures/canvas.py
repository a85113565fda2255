"""The canvas: streamlit-drawable-canvas and our companion; one drawing per data set on all pages.

The library sends what was drawn since it was mounted. Strokes from before, from another page or
before a refresh, lie under it as a picture: the library can start from a drawing, but then can
neither undo nor clear it.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.preparation import prepare
from fvapp.core.preparation.brushes import BRUSHES
from fvapp.core.preparation.strokes import (
    CANVAS_NAME,
    CANVAS_SIZE,
    CANVAS_UNITS,
    Strokes,
    parse_canvas,
)
from fvapp.core.schema import Whole, read_or_none
from fvapp.ui.browser.components import make_component
from fvapp.ui.parts.remembered import remembered
from fvapp.ui.visit import Visit

_companion = make_component(__file__)
SIDE = 360  # CSS pixels at most
# By itself the library would send 200 ms after a stroke, and echo what it is given; the companion
# makes it send at once.
_CANVAS = {"width": CANVAS_UNITS, "height": CANVAS_UNITS, "update_streamlit": False}
_WORDS = ("label", "keys", "pen", "thin", "medium", "thick", "undo")
_SAID = ("here", "drawing", "edge", "down", "up", "undone", "cleared")
_DRAWINGS = "drawings"  # by name, in the library's format
_CLEARED = "cleared_drawings"  # by name, the drawing before the canvas became empty
_PENS = "canvas_pens"  # by data set: index of the pen
_MOUNTED = "canvas_mounted"
_CLEARS = "canvas_clears"  # how often the page has cleared it


class _PageCanvas(NamedTuple):
    """The canvas on the page."""

    key: str
    place: tuple[str, str, str]  # page, name of the drawing, workspace
    # strokes from before it was mounted, in the library's format
    below: Sequence[Mapping[str, Any]]
    restored: int = 0  # clears undone; each put what it had cleared back into `below`


@dataclass(frozen=True)
class _CompanionReport:
    """What the companion reports of the strokes below.

    Attributes:
        strokes: how many are left; None for all.
        restored: how many clears it undid.
    """

    strokes: Whole | None = None
    restored: Whole = 0


def draw_canvas(
    visit: Visit,
    dataset: str,
    on_change: Callable[[], None],
    page: str,
    side: int = SIDE,
    name: str | None = None,
    hint: str | None = None,
) -> None:
    """Draw a page's canvas, at most `side` CSS pixels wide; `drawing_of` returns what is on it.

    Args:
        on_change: called after each change of the drawing, before the page is redrawn.
        name: under which a drawing other than the data set's is stored.
        hint: what to draw, if it is not something of the data set.
    """
    brush = BRUSHES[DATASETS[dataset].way]
    pens = st.session_state.setdefault(_PENS, {})
    mounted = _mounted(visit, (page, _name(dataset, name), visit.token))
    chosen = _sent(f"{mounted.key}_companion", "pen")
    pen = pens[dataset] = chosen if chosen in (0, 1, 2) else pens.get(dataset, 1)

    def keep_drawing() -> None:
        # False for a late message of a canvas that has left the page
        if _keep(visit, mounted):
            on_change()

    with st.container(key="canvas", width=side):
        width = brush.widths[pen] * CANVAS_UNITS // CANVAS_SIZE
        # forged; `drawing_of` refuses it with an error
        with suppress(AttributeError, LookupError, TypeError):
            st_canvas(
                stroke_width=width,
                stroke_color=brush.colour,
                key=mounted.key,
                on_change=keep_drawing,
                **_CANVAS,
            )
        _keep(visit, mounted)  # a reconnecting browser sends before its canvas is known here
        mounted, _ = st.session_state[_MOUNTED]
        words = {
            name: visit.t(f"draw.canvas.{name}", row="{row}", column="{column}")
            for name in _WORDS + _SAID
        }
        words |= {
            "hint": hint or visit.t(DATASETS[dataset].term("hint")),
            "clear": visit.t("draw.clear"),
        }
        data = {
            "library": mounted.key,
            "pens": brush.widths,
            "pen": pen,
            "words": words,
            "units": CANVAS_UNITS,
        }
        data |= {
            "below": _ways(mounted.below),
            "restored": mounted.restored,
            "colour": brush.colour,
        }
        data |= {"clears": st.session_state.get(_CLEARS, 0)}
        _companion(
            key=f"{mounted.key}_companion",
            data=data,
            on_pen_change=lambda: None,
            on_kept_change=keep_drawing,
        )


def clear_canvas() -> None:
    """Clear the canvas, as its own button does; Undo restores the drawing."""
    st.session_state[_CLEARS] = st.session_state.get(_CLEARS, 0) + 1


def drawing_of(dataset: str, name: str | None = None) -> Strokes | None:
    """Return the visitor's drawing for a data set or a name, or None; it is parsed once.

    Raises:
        StrokesError: the browser sent something else.
    """
    called = _name(dataset, name)
    shade = BRUSHES[DATASETS[dataset].way].shade
    sent = st.session_state.get(_DRAWINGS, {}).get(called)
    return remembered(f"strokes_of_{called}", (sent, shade), lambda: parse_canvas(sent, shade))


def last_drawing(visit: Visit, dataset: str) -> np.ndarray | None:
    """Return the visitor's last drawing for a data set as an image, uint8 [28, 28], or None."""
    with suppress(FvappError):
        kept = visit.engine.notes.recall(visit.token, _name(dataset, None))
        strokes = kept and parse_canvas(
            json.loads(zlib.decompress(kept)), BRUSHES[DATASETS[dataset].way].shade
        )
        return prepare(strokes, dataset).image if strokes else None
    return None


def _name(dataset: str, name: str | None) -> str:
    return name or f"{CANVAS_NAME}{dataset}"


def _mounted(visit: Visit, place: tuple[str, str, str]) -> _PageCanvas:
    """Return the canvas on the page; a new one, over the stored drawing, if the place changed."""
    state = st.session_state
    (page, name, token) = place
    mounted, number = state.get(_MOUNTED, (None, 0))
    if mounted is None or mounted.place != place or mounted.key not in state:
        if mounted is None or mounted.place[-1] != token:
            state[_DRAWINGS] = {}
            state[_CLEARED] = {}
        below: list[Mapping[str, Any]] = []
        # the workspace cannot be opened, as the page says, or there is no drawing
        with suppress(FvappError):
            if name not in state[_DRAWINGS] and (kept := visit.engine.notes.recall(token, name)):
                state[_DRAWINGS][name] = json.loads(zlib.decompress(kept))
            below = state[_DRAWINGS][name] if parse_canvas(state[_DRAWINGS].get(name)) else []
        mounted = _PageCanvas(f"canvas_{page}_{name}_{number}", place, below)
        state[_MOUNTED] = mounted, number + 1
    return mounted


def _keep(visit: Visit, mounted: _PageCanvas) -> bool:
    """Store what library and companion sent, which may be anything; return whether it is new."""
    state = st.session_state
    (_, drawn, token) = mounted.place
    drawings = state.setdefault(_DRAWINGS, {})
    kept = (
        read_or_none(_CompanionReport, _sent(f"{mounted.key}_companion", "kept"))
        or _CompanionReport()
    )
    if kept.restored > mounted.restored and state[_MOUNTED][0] == mounted:
        # A clear and its undo may arrive as one message: then the drawing is still there.
        before = drawings.get(drawn) or state[_CLEARED].get(drawn, ())
        mounted = mounted._replace(below=before, restored=kept.restored)
        state[_MOUNTED] = mounted, state[_MOUNTED][1]
    below = mounted.below[: kept.strokes]
    sent = _sent(mounted.key, "drawing")
    for name in ("raw", "objects"):
        sent = sent.get(name) if isinstance(sent, Mapping) else sent
    told = [*below, *sent] if isinstance(sent, list) else sent or list(below)
    drawing = remembered("canvas_told", (mounted.key, told), lambda: _rounded(told))
    is_new = drawing != drawings.get(drawn, [])
    if is_new:
        if drawing == []:
            state.setdefault(_CLEARED, {})[drawn] = drawings[drawn]
        drawings[drawn] = drawing
        with suppress(FvappError):
            visit.engine.notes.remember(token, drawn, zlib.compress(json.dumps(drawing).encode()))
    return is_new


def _rounded(drawing: object) -> Any:
    """Return a drawing in whole canvas units: a third of the bytes, and the same image."""
    return json.loads(json.dumps(drawing), parse_float=lambda text: round(float(text)))


def _sent(key: str, name: str) -> object:
    return getattr(st.session_state.get(key), name, None)


def _ways(objects: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Return each stroke's SVG path and width."""
    ways = (
        " ".join(str(part) for command in stroke["path"] for part in command) for stroke in objects
    )
    return [(way, stroke["strokeWidth"]) for way, stroke in zip(ways, objects, strict=True)]
