"""Draws a network's answer to an image, and a slider that sets which answers count as unsure."""

import streamlit as st

from fvapp.core.answers import SURE_FROM, Answer
from fvapp.core.datasets import DATASETS
from fvapp.core.teaching import TaughtExample
from fvapp.core.wording import class_names, join_sentences, share_as_percent
from fvapp.ui.visit import Visit

_SURE_FROM_PERCENT = round(100 * SURE_FROM)


def draw_answer_headline(
    visit: Visit, answer: Answer, dataset: str, taught: TaughtExample | None = None
) -> str:
    """Draw the predicted class and its percentage; return the sentence for screen readers.

    A line below the answer warns if the image is unlike the training images.

    Args:
        taught: the outcome of teaching this image to the network, so that the image is not unlike
            those it learned from. If teaching changed the answer, the headline shows both answers.
    """
    t = visit.t
    names = class_names(dataset, t)
    headline = None
    if taught is not None and taught.before != taught.after == taught.label:
        headline = t("teaching.became", before=names[taught.before], after=names[taught.after])
    sure = answer.confidence >= st.session_state.get("threshold", _SURE_FROM_PERCENT) / 100
    words = f"{names[answer.predicted_label]} · {share_as_percent(answer.confidence)}"
    announcement = headline or t("draw.said" if sure else "draw.said_perhaps", answer=words)
    st.header(headline or (words if sure else t("draw.perhaps", answer=words)), anchor=False)
    if answer.is_unlike_training and taught is None:
        unlike = t(DATASETS[dataset].dataset_text_key("unlike"))
        announcement = join_sentences(t, announcement, unlike)
        st.caption(unlike)
    return announcement


def draw_confidence_threshold(visit: Visit) -> None:
    """Draw the slider for the probability below which an answer counts as unsure."""
    st.slider(
        visit.t("draw.threshold"),
        0,
        100,
        step=5,
        value=_SURE_FROM_PERCENT,
        format="%d%%",
        key="threshold",
        persist_state="session",
        help=visit.t("draw.threshold_help"),
    )
