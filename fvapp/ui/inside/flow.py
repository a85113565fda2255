"""My image on its way through a dense network: the neurons that help, one of them written out, softmax in steps."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.glossary import SOFTMAX_WORDS
from fvapp.core.inspection.helping import (
    SMOOTHED,
    changed_pictures,
    helping_units,
    hidden_step,
    products,
    weight_pictures,
)
from fvapp.core.inspection.network import Convolution, Dense
from fvapp.core.inspection.neuron import WrittenSum, write_out
from fvapp.core.inspection.shares import softmax_steps
from fvapp.core.wording import percent
from fvapp.ui.inside.tables import signed, write_table
from fvapp.ui.inside.view import View
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.tiles import cell_hint, draw_tiles

SHOWN = 10
PICTURES = ("products", "changed", "weights")
COLDEST, HOTTEST = 0.2, 5.0
_NEURON = "inside_neuron"


def draw_flow(view: View) -> None:
    """Draw the neurons of the first layer that help the answer, and one of them opened."""
    t = view.visit.t
    place = hidden_step(view.network)
    with st.container(key="network_flow"):
        if place is None:
            _draw_classes(view)
            return
        helping = helping_units(view.network, view.passed, view.answer, place)
        units = [int(unit) for unit in helping.order[:SHOWN]]
        others, rest = helping.others(len(units))
        words = {"class_name": view.names[view.answer], "shown": len(units), "firing": helping.firing}
        activation = view.passed[place].step.activation
        kind = "fires" if activation in ("relu", "elu") else "loud"
        st.markdown(t(f"inside.flow.{kind}", n=f"{len(helping.help):,}", **words))
        chosen = _choose_picture(view)
        pictures = _pictures(view, chosen, units)
        if pictures is None:
            st.caption(t("inside.flow.no_start"))
            pictures, chosen = _pictures(view, "weights", units), "weights"
        captions = [signed(helping.help[unit]) for unit in units]
        click = draw_tiles(
            pictures,
            key="flow",
            label=t("inside.flow.label", **words),
            captions=captions,
            labels=[
                t("inside.flow.tile", unit=unit, help=caption) for unit, caption in zip(units, captions, strict=True)
            ],
            size=92,
            hint=cell_hint(t),
            under=view.image if chosen == "products" else None,
            clickable=True,
            chosen=_chosen_tile(units),
        )
        if click is not None:
            st.session_state[_NEURON] = units[click.tile]
        share = percent(helping.share(len(units)))
        st.caption(t("inside.flow.share", share=share, others=others, rest=signed(rest), shown=len(units)))
        if len(view.network.weighted) > 2:
            st.caption(t("inside.flow.deep"))
    opened = st.session_state.get(_NEURON)
    _draw_neuron(view, place, opened if opened in units else units[0])


def _draw_classes(view: View) -> None:
    """Draw a network without hidden layers: a picture for each class."""
    t = view.visit.t
    st.markdown(t("inside.flow.classes"))
    chosen = _choose_picture(view)
    units = list(range(view.network.classes))
    pictures = _pictures(view, chosen, units)
    if pictures is None:
        st.caption(t("inside.flow.no_start"))
        pictures, chosen = _pictures(view, "weights", units), "weights"
    sums = view.passed[-1].sums[0]
    captions = [f"{view.names[unit]} {signed(sums[unit])}" for unit in units]
    click = draw_tiles(
        pictures,
        key="flow",
        label=t("inside.flow.classes"),
        captions=captions,
        size=92,
        hint=cell_hint(t),
        under=view.image if chosen == "products" else None,
        clickable=True,
        chosen=_chosen_tile(units, view.answer),
    )
    if click is not None:
        st.session_state[_NEURON] = click.tile
    opened = st.session_state.get(_NEURON)
    _draw_neuron(view, len(view.network.steps) - 1, opened if opened in units else view.answer)


def _choose_picture(view: View) -> str:
    t = view.visit.t
    # A model that ships was trained elsewhere; what it began with is not known.
    choices = PICTURES if view.model.record else ("products", "weights")
    chosen = st.segmented_control(
        t("inside.flow.show"),
        choices,
        format_func=lambda name: t(f"inside.flow.pictures.{name}"),
        default="products",
        key="flow_pictures",
        required=True,
        wrap=True,
    )
    chosen = chosen or choices[0]  # only a forged message chooses nothing
    raw = chosen == "changed" and st.toggle(t("inside.flow.raw"), key="flow_raw")
    st.caption(t(f"inside.flow.about.{'raw' if raw else chosen}"))
    return "raw" if raw else chosen


def _pictures(view: View, chosen: str, units: list[int]) -> np.ndarray | None:
    first = view.network.weighted[0]
    if chosen == "products":
        return products(view.network, view.image)[units]
    if chosen == "weights":
        return weight_pictures(first)[units]
    try:
        start = view.visit.engine.start_kernel(view.visit.token, view.model.name)
    except FvappError:
        return None
    if start is None or start.shape != first.kernel.shape:
        return None
    shown = Dense(first.kernel[:, units], first.bias)
    return changed_pictures(shown, start[:, units], 0 if chosen == "raw" else SMOOTHED)


def _chosen_tile(units: list[int], otherwise: int = 0) -> int:
    opened = st.session_state.get(_NEURON)
    return units.index(opened) if opened in units else otherwise


def _draw_neuron(view: View, place: int, unit: int) -> None:
    t = view.visit.t
    with st.container(key="neuron", border=True):
        st.markdown(f"**{t('inside.neuron.title', unit=unit)}**")
        draw_sum(view, write_out(view.passed[place], unit), convolution=False)


def draw_sum(view: View, written: WrittenSum, *, convolution: bool) -> None:
    """Draw a sum written out as a table, and the activation that follows."""
    t = view.visit.t
    rows = [
        (
            _place_words(view, product.place, convolution),
            f"{product.input:.2f}",
            signed(product.weight, 3),
            signed(product.value, 3),
        )
        for product in written.largest
    ]
    if written.others:
        rows.append((t("inside.neuron.others", n=written.others), "", "", signed(written.others_sum, 3)))
    rows.append((t("inside.neuron.bias"), "", "", signed(written.bias, 3)))
    rows.append((f"**{t('inside.neuron.sum')}**", "", "", f"**{signed(written.total, 3)}**"))
    if written.activation:
        name = t(f"settings.activation.choices.{written.activation}")
        rows.append((t("inside.neuron.activation", name=name), "", "", f"**{written.value:.3f}**"))
    head = [t(f"inside.neuron.{name}") for name in ("place", "input", "weight", "product")]
    write_table(head, rows)


def draw_softmax(view: View) -> None:
    """Draw the ten sums and the three steps from them to the shares."""
    t = view.visit.t
    with st.container(key="softmax_steps"):
        st.markdown(t("inside.softmax.about"))
        draw_words(t, SOFTMAX_WORDS, key="softmax_words")
        own = view.network.temperature
        begin = round(min(HOTTEST, max(COLDEST, own)), 2)
        temperature = st.slider(
            t("inside.softmax.temperature"),
            COLDEST,
            HOTTEST,
            value=begin,
            step=0.05,
            key=f"temperature_{view.model.name}",
            help=t("inside.softmax.temperature_help", own=f"{own:.2f}"),
        )
        steps = softmax_steps(view.passed[-1].sums[0], own if temperature == begin else temperature)
        rows = []
        for label in range(view.network.classes):
            mark = "**" if label == view.answer else ""
            rows.append(
                (
                    f"{mark}{view.names[label]}{mark}",
                    signed(steps.sums[label]),
                    signed(steps.divided[label]) if steps.divided[label] else "0",
                    f"{steps.powers[label]:.4f}",
                    f"{mark}{percent(float(steps.shares[label]))}{mark}",
                )
            )
        head = [t(f"inside.softmax.{name}") for name in ("class_name", "sums", "divided", "powers", "shares")]
        write_table(head, rows)


def _place_words(view: View, place: tuple[int, ...], convolution: bool) -> str:
    t = view.visit.t
    if convolution:
        row, column, channel = place
        return t("inside.neuron.in_window", row=row, column=column, channel=channel)
    if isinstance(view.network.weighted[0], Convolution) or place[0] >= view.image.size:
        return t("inside.neuron.input_number", n=place[0])
    row, column = divmod(place[0], view.image.shape[1])
    return t("inside.neuron.pixel", row=row, column=column)
