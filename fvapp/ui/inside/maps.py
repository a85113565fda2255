"""Draws how a convolutional layer responds to the image, with the sum behind each cell."""

from itertools import takewhile

import numpy as np
import streamlit as st

from fvapp.core.glossary import MAP_WORDS
from fvapp.core.inspection import (
    WrittenSum,
    filter_help_by_place,
    last_feature_map_step,
    signed_feature_maps,
    write_out_sum,
)
from fvapp.core.layers.conv2d import Convolution
from fvapp.ui.inside.sums import draw_weighted_sum_table
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.parts import draw_word_popovers, format_signed_number
from fvapp.ui.pictures import TileClick, TileMark, draw_tiles, tile_cell_hint

HELPING = 8
SHOWN = 16
_CELL = "inside_cell"
_SMALL = 56  # side of a small feature map, in CSS pixels
_PICTURE = 150  # side of a picture that explains a map's cell, in CSS pixels


def draw_feature_maps(view: InspectedImage, place: int) -> ToolExplanation:
    """Draw a layer's feature maps before activation, and the computation of the selected cell.

    Returns:
        An explanation with the cell's weighted sum, and the last layer's support for the answer.
    """
    t = view.t
    state = st.session_state
    layer = sum(step.shown_as == "maps" for step in view.network.steps[: place + 1])
    maps = signed_feature_maps(view.step_traces[place])
    order = view.rank_units(place).units_by_help
    everything = len(maps) <= SHOWN or st.toggle(t("inside.maps.all", n=len(maps)), key="all_maps")
    units = [int(unit) for unit in (order if everything else order[:SHOWN])]
    strongest = [_strongest_cell(maps[unit]) for unit in units]

    def open_clicked_cell(click: TileClick) -> None:
        at = (click.row, click.column) if click.row >= 0 else strongest[click.tile]
        state[_CELL] = (place, units[click.tile], *at)

    kept = state.get(_CELL)
    if kept is None or kept[0] != place or np.any(np.array(kept[1:]) >= maps.shape):
        kept = (place, units[0], *strongest[0])
    _, unit, row, column = kept
    tile = units.index(unit) if unit in units else -1
    draw_tiles(
        maps[units],
        key="maps",
        label=t("inside.maps.label", layer=layer),
        labels=[t("inside.maps.tile", unit=unit) for unit in units],
        captions=[f"{unit}" for unit in units],
        size=_SMALL,
        hint=tile_cell_hint(t),
        on_click=open_clicked_cell,
        chosen=tile,
        marked=TileMark(tile, row, column),
        rests=True,
    )
    written = _draw_opened_cell(view, place, unit, row, column)

    def draw_cell_sum() -> None:
        draw_word_popovers(t, MAP_WORDS, key="map_words")
        st.caption(t("inside.maps.order", class_name=view.answer_class_name))
        with st.container(key="cell_sum"):
            draw_weighted_sum_table(view, place, written)
        for step in takewhile(lambda step: not step.shown_as, view.network.steps[place + 1 :]):
            if step.note_key:
                st.caption(t(step.note_key))
        _draw_last_feature_maps(view)

    return ToolExplanation(t("inside.maps.about"), draw_cell_sum)


def _draw_last_feature_maps(view: InspectedImage) -> None:
    """Draw how much each cell of the last layer's most helpful maps supports the answer."""
    t = view.t
    by_place = filter_help_by_place(
        view.network, view.step_traces, view.answer_label, last_feature_map_step(view.step_traces)
    ).transpose(2, 0, 1)
    total = by_place.sum(axis=(1, 2))
    units = np.argsort(-total, kind="stable")[:HELPING]
    st.markdown(t("inside.maps.last", n=HELPING, class_name=view.answer_class_name))
    draw_tiles(
        by_place[units],
        key="last_maps",
        label=t("inside.maps.last", n=HELPING, class_name=view.answer_class_name),
        captions=[f"{unit}: {format_signed_number(total[unit])}" for unit in units],
        size=70,
        hint=tile_cell_hint(t),
        common=True,
    )


def _draw_opened_cell(
    view: InspectedImage, place: int, unit: int, row: int, column: int
) -> WrittenSum:
    """Draw the selected cell's input window, kernel and products; return the sum's terms."""
    t = view.t
    trace = view.step_traces[place]
    step = trace.step
    if not isinstance(step, Convolution):
        raise TypeError(step.kind)
    with st.container(key="neuron"):
        st.markdown(f"**{t('inside.maps.cell', unit=unit, row=row, column=column)}**")
        window = step.input_windows(trace.inputs[:1])[0, row, column].transpose(2, 0, 1)
        kernel = step.kernel[..., unit].transpose(2, 0, 1)
        channel = int(np.abs(window * kernel).sum(axis=(1, 2)).argmax())
        top, left = step.window_top_left(trace.inputs.shape, row, column)
        before = trace.inputs[0, ..., channel]
        pictures = {
            "before": before if len(window) > 1 else view.image,
            "window": window[channel],
            "kernel": kernel[channel],
            "products": window[channel] * kernel[channel],
        }
        with st.container(horizontal=True):
            for name, picture in pictures.items():
                with st.container(width=_PICTURE + 16):
                    _draw_cell_picture(
                        view, name, picture, TileMark(0, top, left, *kernel.shape[1:])
                    )
        if len(window) > 1:
            st.caption(t("inside.maps.channel", channel=channel, n=len(window)))
    return write_out_sum(trace, unit, (row, column))


def _draw_cell_picture(
    view: InspectedImage, name: str, picture: np.ndarray, window: TileMark
) -> None:
    """Draw one picture of a cell's computation; on the layer's whole input, outline the window."""
    t = view.t
    whole = name == "before"
    words = t(f"inside.maps.{name}")
    draw_tiles(
        picture[None],
        key=f"cell_{name}",
        label=words,
        captions=[words],
        size=_PICTURE,
        hint="" if whole else tile_cell_hint(t),
        marked=window if whole else None,
    )


def _strongest_cell(picture: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(int(np.abs(picture).argmax()), picture.shape)
    return int(row), int(column)
