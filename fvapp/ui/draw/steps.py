"""What the network sees: the 28x28 image, and the steps that lead to it, each with a switch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.ui.draw.answer import Question, class_names
from fvapp.ui.parts.picture_sources import Picture
from fvapp.ui.visit import Visit

_ENLARGED = 8  # screen pixels for a pixel of the 28x28 image
_STEP_WIDTH = 112


def draw_seen(visit: Visit, picture: Picture | None, question: Question | None, dataset: str) -> None:
    """Draw the 28x28 image as the network gets it, beside the original where that is not the canvas."""
    t = visit.t
    if picture is not None and picture.original is not None:
        st.image(picture.original, width=_STEP_WIDTH, caption=t("draw.original"), alt=t("draw.original"))
    with st.container(key="seen_28"):
        if question is None:
            st.image(_enlarged(np.zeros((28, 28), np.uint8)), alt=t("draw.seen_empty_alt"))
            st.caption(t("draw.seen_empty"))
        else:
            st.image(_enlarged(question.prepared.image), alt=t("draw.seen_alt"))
            st.caption(_caption(visit, picture, dataset))


def _caption(visit: Visit, picture: Picture, dataset: str) -> str:
    """Say what is shown; of a test image also what it really is."""
    if picture.label is None:
        return visit.t("draw.seen_help")
    return visit.t("draw.true_class", answer=class_names(visit, dataset)[picture.label])


def draw_steps(visit: Visit, question: Question) -> None:
    """Draw the strip of steps, each with what came out of it and a switch where it can be left out."""
    t = visit.t
    st.subheader(t("draw.steps"))
    st.caption(t("draw.steps_help"))
    with st.container(horizontal=True, key="steps"):
        for step in question.prepared.steps:
            with st.container(width=_STEP_WIDTH + 40):
                name = t(f"preparation.steps.{step.name}.label")
                st.image(step.image, width=_STEP_WIDTH, alt=name)
                if step.name in question.prepared.switchable:
                    st.toggle(name, value=True, key=f"step_{step.name}", help=t(f"preparation.steps.{step.name}.help"))
                else:
                    st.caption(name)


def switched_off(names: Sequence[str]) -> frozenset[str]:
    """Return the steps that the visitor has switched off."""
    return frozenset(name for name in names if not st.session_state.get(f"step_{name}", True))


def _enlarged(image: np.ndarray) -> np.ndarray:
    return np.kron(image, np.ones((_ENLARGED, _ENLARGED), np.uint8))
