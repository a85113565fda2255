"""Draws the layers tool: what each layer of the network computes for the image."""

import numpy as np
import streamlit as st

from fvapp.core.inspection import (
    first_hidden_step,
    signed_feature_maps,
    unflattened_input_shape,
    weighted_pixel_pictures,
)
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.wording import Translate
from fvapp.ui.browser import draw_segmented_control
from fvapp.ui.inside.card import Card, signed_picture_html
from fvapp.ui.inside.flow import draw_first_layer
from fvapp.ui.inside.later_layers import draw_later_layer
from fvapp.ui.inside.maps import draw_feature_maps
from fvapp.ui.inside.sums import draw_softmax_steps
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation


def draw_way_through_layers(view: InspectedImage) -> ToolExplanation | None:
    """Draw buttons for the layers, and what the chosen layer computes for the image."""
    with st.container(key="network_flow"):
        place = _draw_layer_choice(view)
        if view.network.steps[place].shown_as == "maps":
            layer = draw_feature_maps(view, place)
        elif unflattened_input_shape(view.step_traces, place) == (*IMAGE_SHAPE, 1):
            layer = draw_first_layer(view, place)
        else:
            layer = draw_later_layer(view, place)

    def draw_layer_sums() -> None:
        layer.draw_details()
        if any(step.shown_as == "neurons" for step in view.network.steps[place + 1 : -1]):
            st.caption(view.t("inside.layers.slope"))
        draw_softmax_steps(view)

    return ToolExplanation(layer.sentences, draw_layer_sums)


def _draw_layer_choice(view: InspectedImage) -> int:
    """Draw buttons for the layers, if there are several; return the index of the chosen layer."""
    t = view.t
    names = _layer_names(view, t)
    if len(names) == 1:
        return next(iter(names))
    # The key lists the layers, so that the choice is forgotten for a network with other layers.
    key = "layer_" + "_".join(map(str, names))
    return draw_segmented_control(t("inside.layers.choose"), names, key)


def _layer_names(view: InspectedImage, t: Translate) -> dict[int, str]:
    """Return the name of each layer with weights, by the layer's index in the network."""
    steps = view.network.steps
    convolutions = [place for place, step in enumerate(steps) if step.shown_as == "maps"]
    hidden = [place for place, step in enumerate(steps[:-1]) if step.shown_as == "neurons"]
    names = {
        place: t("inside.layers.convolution", n=n) for n, place in enumerate(convolutions, start=1)
    }
    if len(hidden) == 1:
        names[hidden[0]] = t("inside.layers.only_hidden")
    else:
        names |= {place: t("inside.layers.hidden", n=n) for n, place in enumerate(hidden, start=1)}
    return names | {len(steps) - 1: t("inside.layers.output")}


def _layers_tool_card(view: InspectedImage) -> Card:
    network = view.network
    t = view.t
    place = 0 if network.is_convolutional else first_hidden_step(network)
    if place is None:
        order = np.argsort(-view.class_probabilities)[:4]
        return [
            signed_picture_html(weighted_pixel_pictures(network, view.image)[unit], view.image)
            for unit in order
        ], t("inside.cards.one_layer")
    helping = view.rank_units(place)
    pictures = (
        signed_feature_maps(view.step_traces[0])
        if network.is_convolutional
        else weighted_pixel_pictures(network, view.image)
    )
    under = None if network.is_convolutional else view.image
    kind = "filters" if network.is_convolutional else "neurons"
    words = t(f"inside.cards.{kind}", firing=helping.firing_count, n=len(helping.help_by_unit))
    return [signed_picture_html(pictures[unit], under) for unit in helping.units_by_help[:4]], words


TOOL = InsideTool(10, draw_way_through_layers, _layers_tool_card, works_in_training=True)
