"""Draws the visitor's stored drawings as small pictures, which can be deleted."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.runs import RunRecord
from fvapp.ui.browser import draw_expander
from fvapp.ui.pictures import TileClick, all_kept_drawings, delete_drawing, draw_tiles
from fvapp.ui.visit import Visit

_HEIGHT = 160  # approximate height of the opened drawings, in pixels
_SIZE = 84  # side of a picture, in pixels
_CHOSEN = "work_drawing_chosen"


def draw_drawings_expander(visit: Visit, records: Sequence[RunRecord], title: str) -> None:
    """Draw an expander called `title` with the visitor's stored drawings, latest first."""
    draw_expander(
        "work_drawings",
        title,
        _HEIGHT,
        _draw_kept_drawings,
        visit,
        records,
        title,
        icon=":material/draw:",
    )


def _draw_kept_drawings(visit: Visit, records: Sequence[RunRecord], title: str) -> None:
    kept = all_kept_drawings(visit, records)
    if not kept:
        return
    t = visit.t
    state = st.session_state
    rows = [row for row, _ in kept]

    def select_drawing(click: TileClick) -> None:
        state[_CHOSEN] = rows[click.tile]

    def delete_selected_drawing() -> None:
        with visit.messages.queueing_errors():
            delete_drawing(visit, state[_CHOSEN])

    captions = [drawing.caption for _, drawing in kept]
    chosen = rows.index(state[_CHOSEN]) if state.get(_CHOSEN) in rows else -1
    draw_tiles(
        np.stack([np.frombuffer(drawing.pixels, np.uint8).reshape(28, 28) for _, drawing in kept]),
        key="work_drawing_tiles",
        label=title,
        captions=captions,
        size=_SIZE,
        on_click=select_drawing,
        chosen=chosen,
    )
    if chosen < 0:
        st.caption(t("workspace.drawings_hint"))
    else:
        words = f"{t('examples.delete')}: {captions[chosen]}"
        st.button(
            words, key="drawing_delete", icon=":material/delete:", on_click=delete_selected_drawing
        )
