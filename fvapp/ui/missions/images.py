"""Draws a single image of a mission's data set."""

import numpy as np
import streamlit as st

from fvapp.core.wording import class_name
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.pictures import draw_picture

_SIDE = 140  # side of an image, in CSS pixels


def draw_dataset_image(opened: OpenMission, part: str, index: int) -> None:
    """Draw an enlarged image of the training or test set, with its class below it."""
    dataset = opened.dataset
    images, labels = (
        (dataset.x_train, dataset.y_train) if part == "train" else (dataset.x_test, dataset.y_test)
    )
    label = int(labels[index])
    words = opened.t(
        f"missions.page.{part}_caption",
        index=index,
        name=class_name(label, dataset.name, opened.t),
        label=label,
    )

    with st.container(width=_SIDE + 80):
        draw_picture(np.asarray(images[index]), dataset.name, _SIDE, words)
        st.caption(words)
