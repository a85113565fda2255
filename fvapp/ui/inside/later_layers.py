"""Draws how layers after the first layer respond to the image.

The pictures show which neurons of a layer support the answer, and the selected neuron's inputs.
"""

import streamlit as st

from fvapp.charts.signed_bars import signed_bars_figure
from fvapp.core.inspection import WrittenSum, write_out_sum
from fvapp.ui.browser import draw_select
from fvapp.ui.inside.flow import SHOWN, unit_support_sentences
from fvapp.ui.inside.sums import describe_input, draw_weighted_sum_table
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.parts import draw_chart, format_signed_number


def draw_later_layer(view: InspectedImage, place: int) -> ToolExplanation:
    """Draw bars for the most helpful neurons or for the classes, and the selected bar's inputs.

    Returns:
        An explanation with the weighted sum of the selected neuron or class.
    """
    t = view.t
    trace = view.step_traces[place]
    if place == len(view.step_traces) - 1:
        units = list(range(view.network.class_count))
        names = view.class_names[: view.network.class_count]
        values = trace.sums[0]
        first = view.answer_label
        about = t("inside.layers.sums", class_name=view.answer_class_name)
        title = t("inside.neuron.sum")
    else:
        helping = view.rank_units(place)
        units = [int(unit) for unit in helping.units_by_help[:SHOWN]]
        names = [t("inside.neuron.name", unit=unit) for unit in units]
        values = helping.help_by_unit[units]
        first = units[0]
        about = unit_support_sentences(view, place, helping)
        title = t("inside.layers.help")

    bars, opened_box = st.columns(2, gap="large")
    with bars:
        opened = _draw_unit_bars(view, place, units, names, values, first, title)

    written = write_out_sum(trace, opened)
    with opened_box, st.container(key="neuron"):
        _draw_unit_inputs(view, place, written, names[units.index(opened)])

    def draw_unit_sum() -> None:
        draw_weighted_sum_table(view, place, written)

    return ToolExplanation(about, draw_unit_sum)


def _draw_unit_bars(
    view: InspectedImage,
    place: int,
    units: list[int],
    names: list[str],
    values: list[float],
    first: int,
    title: str,
) -> int:
    """Draw a bar for each neuron or class, and a list of them; return the selected unit."""
    state = st.session_state
    kept = f"opened_{place}"

    def open_chosen_unit(unit: int) -> None:
        if unit in units:
            state[kept] = unit

    opened = state[kept] if state.get(kept) in units else first
    figure = signed_bars_figure(names, values, title, numbers=units, marked=units.index(opened))
    draw_chart(
        figure,
        f"units_{place}",
        _bars_alt_text(names, values),
        on_click=lambda numbers: open_chosen_unit(numbers[0]),
    )
    words = dict(zip(units, names, strict=True))
    draw_select(
        st.selectbox,
        view.t("inside.layers.open"),
        words,
        f"opened_{place}_list",
        opened,
        open_chosen_unit,
        width=240,
    )
    return opened


def _draw_unit_inputs(
    view: InspectedImage, place: int, written: WrittenSum, unit_name: str
) -> None:
    """Draw the terms of a neuron's weighted sum as bars, and its total and output below them."""
    t = view.t
    title = "inside.layers.fed" if written.activation else "inside.layers.fed_class"
    st.markdown(f"**{t(title, name=unit_name)}**")
    names = [
        describe_input(view, place, product.input_place) for product in written.largest_products
    ]
    values = [product.product for product in written.largest_products]
    faint = 1
    if written.other_product_count:
        names.append(t("inside.neuron.others", n=written.other_product_count))
        values.append(written.other_products_sum)
        faint = 2
    names.append(t("inside.neuron.bias"))
    values.append(written.bias)
    figure = signed_bars_figure(names, values, t("inside.layers.product"), faint=faint)
    draw_chart(figure, f"fed_{place}", _bars_alt_text(names, values))
    if written.activation:
        st.markdown(
            t(
                "inside.layers.comes_to",
                sum=format_signed_number(written.total),
                activation=t(f"settings.activation.choices.{written.activation}"),
                value=f"{written.neuron_value:.2f}",
            )
        )
    else:
        st.markdown(t("inside.layers.class_comes_to", sum=format_signed_number(written.total)))


def _bars_alt_text(names: list[str], values: list[float]) -> str:
    """Return a description of signed bars for screen readers."""
    return "; ".join(
        f"{name}: {format_signed_number(value)}" for name, value in zip(names, values, strict=True)
    )
