"""Under the answer: keep the image as an own example, have the network learn it, see what it forgot."""

from __future__ import annotations

import streamlit as st

from fvapp.core.preparation import Strokes
from fvapp.core.runs import RunRecord
from fvapp.ui.draw.answer import Answers, Question
from fvapp.ui.parts.own_examples import draw_labels
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.picture_sources import Picture
from fvapp.ui.parts.teaching import draw_next_steps, draw_taught, draw_teach
from fvapp.ui.visit import Visit


def draw_own(
    visit: Visit, picture: Picture, question: Question, answers: Answers, run: RunRecord | None, dataset: str
) -> None:
    """Draw the labels; of a kept image also the button that teaches, or what came of teaching it.

    A test image is no example: it would be asked again as what the network never learned from.
    """
    if picture.label is not None:
        return
    source = "drawing" if isinstance(picture.source, Strokes) else "picture"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="keep_example"):
        example = draw_labels(visit, dataset, question.prepared.image, answers.prepared, source)
        if example is None or example.place == "test":
            return
        is_taught = run is not None and run.taught and run.taught.outcome and example.id in run.taught.examples
        if run is None:
            with st.container(key="teach", width="content"):
                link = visit.t("teaching.train_first")
                st.page_link(page_path("train"), label=link, icon=":material/school:")
        elif not is_taught:
            draw_teach(visit, run, [example.id])
    if is_taught:
        with st.container(key="taught", border=True):
            draw_taught(visit, run)
            draw_next_steps(visit, run)
