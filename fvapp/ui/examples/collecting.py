"""Draws buttons that collect drawings for the visitor's own data set.

Each class has a button that keeps the drawing and clears the canvas.
"""

from functools import partial

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.preparation import Strokes, prepare_drawing_or_photo
from fvapp.ui.messages import queue_message
from fvapp.ui.parts import draw_command_button, kept_examples
from fvapp.ui.pictures import ChosenPicture, clear_canvas, draw_tiles, return_to_canvas
from fvapp.ui.visit import Visit

_STRIP = 5  # number of latest drawings shown, which fit side by side on a phone


def draw_collecting_buttons(visit: Visit, picture: ChosenPicture | None, dataset: str) -> None:
    """Draw a button for each class that keeps the drawing, and the latest kept drawings.

    A test image cannot be kept.
    """
    t = visit.t
    names = DATASETS[dataset].english_names
    mine = kept_examples(visit, dataset)
    counts = np.bincount([example.label for example in mine], minlength=len(names))

    source = None
    if picture is not None and not isinstance(picture.content, np.ndarray):
        source = picture.content

    def keep_drawing(label: int) -> None:
        if source is None:
            return
        with visit.messages.queueing_errors():
            image = prepare_drawing_or_photo(source, dataset).image
            is_drawing = isinstance(source, Strokes)
            example = visit.engine.examples.keep_example(
                visit.token, dataset, image, label, "drawing" if is_drawing else "picture"
            )
            if example in mine:
                queue_message(t("own.same", name=names[label]))
            clear_canvas() if is_drawing else return_to_canvas()

    st.caption(t("own.keep_as"))
    with st.container(horizontal=True, key="collecting"):
        for label, name in enumerate(names):
            words = f"{name} · {counts[label]}"
            st.button(
                words,
                key=f"collect_{label}",
                disabled=source is None,
                on_click=partial(keep_drawing, label),
            )

    if mine:
        shown = mine[: -_STRIP - 1 : -1]
        captions = [names[example.label] for example in shown]
        pictures = np.stack([example.image for example in shown])
        draw_tiles(pictures, key="collected", label=t("own.latest"), captions=captions, size=48)
        draw_command_button(
            visit,
            t("own.undo", name=captions[0]),
            "collect_undo",
            visit.engine.examples.delete_examples,
            [mine[-1].id],
            type="tertiary",
            icon=":material/undo:",
        )
