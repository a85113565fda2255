"""Draws the network's input, and the preparation steps before it, which can be switched off."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.ui.draw.answer import PictureQuestion
from fvapp.ui.visit import Visit

_WIDTH = 112  # width in CSS pixels at which a 28 x 28 image is shown


def draw_network_input(visit: Visit, question: PictureQuestion | None) -> None:
    """Draw the 28 x 28 image that the network gets as its input."""
    with st.container(key="seen_28", width=_WIDTH):
        image = np.zeros((28, 28), np.uint8) if question is None else question.preparation.image
        st.image(
            image,
            alt="" if question is None else visit.t("draw.seen_alt"),
            width=_WIDTH,
            output_format="PNG",
        )


def draw_preparation_steps(visit: Visit, question: PictureQuestion) -> None:
    """Draw each preparation step with its result, and a switch if the step can be left out."""
    t = visit.t
    st.markdown(f"**{t('draw.steps')}**")
    st.caption(t("draw.steps_help"))
    with st.container(horizontal=True, key="steps"):
        for step in question.preparation.steps:
            with st.container(width=_WIDTH + 40):
                name = t(f"preparation.steps.{step.name}.label")
                st.image(step.picture_after_step, width=_WIDTH, alt=name)
                if step.name in question.preparation.optional_preparation_step_names:
                    st.toggle(
                        name,
                        value=True,
                        key=f"step_{step.name}",
                        help=t(f"preparation.steps.{step.name}.help"),
                        persist_state="session",
                    )
                else:
                    st.caption(name)


def switched_off_steps(names: Sequence[str]) -> frozenset[str]:
    """Return those of the named preparation steps that the visitor has switched off."""
    return frozenset(name for name in names if not st.session_state.get(f"step_{name}", True))
