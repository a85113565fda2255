"""Draws the data page: any image with its pixel values, examples of each class, and sources."""

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import OWN
from fvapp.core.datasets import DATASETS, Dataset, DatasetInfo
from fvapp.core.errors import FvappError
from fvapp.core.settings import read_setting_value
from fvapp.core.wording import class_names
from fvapp.ui.browser import draw_segmented_control, scroll_into_view
from fvapp.ui.data.examples import draw_own_examples
from fvapp.ui.data.preview import draw_class_examples
from fvapp.ui.examples.naming import DATA_DATASET, draw_own_data_set_steps, go_to_drawing
from fvapp.ui.examples.own_examples import draw_own_data_set_training
from fvapp.ui.examples.own_text import draw_own_text
from fvapp.ui.parts import (
    MY_EXAMPLES,
    dataset_choices,
    dataset_of_model,
    draw_more_data_sets,
    own_data_set_name,
    page_visit_number,
    row_container,
    take_settings_from_address,
)
from fvapp.ui.pictures import draw_picture, draw_pixel_numbers
from fvapp.ui.visit import Visit

PARTS = ("train", "test")
SUGGESTED = (0, 42)  # indices of two images that the course notebook shows
_SIDE = 280  # side of the selected image, in CSS pixels

# Session keys of the page's widgets, whose values are kept for the session, and of the last URL.
_DATASET = DATA_DATASET
_PART = "data_part"
_INDEX = "data_index"
_ADDRESS = "data_address"
_NAMES = ("dataset", "part", "index")  # names of the page's parameters in the URL


def show_page(visit: Visit) -> None:
    """Draw the data page."""
    take_settings_from_address(visit, besides=(*_NAMES, "show"))  # parameters that are not settings
    for key, first in zip(
        (_DATASET, _PART, _INDEX), _default_parameters(visit).values(), strict=True
    ):
        # The default applies if a forged message has cleared a choice, or if a field is empty.
        if st.session_state.get(key) is None:
            st.session_state[key] = first
    _take_parameters_from_address(visit)
    if st.session_state[_DATASET] == OWN:  # the new data set's classes must be named first
        st.session_state[_DATASET] = visit.settings.dataset
        go_to_drawing(visit)
    st.title(visit.t("data.title"))
    visit.messages.draw_message_area()
    name = _draw_dataset_choice(visit)

    with visit.messages.showing_errors():
        dataset = dataset_of_model(visit, name)
        visit = visit.for_dataset(name)
        own = DATASETS[name].is_own
        if dataset.is_in_memory:
            visit.messages.show_notice(visit.t("datasets.in_memory"))
        if DATASETS[name].base_dataset:
            draw_own_text(visit, name)
        elif name == own_data_set_name(visit):
            draw_own_data_set_steps(visit, name)
        elif own:
            draw_own_data_set_training(visit, name)
        if not DATASETS[name].text:
            draw_own_examples(visit, name)
        if len(dataset.x_train):
            _draw_image_with_numbers(visit, dataset)
        if not own:
            draw_class_examples(visit, dataset)
            _draw_dataset_facts(visit, DATASETS[name])
        scroll_into_view(MY_EXAMPLES if st.query_params.get("show") == MY_EXAMPLES else "")


def _default_parameters(visit: Visit) -> dict[str, str | int]:
    """Return the data set, part (training or test) and index to show if the URL has none."""
    return dict(zip(_NAMES, (visit.settings.dataset, PARTS[0], 0), strict=True))


def _take_parameters_from_address(visit: Visit) -> None:
    """Apply the data set, part and index in the URL, once for each URL.

    Invalid values are reported, and the defaults are used.
    """
    state = st.session_state
    query = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    before = state.get(_ADDRESS)
    state[_ADDRESS] = (query, page_visit_number())
    if before == state[_ADDRESS]:
        return
    # If the URL changes but the page stays the same, the visitor has pressed the browser's back
    # button. Then, parameters that are missing from the URL get their defaults.
    if before is not None and before[1] == page_visit_number():
        query = {name: str(value) for name, value in _default_parameters(visit).items()} | query
    if "dataset" in query:
        state[_DATASET] = visit.settings.dataset
        try:
            state[_DATASET] = read_setting_value("dataset", query["dataset"])
        except FvappError as error:
            visit.messages.queue_default_used(error)
    if "part" in query:
        state[_PART] = query["part"] if query["part"] in PARTS else "train"
        if query["part"] not in PARTS:
            visit.messages.queue_default_used(
                FvappError("unknown_part", value=query["part"][:20], choices=", ".join(PARTS))
            )

    if "index" in query:
        images = _count_images(visit, state[_DATASET], state[_PART])
        text = query["index"]
        known = text.isascii() and text.isdigit() and int(text[:10]) < images
        state[_INDEX] = int(text) if known else 0
        if not known:
            visit.messages.queue_default_used(
                FvappError("index_out_of_range", value=text[:20], last=f"{images - 1:,}")
            )


def _count_images(visit: Visit, name: str, part: str) -> int:
    info = DATASETS.get(name)
    if info is None:
        return 0
    if info.is_own:
        dataset = dataset_of_model(visit, name)
        return len(dataset.x_train if part == "train" else dataset.x_test)
    return info.train_images if part == "train" else info.test_images


def _write_url_parameters(visit: Visit, *shown: str | int) -> None:
    """Put the shown data set, part and index into the URL, for reloads and copied links."""
    held = {name: str(value) for name, value in zip(_NAMES, shown, strict=True)}
    first = {name: str(value) for name, value in _default_parameters(visit).items()}
    query = st.session_state[_ADDRESS][0]
    if first | query != held:
        query = held if held != first else {}
        st.query_params.from_dict(query)
        st.session_state[_ADDRESS] = query, page_visit_number()


def _draw_dataset_choice(visit: Visit) -> str:
    held = st.session_state[_DATASET]
    words = dataset_choices(visit, held)
    with row_container("choose_data_set"):
        chosen = draw_segmented_control(
            visit.t("settings.dataset.label"), words, _DATASET, held, persist_state="session"
        )
        draw_more_data_sets(visit, held, lambda name: st.session_state.update({_DATASET: name}))
    return chosen


def _draw_dataset_facts(visit: Visit, info: DatasetInfo) -> None:
    t = visit.t
    with st.expander(t("data.about"), key="data_about", icon=":material/info:"):
        st.markdown(t(info.dataset_text_key("about")))
        with st.container(horizontal=True, key="counts"):
            st.metric(t("data.train_images"), f"{info.train_images:,}", width=150)
            st.metric(t("data.test_images"), f"{info.test_images:,}", width=150)
            st.metric(t("data.size"), "28 × 28", width=150)
            st.metric(t("data.classes"), info.class_count, width=150)
        with st.container(key="source"):
            st.caption(t("datasets.shipped"))


def _draw_image_with_numbers(visit: Visit, dataset: Dataset) -> None:
    t = visit.t
    with st.container(horizontal=True, vertical_alignment="bottom", key="choose_image"):
        # A short text has no test set, so the choice offers only the training set.
        parts = PARTS if len(dataset.x_test) else PARTS[:1]
        words = {name: t(f"data.parts.{name}") for name in parts}
        held = st.session_state[_PART] if st.session_state[_PART] in parts else parts[0]
        part = draw_segmented_control(
            t("data.part"), words, _PART, held, persist_state="session", label_visibility="visible"
        )
        images, labels = (
            (dataset.x_train, dataset.y_train)
            if part == "train"
            else (dataset.x_test, dataset.y_test)
        )
        last = len(images) - 1
        # A newly chosen part or data set may have fewer images than the last index.
        held = st.session_state[_INDEX] = min(st.session_state[_INDEX], last)
        index = st.number_input(
            t("data.index", last=f"{last:,}"),
            0,
            last,
            held,
            step=1,
            key=_INDEX,
            persist_state="session",
            width=220,
        )
        index = held if index is None else index
        _write_url_parameters(visit, dataset.name, part, index)
        for suggested in SUGGESTED if last >= max(SUGGESTED) else ():
            st.button(
                t("data.go_to", index=suggested),
                key=f"index_{suggested}",
                help=t("data.go_to_help"),
                on_click=lambda index=suggested: st.session_state.update({_INDEX: index}),
            )

    image = np.asarray(images[index])
    name = class_names(dataset.name, t)[labels[index]]
    caption = t("data.image_words", index=f"{index:,}", name=name, label=int(labels[index]))
    picture, numbers = st.columns([3, 7], gap="large")
    with picture, st.container(key="data_image"):
        draw_picture(image, dataset.name, _SIDE, caption)
        st.markdown(f"**{caption}**")
        st.caption(t("data.numbers_help"))
    with numbers, st.container(key="data_numbers"):
        draw_pixel_numbers(t, image, t("data.numbers_alt", index=f"{index:,}"))
