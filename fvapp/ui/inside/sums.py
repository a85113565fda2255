"""Draws tables of a neuron's weighted sum, and of the softmax steps to probabilities."""

import numpy as np
import streamlit as st

from fvapp.core.answers import softmax_steps
from fvapp.core.glossary import SOFTMAX_WORDS
from fvapp.core.inspection import WrittenSum, unflattened_input_shape
from fvapp.core.wording import share_as_percent
from fvapp.ui.inside.view import InspectedImage
from fvapp.ui.parts import draw_word_popovers, format_signed_number, write_markdown_table

COLDEST = 0.2
HOTTEST = 5.0


def draw_weighted_sum_table(view: InspectedImage, place: int, written: WrittenSum) -> None:
    """Draw a table of a neuron's or filter's weighted sum, with the activation at the end.

    The table lists the largest products, and the total of all others. `place` is the index of the
    layer in the network.
    """
    t = view.t
    rows = [
        (
            describe_input(view, place, product.input_place),
            f"{product.input:.2f}",
            format_signed_number(product.weight, 3),
            format_signed_number(product.product, 3),
        )
        for product in written.largest_products
    ]
    totals = []
    if written.other_product_count:
        totals.append(
            (
                t("inside.neuron.others", n=written.other_product_count),
                format_signed_number(written.other_products_sum, 3),
            )
        )
    totals += [
        (t("inside.neuron.bias"), format_signed_number(written.bias, 3)),
        (f"**{t('inside.neuron.sum')}**", f"**{format_signed_number(written.total, 3)}**"),
    ]
    if written.activation:
        name = t(f"settings.activation.choices.{written.activation}")
        totals.append((t("inside.neuron.activation", name=name), f"**{written.neuron_value:.3f}**"))
    rows += [(words, "", "", number) for words, number in totals]
    head = [t(f"inside.neuron.{name}") for name in ("place", "input", "weight", "product")]
    write_markdown_table(head, rows)


def describe_input(view: InspectedImage, place: int, origin: tuple[int, ...]) -> str:
    """Return words for an input of the layer with index `place`: a pixel, map cell or neuron.

    Args:
        origin: the `input_place` of a :class:`WeightedInput`.
    """
    t = view.t
    if view.network.steps[place].shown_as == "maps":
        row, column, channel = origin
        return t("inside.neuron.in_window", row=row, column=column, channel=channel)
    shape = unflattened_input_shape(view.step_traces, place)
    if len(shape) == 1:
        return t("inside.neuron.name", unit=origin[0])
    row, column, channel = (int(index) for index in np.unravel_index(origin[0], shape))
    if shape[2] == 1:
        return t("inside.neuron.pixel", row=row, column=column)
    return t("inside.neuron.in_map", unit=channel, row=row, column=column)


def draw_softmax_steps(view: InspectedImage) -> None:
    """Draw a table with the classes' sums and the softmax steps to their probabilities.

    A slider sets softmax's temperature.
    """
    t = view.t
    with st.container(key="softmax_steps"):
        st.markdown(t("inside.softmax.about"))
        draw_word_popovers(t, SOFTMAX_WORDS, key="softmax_words")
        own = view.network.temperature
        begin = round(min(HOTTEST, max(COLDEST, own)), 2)
        temperature = st.slider(
            t("inside.softmax.temperature"),
            COLDEST,
            HOTTEST,
            value=begin,
            step=0.05,
            key=f"temperature_{view.model.model_id}",
            help=t("inside.softmax.temperature_help", own=f"{own:.2f}"),
        )
        steps = softmax_steps(
            view.step_traces[-1].sums[0], own if temperature == begin else temperature
        )
        rows = []
        for label in range(view.network.class_count):
            mark = "**" if label == view.answer_label else ""
            rows.append(
                (
                    f"{mark}{view.class_names[label]}{mark}",
                    format_signed_number(steps.logits[label]),
                    format_signed_number(steps.scaled_logits[label])
                    if steps.scaled_logits[label]
                    else "0",
                    f"{steps.exponentials[label]:.4f}",
                    f"{mark}{share_as_percent(float(steps.shares[label]))}{mark}",
                )
            )
        head = [
            t(f"inside.softmax.{name}")
            for name in ("class_name", "sums", "divided", "powers", "shares")
        ]
        write_markdown_table(head, rows)
