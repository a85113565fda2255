"""Draws pictures as a grid of tiles with readable values and selectable cells."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from fvapp.core.schema import read_as_type_or_none
from fvapp.core.wording import Translate
from fvapp.ui.browser import array_base64, make_component

_component = make_component(__file__)

GREATEST = 127


@dataclass(frozen=True)
class TileClick:
    """The cell of a tile that a visitor selected.

    The row and column are -1 if the visitor selected the whole tile with the keyboard.
    """

    tile: int
    row: int
    column: int


@dataclass(frozen=True)
class TileMark:
    """An outline around a cell of a tile, or around a window that may extend past the tile."""

    tile: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1


def tile_cell_hint(t: Translate) -> str:
    """Return the hint on the cell under the pointer; the browser fills in the placeholders."""
    return t("inside.hint", name="{name}", row="{row}", column="{column}", value="{value}")


def draw_tiles(
    pictures: np.ndarray,
    *,
    key: str,
    label: str,
    captions: Sequence[str] = (),
    lines: Sequence[str] = (),
    labels: Sequence[str] = (),
    rows: Sequence[str] = (),
    size: int,
    hint: str = "",
    under: np.ndarray | None = None,
    common: bool = False,
    on_click: Callable[[TileClick], None] | None = None,
    chosen: int = -1,
    marked: TileMark | None = None,
    rests: bool = False,
    stretch: bool = False,
) -> None:
    """Draw pictures as a grid of tiles.

    Args:
        pictures: an array [n, height, width]. uint8 pictures are drawn in grey. Pictures of other
            types have signed values, which are drawn in orange if positive and in blue if negative.
        label: the grid's label for screen readers.
        captions: text below each picture.
        lines: text between each picture and its caption.
        labels: each picture's label for screen readers; by default, its caption.
        rows: text beside each row of every picture.
        size: minimum size of a tile, in CSS pixels.
        hint: hint on the cell under the pointer, from :func:`tile_cell_hint`; empty for no hint.
        under: a picture that shows through signed pictures, uint8 [height, width].
        common: whether all pictures share a scale of values; by default, each has its own scale.
        on_click: called with each click, before the page is redrawn.
        rests: whether a pointer that rests on a cell counts as a click. Arrow keys then move
            between the cells of a tile that was opened with Enter.
        stretch: whether the tiles fill the width.
    """
    count, height, width = pictures.shape
    signed = pictures.dtype != np.uint8
    data: dict[str, object] = {
        "kind": "signed" if signed else "grey",
        "height": height,
        "width": width,
    }
    if signed:
        data |= _pack_signed_pictures(pictures, common)
    else:
        data["values"] = array_base64(pictures)
    data |= {
        "under": None if under is None else array_base64(under),
        "captions": list(captions) or [""] * count,
        "lines": list(lines) or [""] * count,
        "rows": list(rows),
        "labels": list(labels) or list(captions) or [label] * count,
        "label": label,
        "size": size,
        "hint": hint,
        "clickable": on_click is not None,
        "chosen": chosen,
        "marked": None if marked is None else asdict(marked),
        "rests": rests,
        "stretch": stretch,
    }
    taken = f"{key}_taken"

    def pass_click_on() -> None:
        # The result is None if the last script run was interrupted before the component was drawn.
        # The click is then passed on below.
        result = st.session_state.get(key)
        click = _read_tile_click(result, pictures)
        if click is not None and on_click is not None:
            st.session_state[taken] = True
            on_click(click)

    with st.container(key=f"{key}_tiles"):
        result = _component(key=key, data=data, on_clicked_change=pass_click_on)
    click = _read_tile_click(result, pictures)
    if click is not None and on_click is not None and not st.session_state.pop(taken, False):
        on_click(click)


def _pack_signed_pictures(pictures: np.ndarray, common: bool) -> dict[str, object]:
    """Return signed pictures as int8, and the value that 127 represents in each picture.

    NaN and infinity become 0.
    """
    pictures = np.nan_to_num(np.asarray(pictures, np.float32), posinf=0, neginf=0)
    largest = np.abs(pictures).max(axis=(1, 2), initial=0)
    if common:
        largest[:] = largest.max(initial=0)
    factor = GREATEST / np.where(largest > 0, largest, 1)
    values = np.rint(pictures * factor[:, None, None]).astype(np.int8)
    return {"values": array_base64(values), "scales": [round(float(value), 6) for value in largest]}


def _read_tile_click(result: object, pictures: np.ndarray) -> TileClick | None:
    click = read_as_type_or_none(TileClick, getattr(result, "clicked", None))
    count, height, width = pictures.shape
    on_a_tile = (
        click
        and 0 <= click.tile < count
        and -1 <= click.row < height
        and -1 <= click.column < width
    )
    return click if on_a_tile else None
