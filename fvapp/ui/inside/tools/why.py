"""Draws the "Why" tool: how much each part of the image contributes to the answer."""

import numpy as np
import streamlit as st

from fvapp.core.datasets import characters_by_row
from fvapp.core.inspection import (
    CoveredLogitsQuestion,
    cover_each_pixel,
    cover_each_row,
    gradient_times_input,
    occlusion_map,
)
from fvapp.ui.browser import draw_segmented_control
from fvapp.ui.inside.card import Card, dataset_image_html, signed_picture_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.parts import cache_in_session, row_container
from fvapp.ui.pictures import draw_tiles, tile_cell_hint

FINE = 3
COARSE = 7
_SIDE = 330  # side of the heatmap, in CSS pixels
_COVERED = "inside_covered"


def draw_occlusion_heatmap(view: InspectedImage) -> ToolExplanation | None:
    """Draw a heatmap of how much the answer changes when a part of the image is covered."""
    t = view.t
    if view.network.class_count < 2:
        st.info(t("inside.one_class"))
        return None
    order = np.argsort(-view.class_probabilities)
    second = int(order[1])

    with st.container(key="heatmap"):
        with row_container():
            words = {
                False: t("inside.why.against_all", answer=view.answer_class_name),
                True: t("inside.why.against_second", second=view.class_names[second]),
            }
            against = draw_segmented_control(t("inside.why.compare"), words, "heat_against")
            is_text = view.text_form is not None
            fine = not is_text and st.toggle(t("inside.why.fine"), key="heat_fine")
        other = second if against else None
        cover = FINE if fine else COARSE
        with st.container(key="heat_pictures"):
            caption = t("inside.why.without") if is_text else t("inside.why.occlusion", n=cover)
            draw_tiles(
                _cached_occlusion(view, other, cover)[None],
                key="heat",
                label=caption,
                captions=[caption],
                size=_SIDE,
                hint=tile_cell_hint(t),
                under=view.image,
                rows=characters_by_row(view.image, view.model.dataset),
            )
            st.markdown(t("inside.why.colours", answer=view.answer_class_name))

    return ToolExplanation(t("inside.why.about_rows") if is_text else t("inside.why.about"))


def _cached_occlusion(view: InspectedImage, against: int | None, cover: int) -> np.ndarray:
    """Return how covering each part of the image changes the answer; cached in the session.

    While the network trains, the result is recomputed only once per epoch. In a network with
    convolutions, the computation takes too long to repeat every second.
    """
    epoch = view.model.run_record.epoch if view.model.run_record else 0
    name = (
        view.model.model_id,
        epoch,
        view.model.is_training,
        view.image.tobytes(),
        view.answer_label,
        against,
        cover,
    )
    return cache_in_session(_COVERED, name, lambda: _compute_occlusion(view, against, cover))


def _compute_occlusion(view: InspectedImage, against: int | None, cover: int) -> np.ndarray:
    is_text = view.text_form is not None
    covered, which = cover_each_row(view.image) if is_text else cover_each_pixel(view.image, cover)
    if view.network.is_convolutional and not view.model.is_training:
        question = CoveredLogitsQuestion(
            len(view.model.loaded_dataset.x_test), view.image.tobytes(), cover
        )
        logits = view.visit.engine.answers.answer_question(
            view.visit.token, view.model.model_id, question
        )
    else:
        logits = view.network.logits(covered)
    return occlusion_map(logits, which, view.answer_label, against)


def _why_tool_card(view: InspectedImage) -> Card:
    heat = gradient_times_input(view.network, view.image, view.answer_label)
    against = int(np.argsort(-view.class_probabilities)[:2][-1])
    other = gradient_times_input(view.network, view.image, view.answer_label, against)
    pictures = [
        dataset_image_html(view, view.image),
        signed_picture_html(heat, view.image),
        signed_picture_html(other, view.image),
    ]
    return pictures, view.t("inside.cards.why", answer=view.answer_class_name)


TOOL = InsideTool(40, draw_occlusion_heatmap, _why_tool_card, works_in_training=True)
