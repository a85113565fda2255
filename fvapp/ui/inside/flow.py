"""My image in the first layer of a dense network: the neurons that help, and one of them written out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.inspection.helping import (
    SMOOTHED,
    Helping,
    changed_pictures,
    helping_units,
    products,
    weight_pictures,
)
from fvapp.core.inspection.network import Dense
from fvapp.core.inspection.neuron import write_out
from fvapp.core.wording import percent
from fvapp.ui.inside.sums import draw_sum
from fvapp.ui.inside.view import View
from fvapp.ui.parts.tables import signed
from fvapp.ui.parts.tiles import Click, cell_hint, draw_tiles

SHOWN = 10
PICTURES = ("products", "changed", "weights")
_SUM, _LARGE = 420, 260  # CSS pixels
_NEURON = "inside_neuron"


@dataclass(frozen=True)
class Picture:
    """What a neuron's weights look like, what that is called, and the image below it."""

    values: np.ndarray
    name: str
    under: np.ndarray | None


def draw_flow(view: View, place: int) -> None:
    """Draw the neurons that help the answer, and one of them opened; without hidden layers, the classes."""
    if place == len(view.network.steps) - 1:
        _draw_classes(view, place)
        return
    t = view.visit.t
    helping = helping_units(view.network, view.passed, view.answer, place)
    units = [int(unit) for unit in helping.order[:SHOWN]]
    st.markdown(helping_words(view, place, helping))
    captions = [signed(helping.help[unit]) for unit in units]
    opened, picture = _draw_pictures(
        view,
        units,
        captions,
        label=t("inside.flow.label", class_name=view.names[view.answer], shown=len(units), firing=helping.firing),
        labels=[t("inside.flow.tile", unit=unit, help=caption) for unit, caption in zip(units, captions, strict=True)],
    )
    st.caption(f"{share_words(view, helping)} {t('inside.flow.click')}")
    _draw_neuron(view, place, opened, picture)


def helping_words(view: View, place: int, helping: Helping) -> str:
    """Say how many neurons of a layer fire, and how many of them are shown."""
    activation = view.network.steps[place].activation
    kind = "fires" if activation in ("relu", "elu") else "loud"
    shown, n = min(SHOWN, len(helping.help)), f"{len(helping.help):,}"
    name = view.names[view.answer]
    return view.visit.t(f"inside.flow.{kind}", n=n, class_name=name, shown=shown, firing=helping.firing)


def share_words(view: View, helping: Helping) -> str:
    """Say how much of all help comes from the neurons that are shown."""
    shown = min(SHOWN, len(helping.help))
    others, rest = helping.others(shown)
    share = percent(helping.share(shown))
    return view.visit.t("inside.flow.share", share=share, others=others, rest=signed(rest), shown=shown)


def _draw_classes(view: View, place: int) -> None:
    """Draw a network without hidden layers: a picture for each class."""
    t = view.visit.t
    st.markdown(t("inside.flow.classes"))
    sums = view.passed[-1].sums[0]
    units = list(range(view.network.classes))
    captions = [f"{view.names[unit]} {signed(sums[unit])}" for unit in units]
    opened, picture = _draw_pictures(
        view, units, captions, label=t("inside.flow.classes"), labels=captions, otherwise=view.answer
    )
    _draw_neuron(view, place, opened, picture)


def _draw_pictures(
    view: View, units: list[int], captions: list[str], *, label: str, labels: list[str], otherwise: int | None = None
) -> tuple[int, Picture]:
    """Draw a picture of each unit and return which one is opened, and its picture."""
    t, state = view.visit.t, st.session_state
    chosen = _choose_picture(view)
    pictures = _pictures(view, chosen, units)
    if pictures is None:
        st.caption(t("inside.flow.no_start"))
        pictures, chosen = _pictures(view, "weights", units), "weights"

    def open_neuron(click: Click) -> None:
        state[_NEURON] = units[click.tile]

    opened = state.get(_NEURON)
    if opened not in units:
        opened = units[0] if otherwise is None else otherwise
    under = view.image if chosen == "products" else None
    draw_tiles(
        pictures,
        key="flow",
        label=label,
        captions=captions,
        labels=labels,
        size=92,
        hint=cell_hint(t),
        under=under,
        on_click=open_neuron,
        chosen=units.index(opened),
    )
    return opened, Picture(
        pictures[units.index(opened)], t(f"inside.flow.pictures.{chosen.replace('raw', 'changed')}"), under
    )


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


def _draw_neuron(view: View, place: int, unit: int, picture: Picture) -> None:
    """Draw the sum of a neuron written out, and its picture large."""
    t = view.visit.t
    with st.container(key="neuron", border=True):
        st.markdown(f"**{t('inside.neuron.title', unit=unit)}**")
        with st.container(horizontal=True, gap="large"):
            with st.container(width=_SUM):
                draw_sum(view, place, write_out(view.passed[place], unit))
            with st.container(width=_LARGE + 8):
                draw_tiles(
                    picture.values[None],
                    key="neuron_picture",
                    label=picture.name,
                    captions=[picture.name],
                    size=_LARGE,
                    hint=cell_hint(t),
                    under=picture.under,
                )
