"""Draws the surgery tool, which switches off the most helpful neurons, or random neurons."""

from html import escape

import numpy as np
import streamlit as st

from fvapp.charts.images import draw_cell_grid, png_data_url
from fvapp.core.inspection import (
    CHUNK,
    SAMPLE,
    AblationResult,
    Network,
    UnitContributions,
    UnitValuesQuestion,
    ablate_units,
    ablated_logits,
    count_units,
    rank_units_by_class_help,
    remove_units,
    shuffle_units,
    stratified_sample,
    unit_contributions,
)
from fvapp.core.templates import render_template
from fvapp.core.texts.lines import write_network_line
from fvapp.core.wording import AccuracyDifference, is_narrow_class_name, share_as_percent
from fvapp.ui.inside.card import Card, framed_picture_html
from fvapp.ui.inside.shown import draw_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, InspectedModel, ToolExplanation
from fvapp.ui.networks.asking import ask_questions_in_turn
from fvapp.ui.visit import Visit

_SEED = 0
# Number of neurons that the button switches off. Without these neurons, a network trained on
# English text writes words without spaces.
_FEW = 16


def draw_neuron_surgery(view: InspectedImage) -> ToolExplanation | None:
    """Draw a slider for the number of neurons to switch off, and the results without them.

    The results are the answer, a class's recall and the accuracy.
    """
    t = view.t
    model = view.model
    units = count_units(view.network)
    class_key = f"surgery_class_{model.model_id}_{view.answer_label}"
    off_key = f"surgery_off_{model.model_id}"

    with st.container(key="surgery"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.selectbox(
                t("inside.surgery.class_name"),
                range(view.network.class_count),
                index=view.answer_label,
                format_func=view.class_names.__getitem__,
                # The key contains the answer, so that a new answer becomes the chosen class.
                key=class_key,
                width=220,
            )
            most = max(1, units - 1)
            off = st.slider(t("inside.surgery.off"), 0, most, 0, key=off_key, width=420)
            if view.text_form:
                often = int(np.bincount(model.loaded_dataset.y_train).argmax())
                few = min(_FEW, most)
                st.button(
                    t("inside.surgery.gap", n=few, sign=view.class_names[often]),
                    key="surgery_gap",
                    on_click=lambda: st.session_state.update({class_key: often, off_key: few}),
                )
        parts = _read_unit_contributions(view.visit, model)
        orders = {
            "help": rank_units_by_class_help(parts, label),
            "chance": shuffle_units(units, _SEED),
        }
        before = ablate_units(parts, orders["help"], 0, label)
        damages = {name: ablate_units(parts, order, off, label) for name, order in orders.items()}
        logits = [
            ablated_logits(view.network, view.image, order[:off]) for order in orders.values()
        ]
        shares_left = view.network.to_shares(np.stack(logits))
        if view.text_form:
            _draw_written_line(view, "all", view.network)
        for box, (name, order), row in zip(st.columns(2), orders.items(), shares_left, strict=True):
            with box, st.container(border=True, key=f"surgery_{name}"):
                words = t(f"inside.surgery.{name}", class_name=view.class_names[label], n=off)
                st.markdown(f"**{words}**")
                grid = png_data_url(draw_cell_grid(view.unit_strengths, order[:off]))
                draw_html(f'<img class="cells" src="{grid}" alt="">', f"surgery_{name}_cells")
                _draw_remaining_accuracy(view, label, before, damages[name], row, parts.labels)
                if view.text_form and off:
                    _draw_written_line(view, "without", remove_units(view.network, order[:off]))

    def draw_sample_size() -> None:
        if len(parts.labels) < len(model.loaded_dataset.y_test):
            st.caption(t("inside.surgery.sample", n=f"{len(parts.labels):,}"))

    return ToolExplanation(t("inside.surgery.about", n=f"{units:,}"), draw_sample_size)


def _draw_written_line(view: InspectedImage, words: str, network: Network) -> None:
    """Draw a line that a network writes, always from the same opening words and random seed."""
    about = view.t(f"inside.surgery.{words}")
    line = write_network_line(network, view.text_form)
    st.html(render_template(__package__, "line.html", about=about, line=line, form=view.text_form))


def _draw_remaining_accuracy(
    view: InspectedImage,
    label: int,
    before: AblationResult,
    now: AblationResult,
    shares_left: np.ndarray,
    test_labels: np.ndarray,
) -> None:
    """Draw the answer, a class's recall and the accuracy without the switched-off neurons."""
    t = view.t
    answer = int(shares_left.argmax())
    with st.container(horizontal=True):
        share = share_as_percent(float(shares_left[answer]))
        st.metric(
            t("inside.surgery.image"),
            view.class_names[answer],
            share,
            delta_color="off",
            delta_arrow="off",
        )
        for words, value, value_before in (
            (
                t(
                    "inside.surgery.recall",
                    class_name=view.class_names[label],
                    n=np.count_nonzero(test_labels == label),
                ),
                now.recall,
                before.recall,
            ),
            (
                t("inside.surgery.accuracy", n=f"{len(test_labels):,}"),
                now.accuracy,
                before.accuracy,
            ),
        ):
            if not np.isfinite(value):
                st.metric(words, share_as_percent(value))
                continue
            change = AccuracyDifference.from_accuracies(value_before, value, digits=1)
            # Streamlit recognises a negative change by an ASCII hyphen, so the minus sign is
            # replaced. Without a change, None hides the metric's second line.
            delta = (
                change.signed_points.replace("\N{MINUS SIGN}", "-")
                if now.switched_off_unit_count and change.direction
                else None
            )
            st.metric(words, change.percent_after, delta)


def _read_unit_contributions(visit: Visit, model: InspectedModel) -> UnitContributions:
    labels = model.loaded_dataset.y_test
    sample = stratified_sample(labels, SAMPLE)
    questions = [UnitValuesQuestion(len(labels), begin) for begin in range(0, len(sample), CHUNK)]
    values = np.concatenate(
        list(ask_questions_in_turn(visit, model.model_id, questions, visit.t("inside.asking")))
    )
    return unit_contributions(model.network, values, np.asarray(labels[sample]))


_OFF = 12  # number of neurons that are switched off on the tool's card


def _surgery_card(view: InspectedImage) -> Card:
    # Choose random units, because finding the most helpful units requires a test set.
    units = count_units(view.network)
    order = shuffle_units(units, _SEED)[: min(_OFF, units - 1)]
    answer = view.class_names[int(ablated_logits(view.network, view.image, order).argmax())]
    words = view.t("inside.cards.surgery", n=len(order), answer=answer)
    answer_html = (
        f'<span class="{"" if is_narrow_class_name(answer) else "name"}">{escape(answer)}</span>'
    )
    return [
        framed_picture_html(draw_cell_grid(view.unit_strengths, order), kind="wide"),
        answer_html,
    ], words


TOOL = InsideTool(70, draw_neuron_surgery, _surgery_card)
