"""Draws how the first dense layer responds to the image, neuron by neuron."""

import numpy as np
import streamlit as st

from fvapp.core.datasets import characters_by_row
from fvapp.core.errors import FvappError
from fvapp.core.inspection import (
    SMOOTHED,
    UnitHelpRanking,
    is_silent_below_zero,
    weight_change_pictures,
    weight_pictures,
    weighted_pixel_pictures,
    write_out_sum,
)
from fvapp.core.wording import join_sentences, share_as_percent
from fvapp.ui.browser import draw_segmented_control
from fvapp.ui.inside.sums import draw_weighted_sum_table
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.parts import format_signed_number
from fvapp.ui.pictures import TileClick, draw_tiles, tile_cell_hint

SHOWN = 10
PICTURES = ("products", "changed", "weights")
_SUM = 420  # width of the table with a neuron's sum, in CSS pixels
_SMALL = 62  # side of a small picture, in CSS pixels
_LARGE = 340  # side of the large picture, in CSS pixels
_NEURON = "inside_neuron"


def draw_first_layer(view: InspectedImage, place: int) -> ToolExplanation:
    """Draw the neurons that support the answer most; without a hidden layer, draw the classes.

    Returns:
        An explanation of the pictures, with the weighted sum of the selected neuron or class.
    """
    t = view.t
    if place == len(view.network.steps) - 1:
        about = t("inside.flow.classes")
        sums = view.step_traces[-1].sums[0]
        units = list(range(view.network.class_count))
        captions = labels = [
            f"{view.class_names[unit]} {format_signed_number(sums[unit])}" for unit in units
        ]
        label = t("inside.flow.label_classes")
    else:
        helping = view.rank_units(place)
        units = [int(unit) for unit in helping.units_by_help[:SHOWN]]
        about = unit_support_sentences(view, place, helping)
        captions = [format_signed_number(helping.help_by_unit[unit]) for unit in units]
        labels = [
            t("inside.flow.tile", unit=unit, help=text)
            for unit, text in zip(units, captions, strict=True)
        ]
        label = t("inside.flow.label", class_name=view.answer_class_name)

    st.markdown(f"**{label}**")
    opened, shown = _draw_unit_pictures(view, units, captions, label=label, labels=labels)

    def draw_unit_sum() -> None:
        st.caption(t(f"inside.flow.about.{shown}"))
        with st.container(key="neuron"):
            st.markdown(f"**{t('inside.neuron.title', unit=opened)}**")
            with st.container(width=_SUM):
                draw_weighted_sum_table(view, place, write_out_sum(view.step_traces[place], opened))

    return ToolExplanation(about, draw_unit_sum)


def unit_support_sentences(view: InspectedImage, place: int, helping: UnitHelpRanking) -> str:
    """Return sentences on how many neurons fire, and how much those shown support the answer."""
    t = view.t
    kind = "fires" if is_silent_below_zero(view.network.steps[place]) else "loud"
    shown = min(SHOWN, len(helping.help_by_unit))
    others, rest = helping.help_of_remaining_units(shown)
    return join_sentences(
        t,
        t(
            f"inside.flow.{kind}",
            n=f"{len(helping.help_by_unit):,}",
            class_name=view.answer_class_name,
            shown=shown,
            firing=helping.firing_count,
        ),
        t(
            "inside.flow.share",
            share=share_as_percent(helping.help_share_of_top_units(shown)),
            others=others,
            rest=format_signed_number(rest),
            shown=shown,
        ),
    )


def _draw_unit_pictures(
    view: InspectedImage, units: list[int], captions: list[str], *, label: str, labels: list[str]
) -> tuple[int, str]:
    """Draw small pictures of the given neurons or classes, and a large one of the selected unit.

    Return the selected neuron or class, and the kind of pictures, one of `PICTURES` or "raw".
    """
    t = view.t
    state = st.session_state
    chosen = _draw_picture_kind_choice(view)
    pictures = _unit_pictures(view, chosen, units)
    if pictures is None:
        st.caption(t("inside.flow.no_start"))
        pictures = weight_pictures(view.network.weighted_steps[0].kernel)[units]
        chosen = "weights"

    def open_clicked_neuron(click: TileClick) -> None:
        state[_NEURON] = units[click.tile]

    opened = state.get(_NEURON)
    if opened not in units:
        opened = units[0] if len(view.network.weighted_steps) > 1 else view.answer_label
    at = units.index(opened)
    under = view.image if chosen == "products" else None
    with st.container(key="flow_pictures_row"):
        draw_tiles(
            pictures,
            key="flow",
            label=label,
            captions=captions,
            labels=labels,
            size=_SMALL,
            hint=tile_cell_hint(t),
            under=under,
            on_click=open_clicked_neuron,
            chosen=at,
            stretch=True,
        )
        draw_tiles(
            pictures[at][None],
            key="neuron_picture",
            label=labels[at],
            captions=[f"{t('inside.neuron.name', unit=opened)} · {captions[at]}"],
            rows=characters_by_row(view.image, view.model.dataset) if chosen == "products" else (),
            size=_LARGE,
            hint=tile_cell_hint(t),
            under=under,
        )
    return opened, chosen


def _draw_picture_kind_choice(view: InspectedImage) -> str:
    t = view.t
    # The initial weights of shipped models are unknown, so the weights' changes cannot be shown.
    choices = PICTURES if view.model.run_record else ("products", "weights")
    words = {name: t(f"inside.flow.pictures.{name}") for name in choices}
    chosen = draw_segmented_control(t("inside.flow.show"), words, "flow_pictures")
    raw = chosen == "changed" and st.toggle(t("inside.flow.raw"), key="flow_raw")
    return "raw" if raw else chosen


def _unit_pictures(view: InspectedImage, chosen: str, units: list[int]) -> np.ndarray | None:
    first = view.network.weighted_steps[0]
    if chosen == "products":
        return weighted_pixel_pictures(view.network, view.image)[units]
    if chosen == "weights":
        return weight_pictures(first.kernel)[units]
    try:
        start = view.visit.engine.answers.initial_kernel(view.visit.token, view.model.model_id)
    except FvappError:
        return None
    if start is None or start.shape != first.kernel.shape:
        return None
    return weight_change_pictures(
        first.kernel[:, units], start[:, units], 0 if chosen == "raw" else SMOOTHED
    )
