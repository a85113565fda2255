"""Draws the canvas: the library streamlit-drawable-canvas, and the app's companion component.

All pages share one drawing for each data set. The library sends only the strokes drawn since its
canvas was mounted. The companion shows earlier strokes, from another page or from before a reload,
as a picture over the library's canvas. The library could start from a drawing instead, but could
then neither undo nor clear its strokes.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.export.scripts import read_page_files
from fvapp.core.preparation import BRUSHES, prepare_drawing_or_photo
from fvapp.core.preparation.strokes import (
    CANVAS_NAME,
    CANVAS_SIZE,
    CANVAS_UNITS,
    Strokes,
    parse_canvas,
)
from fvapp.core.schema import Whole, read_as_type_or_none
from fvapp.core.templates import render_template
from fvapp.ui.browser import make_component
from fvapp.ui.parts import cache_in_session, page_visit_number
from fvapp.ui.visit import Visit

# CSS that hides the canvas library's own buttons, and stretches its fixed-size canvas to fill the
# container. Only the app's companion component sends pointer events to the canvas.
_IN_THE_LIBRARY = """
.dc-root { width: 100%; }
.dc-scroll { overflow: hidden !important; }
.dc-container { width: 100% !important; height: auto !important; aspect-ratio: 1; }
.dc-container canvas, [data-fabric="wrapper"] { width: 100% !important; height: 100% !important; }
.dc-toolbar { display: none !important; }
"""
_companion = make_component(
    __file__,
    before=f"{read_page_files('keys.js')}const STYLE = {json.dumps(_IN_THE_LIBRARY)};\n",
)
SIDE = 360  # maximum side of the canvas, in CSS pixels
# By default, the canvas library would send the drawing 200 ms after a stroke, and also send back
# any drawing that it gets. With `update_streamlit` off, it sends the drawing only when the app's
# companion component tells it to, which is right after a stroke.
_CANVAS = {"width": CANVAS_UNITS, "height": CANVAS_UNITS, "update_streamlit": False}
_SAID = ("here", "drawing", "edge", "down", "up", "undone", "cleared")
_DRAWINGS = "drawings"  # session key: drawings by name, in the canvas library's format
_PENS = "canvas_pens"  # session key: index of the chosen pen, by data set
_MOUNTED = "canvas_mounted"
_CLEARS = "canvas_clears"  # session key: number of times that the app cleared the canvas


class _PageCanvas(NamedTuple):
    """The canvas that the current page has mounted."""

    component_key: str
    # The number of the page visit, the name of the drawing, and the workspace's token.
    canvas_identity: tuple[int, str, str]
    # The strokes drawn before the canvas was mounted, in the canvas library's format.
    earlier_strokes: Sequence[Mapping[str, Any]]


def draw_canvas(
    visit: Visit,
    dataset: str,
    on_change: Callable[[], None],
    side: int = SIDE,
    name: str | None = None,
    hint: str | None = None,
) -> None:
    """Draw a page's canvas, whose drawing `read_canvas_drawing` returns.

    Args:
        on_change: called after each change of the drawing, before the page is redrawn.
        side: maximum side of the canvas, in CSS pixels.
        name: name under which the drawing is stored; None for the data set's shared drawing.
        hint: a sentence on what to draw; None for the data set's own hint.
    """
    # The import is local, because it registers a component, which only a running app can do.
    from streamlit_drawable_canvas import st_canvas

    brush = BRUSHES[DATASETS[dataset].way]
    pens = st.session_state.setdefault(_PENS, {})
    canvas = _current_canvas(
        visit, (page_visit_number(), _drawing_name(dataset, name), visit.token)
    )
    chosen = _canvas_component_value(f"{canvas.component_key}_companion", "pen")
    pen = pens[dataset] = chosen if chosen in (0, 1, 2) else pens.get(dataset, 1)

    def store_new_drawing() -> None:
        # A late message from a canvas that is no longer on the page does not change the drawing.
        if _store_drawing(visit, canvas):
            on_change()

    with st.container(key="canvas", width=side):
        width = brush.pen_widths[pen] * CANVAS_UNITS // CANVAS_SIZE
        # The canvas library raises these errors for a forged drawing. `read_canvas_drawing` reports
        # such a drawing later.
        with suppress(AttributeError, LookupError, TypeError):
            st_canvas(
                stroke_width=width,
                stroke_color=brush.colour,
                key=canvas.component_key,
                on_change=store_new_drawing,
                **_CANVAS,
            )
        # A browser that reconnects sends its drawing before this session has mounted the canvas.
        _store_drawing(visit, canvas)
        html = render_template(
            __package__,
            "canvas.html",
            t=visit.t,
            widths=brush.pen_widths,
            hint=hint or visit.t(DATASETS[dataset].dataset_text_key("hint")),
            units=CANVAS_UNITS,
            colour=brush.colour,
            earlier=_stroke_paths(canvas.earlier_strokes),
        )
        said = {
            name: visit.t(f"draw.canvas.{name}", row="{row}", column="{column}") for name in _SAID
        }
        data = {
            "library": canvas.component_key,
            "html": html,
            "said": said,
            "pen": pen,
            "clears": st.session_state.get(_CLEARS, 0),
        }
        _companion(
            key=f"{canvas.component_key}_companion",
            data=data,
            on_pen_change=lambda: None,
            on_kept_change=store_new_drawing,
        )


def unmount_canvas() -> None:
    """Let the page mount a new canvas next, as something else takes the current canvas's place.

    After an interrupted run, Streamlit would still keep the state of the canvas that has gone.
    """
    canvas, number = st.session_state.get(_MOUNTED, (None, 0))
    if canvas is not None:
        st.session_state[_MOUNTED] = canvas._replace(component_key="unmounted"), number


def clear_canvas() -> None:
    """Clear the canvas as its Clear button does, so that Undo can restore the drawing."""
    st.session_state[_CLEARS] = st.session_state.get(_CLEARS, 0) + 1


def read_canvas_drawing(dataset: str, name: str | None = None) -> Strokes | None:
    """Return the visitor's drawing for a data set, or the drawing called `name`; None if empty.

    Raises:
        StrokesError: the browser sent something other than a drawing.
    """
    called = _drawing_name(dataset, name)
    shade = BRUSHES[DATASETS[dataset].way].ink_lightness
    sent = st.session_state.get(_DRAWINGS, {}).get(called)
    return cache_in_session(
        f"strokes_of_{called}", (sent, shade), lambda: parse_canvas(sent, shade)
    )


def read_last_drawing_image(visit: Visit, dataset: str) -> np.ndarray | None:
    """Return the visitor's last drawing for a data set as an image, uint8 [28, 28], or None."""
    with suppress(FvappError):
        kept = visit.engine.notes.recall_page_data(visit.token, _drawing_name(dataset, None))
        strokes = kept and parse_canvas(
            json.loads(zlib.decompress(kept)), BRUSHES[DATASETS[dataset].way].ink_lightness
        )
        return prepare_drawing_or_photo(strokes, dataset).image if strokes else None
    return None


def _drawing_name(dataset: str, name: str | None) -> str:
    return name or f"{CANVAS_NAME}{dataset}"


def _current_canvas(visit: Visit, identity: tuple[int, str, str]) -> _PageCanvas:
    """Return the page's canvas; mount a new canvas for another page visit, drawing or workspace."""
    state = st.session_state
    _, name, token = identity
    canvas, number = state.get(_MOUNTED, (None, 0))
    if canvas is None or canvas.canvas_identity != identity or canvas.component_key not in state:
        if canvas is None or canvas.canvas_identity[-1] != token:
            state[_DRAWINGS] = {}
        earlier: list[Mapping[str, Any]] = []
        # An invalid drawing counts as no drawing. If the workspace cannot be opened, the page
        # reports the error.
        with suppress(FvappError):
            if name not in state[_DRAWINGS] and (
                kept := visit.engine.notes.recall_page_data(token, name)
            ):
                state[_DRAWINGS][name] = json.loads(zlib.decompress(kept))
            earlier = state[_DRAWINGS][name] if parse_canvas(state[_DRAWINGS].get(name)) else []
        canvas = _PageCanvas(f"canvas_{name}_{number}", identity, earlier)
        state[_MOUNTED] = canvas, number + 1
    return canvas


def _store_drawing(visit: Visit, canvas: _PageCanvas) -> bool:
    """Store the browser's drawing, even if invalid; return whether the drawing has changed."""
    state = st.session_state
    _, drawing_name, token = canvas.canvas_identity
    drawings = state.setdefault(_DRAWINGS, {})
    # The number of earlier strokes that the companion still shows; None if it shows all.
    kept = read_as_type_or_none(
        Whole, _canvas_component_value(f"{canvas.component_key}_companion", "kept")
    )
    earlier = canvas.earlier_strokes[:kept]
    sent = _canvas_component_value(canvas.component_key, "drawing")
    for name in ("raw", "objects"):
        sent = sent.get(name) if isinstance(sent, Mapping) else sent
    strokes = [*earlier, *sent] if isinstance(sent, list) else sent or list(earlier)
    # Rounded to whole canvas units, a drawing has a third of the size and leads to the same image.
    drawing = cache_in_session(
        "canvas_told",
        (canvas.component_key, strokes),
        lambda: json.loads(json.dumps(strokes), parse_float=lambda text: round(float(text))),
    )
    is_new = drawing != drawings.get(drawing_name, [])
    if is_new:
        drawings[drawing_name] = drawing
        with suppress(FvappError):
            visit.engine.notes.remember_page_data(
                token, drawing_name, zlib.compress(json.dumps(drawing).encode())
            )
    return is_new


def _canvas_component_value(key: str, name: str) -> object:
    return getattr(st.session_state.get(key), name, None)


def _stroke_paths(objects: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Return each stroke's SVG path and width."""
    ways = (
        " ".join(str(part) for command in stroke["path"] for part in command) for stroke in objects
    )
    return [(way, stroke["strokeWidth"]) for way, stroke in zip(ways, objects, strict=True)]
