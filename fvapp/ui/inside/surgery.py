"""Neuron surgery: switch off what helps a class most, beside as many at random."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.inspection.questions import CHUNK, UnitValues
from fvapp.core.inspection.robustness import SAMPLE, stratified_sample
from fvapp.core.inspection.shares import shares
from fvapp.core.inspection.surgery import (
    Damage,
    Parts,
    damage,
    one_image,
    order_of_chance,
    order_of_help,
    parts_of,
    units_of,
)
from fvapp.core.wording import Difference, percent
from fvapp.ui.inside.picture import chosen_image
from fvapp.ui.inside.view import Model, View, ask_in_turn
from fvapp.ui.parts.tables import write_table
from fvapp.ui.visit import Visit

_SEED = 0


def draw_surgery(visit: Visit, model: Model) -> None:
    """Draw the slider and what is left of accuracy, recall and the answer for the image."""
    t = visit.t
    with st.container(key="surgery"):
        chosen = chosen_image(model)
        view = View(visit, model, chosen.image, chosen.label)
        units = units_of(model.network)
        st.markdown(t("inside.surgery.about", n=f"{units:,}"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.selectbox(
                t("inside.surgery.class_name"),
                range(model.network.classes),
                index=view.answer,
                format_func=view.names.__getitem__,
                key=f"surgery_class_{model.name}",
                width=220,
            )
            most = max(1, units - 1)
            off = st.slider(t("inside.surgery.off"), 0, most, 0, key=f"surgery_off_{model.name}", width=420)
        parts = _read_parts(visit, model)
        orders = {"help": order_of_help(parts, label), "chance": order_of_chance(units, _SEED)}
        before = damage(parts, orders["help"], 0, label)
        left = {name: damage(parts, order, off, label) for name, order in orders.items()}
        _draw_numbers(view, parts, label, before, left)
        _draw_answers(view, orders, off)


def _draw_numbers(view: View, parts: Parts, label: int, before: Damage, left: dict[str, Damage]) -> None:
    t, name = view.visit.t, view.names[label]
    for box, (order, now) in zip(st.columns(2, gap="large"), left.items(), strict=True):
        with box, st.container(border=True):
            st.markdown(f"**{t(f'inside.surgery.{order}', class_name=name, n=now.off)}**")
            with st.container(horizontal=True):
                for words, value, was in (
                    (t("inside.surgery.recall", class_name=name), now.recall, before.recall),
                    (t("inside.surgery.accuracy"), now.accuracy, before.accuracy),
                ):
                    if not np.isfinite(value):
                        st.metric(words, "–")
                        continue
                    change = Difference.of(was, value, digits=1)
                    # Streamlit knows a loss by the hyphen; without a change there is neither.
                    delta = change.signed.replace("\N{MINUS SIGN}", "-") if now.off and change.way else None
                    st.metric(words, change.after, delta)
    if len(parts.labels) < len(view.model.data.y_test):
        st.caption(t("inside.sample", n=f"{len(parts.labels):,}"))


def _draw_answers(view: View, orders: dict[str, np.ndarray], off: int) -> None:
    """Draw the shares for the image: whole, without the most helpful, without as many at random."""
    t, network = view.visit.t, view.network
    logits = [view.passed[-1].sums[0]] + [one_image(network, view.image, order[:off]) for order in orders.values()]
    found = shares(np.stack(logits), network.temperature)
    head = [
        t("inside.surgery.image"),
        t("inside.surgery.whole"),
        *(t(f"inside.surgery.{name}_short") for name in orders),
    ]
    rows = []
    for label in np.argsort(-found.max(axis=0))[:5]:
        marks = ["**" if row.argmax() == label else "" for row in found]
        cells = (f"{mark}{percent(float(row[label]))}{mark}" for mark, row in zip(marks, found, strict=True))
        rows.append((view.names[label], *cells))
    write_table(head, rows)


def _read_parts(visit: Visit, model: Model) -> Parts:
    labels = model.data.y_test
    sample = stratified_sample(labels, SAMPLE)
    questions = [UnitValues(len(labels), begin) for begin in range(0, len(sample), CHUNK)]
    values = np.concatenate(list(ask_in_turn(visit, model, questions, visit.t("inside.asking"))))
    return parts_of(model.network, values, np.asarray(labels[sample]))
