"""Mission A: pictures as numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.errors import FvappError
from fvapp.core.lessons import Verdict
from fvapp.core.lessons.looking import judge_pixels
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.pixels import draw_pixels

SUGGESTED = (0, 42)
_ENLARGED = 5  # screen pixels for a pixel


def draw_pictures(lesson: Lesson) -> None:
    """Draw pictures, one of which the visitor chooses and has checked."""
    t, own = lesson.visit.t, lesson.own
    dataset = _open(lesson)
    if dataset is None:
        return
    st.markdown(t(f"lessons.{lesson.mission.id}.task"))
    last = len(dataset.x_train) - 1
    row, pictures = st.container(horizontal=True, vertical_alignment="bottom"), st.container(horizontal=True)
    with row:
        index = st.number_input(
            t("lessons.page.image_index", last=f"{last:,}"),
            0,
            last,
            min(SUGGESTED[-1] if own.image is None else own.image, last),
            step=1,
            width=280,
            key="mission_image",
        )
        st.button(t("lessons.page.look_button"), key="mission_run", type="primary", on_click=_check, args=(lesson,))
    with pictures:
        for shown in dict.fromkeys((*SUGGESTED, index)):
            draw_image(lesson, dataset, "train", shown)
    with st.expander(t("lessons.page.pixels_title", index=index)):
        divisor = 255 if st.toggle(t("lessons.look.divide"), key="mission_divide") else 1
        draw_pixels(t, np.asarray(dataset.x_train[index]), t("lessons.page.pixels_title", index=index), divisor)


def draw_checked(lesson: Lesson) -> Verdict | None:
    """Draw the image that was checked; return the verdict on it."""
    dataset, index = _open(lesson), lesson.own.image
    if dataset is None or index is None or index >= len(dataset.x_train):
        return None
    with st.container(key="mission_pictures"):
        draw_image(lesson, dataset, "train", index)
    return judge_pixels(index, np.asarray(dataset.x_train[index]))


def _check(lesson: Lesson) -> None:
    lesson.keep(image=int(st.session_state["mission_image"]), verdicts=())
    show_screen(lesson.mission, "result")


def _open(lesson: Lesson) -> Dataset | None:
    try:
        return open_dataset(lesson.mission.dataset)
    except FvappError as error:
        lesson.visit.messages.say_error(error)
        return None


def draw_image(lesson: Lesson, dataset: Dataset, part: str, index: int) -> None:
    """Draw one image of the training or test set, enlarged, with its class below."""
    t = lesson.visit.t
    images, labels = (dataset.x_train, dataset.y_train) if part == "train" else (dataset.x_test, dataset.y_test)
    label = int(labels[index])
    words = t(
        f"lessons.page.{part}_caption",
        index=index,
        name=t(DATASETS[dataset.name].class_names[label]),
        label=label,
    )
    enlarged = np.kron(np.asarray(images[index]), np.ones((_ENLARGED, _ENLARGED), np.uint8))
    with st.container(width=28 * _ENLARGED + 80):
        st.image(enlarged, alt=words)
        st.caption(words)
