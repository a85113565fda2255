"""My image on its way through a convolutional network: the maps of each layer, and one cell of one of them opened."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.glossary import MAP_WORDS
from fvapp.core.inspection.helping import help_by_place, helping_units, signed_maps
from fvapp.core.inspection.network import Convolution, Flatten, Pooling
from fvapp.core.inspection.neuron import write_out
from fvapp.ui.inside.flow import draw_sum
from fvapp.ui.inside.tables import signed
from fvapp.ui.inside.view import View
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.tiles import Click, cell_hint, draw_tiles

HELPING = 8
SHOWN = 16
_CELL = "inside_cell"


def draw_maps(view: View) -> None:
    """Draw the maps of a layer before the activation, the cell that was clicked, and the last maps that help."""
    t = view.visit.t
    places = [place for place, step in enumerate(view.network.steps) if isinstance(step, Convolution)]
    with st.container(key="network_flow"):
        st.markdown(t("inside.maps.about"))
        draw_words(t, MAP_WORDS, key="map_words")
        layer = st.segmented_control(
            t("inside.maps.layer"),
            range(len(places)),
            format_func=lambda number: f"{number + 1}",
            default=0,
            key="map_layer",
            required=True,
        )
        layer = min(layer or 0, len(places) - 1)  # only a forged message chooses nothing
        place = places[layer]
        maps = signed_maps(view.passed[place])
        order = helping_units(view.network, view.passed, view.answer, place).order
        everything = len(maps) <= SHOWN or st.toggle(t("inside.maps.all", n=len(maps)), key="all_maps")
        units = [int(unit) for unit in (order if everything else order[:SHOWN])]
        click = draw_tiles(
            maps[units],
            key="maps",
            label=t("inside.maps.label", layer=layer + 1),
            labels=[t("inside.maps.tile", unit=unit) for unit in units],
            captions=[f"{unit}" for unit in units],
            size=70,
            hint=cell_hint(t),
            clickable=True,
        )
        st.caption(t("inside.maps.order", class_name=view.names[view.answer]))
        _draw_last(view)
    _draw_cell(view, layer, place, units, click, maps)


def _draw_last(view: View) -> None:
    """Draw the last maps that help the answer, by place."""
    t = view.visit.t
    flat = next(place for place, step in enumerate(view.network.steps) if isinstance(step, Flatten))
    by_place = help_by_place(view.network, view.passed, view.answer, flat - 1).transpose(2, 0, 1)
    total = by_place.sum(axis=(1, 2))
    units = np.argsort(-total, kind="stable")[:HELPING]
    st.markdown(t("inside.maps.last", n=HELPING, class_name=view.names[view.answer]))
    draw_tiles(
        by_place[units],
        key="last_maps",
        label=t("inside.maps.last", n=HELPING, class_name=view.names[view.answer]),
        captions=[f"{unit}: {signed(total[unit])}" for unit in units],
        size=70,
        hint=cell_hint(t),
        common=True,
    )


def _draw_cell(view: View, layer: int, place: int, units: list[int], click: Click | None, maps: np.ndarray) -> None:
    t, state = view.visit.t, st.session_state
    passed = view.passed[place]
    rows, columns = maps.shape[1:]
    if click is not None:
        at = (click.row, click.column) if click.row >= 0 else _strongest(maps[units[click.tile]])
        state[_CELL] = (layer, units[click.tile], *at)
    kept = state.get(_CELL)
    if kept is None or kept[0] != layer or kept[2] >= rows or kept[3] >= columns:
        kept = (layer, units[0], *_strongest(maps[units[0]]))
    _, unit, row, column = kept
    step = passed.step
    with st.container(key="neuron", border=True):
        st.markdown(f"**{t('inside.maps.cell', unit=unit, row=row, column=column)}**")
        window = step.windows(passed.inputs[:1])[0, row, column].transpose(2, 0, 1)
        kernel = step.kernel[..., unit].transpose(2, 0, 1)
        channel = int(np.abs(window * kernel).sum(axis=(1, 2)).argmax())
        trio = (window[channel], kernel[channel], window[channel] * kernel[channel])
        with st.container(horizontal=True):
            for name, picture in zip(("window", "kernel", "products"), trio, strict=True):
                with st.container(width=112):
                    draw_tiles(
                        np.asarray(picture)[None],
                        key=f"cell_{name}",
                        label=t(f"inside.maps.{name}"),
                        captions=[t(f"inside.maps.{name}")],
                        size=96,
                        hint=cell_hint(t),
                    )
        if len(window) > 1:
            st.caption(t("inside.maps.channel", channel=channel, n=len(window)))
        draw_sum(view, write_out(passed, unit, (row, column)), convolution=True)
    if any(isinstance(each, Pooling) for each in view.network.steps[place : place + 2]):
        st.caption(t("inside.maps.pooling"))


def _strongest(picture: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(int(np.abs(picture).argmax()), picture.shape)
    return int(row), int(column)
