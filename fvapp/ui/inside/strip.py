"""Draws the row at the top of the "Look inside" page, with image, network and answer."""

import zlib

import numpy as np
import streamlit as st

from fvapp.charts.strip import StripData, strip_html
from fvapp.core.datasets import DATASETS, image_text_lines
from fvapp.core.errors import BlankError, FvappError
from fvapp.core.inspection import count_units
from fvapp.core.preparation import prepare_drawing_or_photo
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.wording import share_as_percent
from fvapp.ui.browser import draw_popover
from fvapp.ui.inside.shown import draw_html
from fvapp.ui.inside.view import InspectedImage, InspectedModel
from fvapp.ui.parts import row_container
from fvapp.ui.pictures import (
    draw_canvas_source,
    draw_picture_upload,
    draw_test_image_picker,
    draw_typed_text_field,
    read_chosen_picture,
)
from fvapp.ui.visit import Visit

_SIDE = 284  # side of the canvas, in CSS pixels
_WINDOW_HEIGHT = 560
_KEPT = "inside_picture"
_CAME = "inside_question"
_PASSED = "inside_passed"  # session key: checksum of the image that was last shown


ChosenImage = tuple[np.ndarray, int | None]  # an image, and the label of its class if known


def draw_answer_strip(visit: Visit, model: InspectedModel) -> InspectedImage:
    """Draw the image, network and answer in a row; return the image with the answer."""
    with row_container("inside_strip"):
        strip = st.container(key="inside_answer")
        another = st.container(key="inside_another", width="content")

    with another:
        draw_popover(
            "another_image",
            visit.t("inside.another"),
            _WINDOW_HEIGHT,
            _draw_picture_sources,
            visit,
            model.dataset,
            icon=":material/edit:",
        )

    _keep_chosen_picture(visit, model)
    view = InspectedImage(visit, model, *_chosen_image(model))
    with strip:
        number = zlib.crc32(view.image.tobytes())
        is_new = st.session_state.get(_PASSED, number) != number
        st.session_state[_PASSED] = number
        draw_html(strip_html(_make_strip_data(view), is_new), key="strip")
    return view


def _draw_picture_sources(visit: Visit, dataset: str) -> None:
    with st.container(key="inside_picture"):
        if DATASETS[dataset].text:
            draw_typed_text_field(visit)
            draw_test_image_picker(visit, dataset)
            return
        draw_canvas_source(visit, dataset, _SIDE)
        draw_test_image_picker(visit, dataset)
        draw_picture_upload(visit)


def _make_strip_data(view: InspectedImage) -> StripData:
    """Return the data of the top row: the image, the last hidden layer's units, and the answer."""
    network = view.network
    *before, last = view.step_traces
    inputs = last.inputs[0].reshape(-1)
    given = inputs[:, None] * network.last_step.kernel
    first = before[-1] if before else last
    arriving = None
    cells = np.zeros(0)
    if len(network.weighted_steps) > 1:
        units = count_units(network)
        given = given.reshape(-1, units, network.class_count).sum(axis=0)
        cells = view.unit_strengths
        if len(network.weighted_steps) == 2 and first.step.shown_as == "neurons":
            arriving = (first.inputs[0].reshape(-1, 1) * network.weighted_steps[0].kernel).T
    share = share_as_percent(float(view.class_probabilities[view.answer_label]))
    kept = choose_classes_to_show(view.class_probabilities)
    alt = view.t("draw.bars_alt", best=view.likeliest_classes_text(view.class_probabilities))
    names = [view.class_names[label] for label in kept]
    label = (
        ""
        if view.true_label is None
        else view.t("inside.labelled", class_name=view.class_names[view.true_label])
    )
    return StripData(
        view.image,
        cells,
        arriving,
        given[:, kept],
        view.class_probabilities[kept],
        names,
        view.answer_class_name,
        share,
        label,
        alt,
        *image_text_lines([view.image], view.model.dataset),
    )


def _chosen_image(model: InspectedModel) -> ChosenImage:
    """Return the image that the visitor last drew or chose, else the first test image."""
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == model.dataset:
        return kept[1]
    return model.loaded_dataset.x_test[0], int(model.loaded_dataset.y_test[0])


def _keep_chosen_picture(visit: Visit, model: InspectedModel) -> None:
    """Store the picture that the visitor last drew or chose, here or on the draw page."""
    state = st.session_state
    question = st.session_state.get("question")
    # The draw page's prepared picture is copied to this page only once. Uploaded files and other
    # sources are not shared between pages.
    if (
        question is not None
        and state.get(_CAME) != question.question_key
        and question.question_key[1] == model.dataset
    ):
        state[_CAME] = question.question_key
        state[_KEPT] = (model.dataset, (question.preparation.image, None))

    try:
        picture = read_chosen_picture(model.visit, model.dataset)
        if picture is None:
            return
        image = prepare_drawing_or_photo(picture.content, model.dataset).image
        state[_KEPT] = (model.dataset, (image, picture.true_label))
    except BlankError as error:
        st.info(error.to_sentence(visit.t))
    except FvappError as error:
        st.warning(error.to_sentence(visit.t))
