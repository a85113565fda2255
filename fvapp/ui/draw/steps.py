"""What the network sees: the 28x28 image, and the steps that lead to it, each with a switch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.ui.draw.answer import Question
from fvapp.ui.visit import Visit

_ENLARGED = 4  # screen pixels for a pixel of the 28x28 image
_STEP_WIDTH = 112
_SEEN_WIDTH = 112


def draw_seen(visit: Visit, question: Question | None) -> None:
    """Draw the 28x28 image as the network gets it."""
    t = visit.t
    with st.container(key="seen_28", width=_SEEN_WIDTH):
        if question is None:
            st.image(_enlarged(np.zeros((28, 28), np.uint8)), alt=t("draw.seen_empty_alt"), width=_SEEN_WIDTH)
        else:
            st.image(_enlarged(question.prepared.image), alt=t("draw.seen_alt"), width=_SEEN_WIDTH)


def draw_steps(visit: Visit, question: Question) -> None:
    """Draw the strip of steps, each with what came out of it and a switch where it can be left out."""
    t = visit.t
    st.header(t("draw.steps"))
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
