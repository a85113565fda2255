"""The image on its way: the drawing that came along, a new one, or a test image."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from fvapp.charts.probabilities import probabilities_figure
from fvapp.core.answers import SURE_FROM, Answer
from fvapp.core.errors import BlankError, FvappError
from fvapp.core.preparation import prepare
from fvapp.core.wording import percent
from fvapp.ui.inside.view import Model, View
from fvapp.ui.parts.picture_sources import draw_drawing, draw_test_image, read_picture
from fvapp.ui.visit import Visit

_ENLARGED = 4
_SIDE, _CONTROLS = 284, 220  # CSS pixels
_KEPT = "inside_picture"
_CAME = "inside_question"


@dataclass(frozen=True)
class Chosen:
    """An image and, where it is known, its class."""

    image: np.ndarray
    label: int | None = None

    @property
    def number(self) -> int:
        """Another one for another image."""
        return zlib.crc32(self.image.tobytes())


def chosen_image(model: Model) -> Chosen:
    """Return the image of this page as the visitor last left it; before that the first test image."""
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == model.dataset:
        return kept[1]
    return Chosen(np.asarray(model.data.x_test[0]), int(model.data.y_test[0]))


def draw_picture(visit: Visit, model: Model) -> View:
    """Draw where the image comes from, what the network sees, and what it answers."""
    t = visit.t
    with st.container(key="inside_picture"):
        drawing, seeing = st.columns([1, 1], gap="large")
    with drawing:
        st.caption(t("inside.draw_here"))
        with st.container(horizontal=True, gap="small"):  # beside each other at 1280
            with st.container(width=_SIDE):
                draw_drawing(visit, model.dataset, "inside", _SIDE)
            with st.container(width=_CONTROLS):
                draw_test_image(visit, model.dataset)
    _take_picture(visit, model)
    chosen = chosen_image(model)
    view = View(visit, model, chosen.image, chosen.label)
    with seeing:
        with st.container(horizontal=True, vertical_alignment="center"):
            pixels = np.kron(chosen.image, np.ones((_ENLARGED, _ENLARGED), np.uint8))
            st.image(pixels, alt=t("draw.seen_alt"), width=pixels.shape[0])
            known = chosen.label is not None
            st.caption(t("draw.true_class", answer=view.names[chosen.label]) if known else t("draw.seen_help"))
        _draw_bars(view)
    return view


def _draw_bars(view: View) -> None:
    t = view.visit.t
    answer = Answer(tuple(view.shares.tolist()), view.answer, bool(view.shares[view.answer] >= SURE_FROM))
    names = view.names[: view.network.classes]
    figure = probabilities_figure(answer, names, t)
    best = ", ".join(f"{names[i]} {percent(float(view.shares[i]))}" for i in np.argsort(-view.shares)[:3])
    with st.container(key="inside_answer"):
        st.plotly_chart(
            figure,
            key="inside_bars",
            height=290,
            config={"displayModeBar": False},
            alt=t("draw.bars_alt", best=best),
        )


def _take_picture(visit: Visit, model: Model) -> None:
    """Keep the picture that the visitor drew or chose last, on this page or on the draw page."""
    state, question = st.session_state, st.session_state.get("question")
    # What was asked on the draw page comes along once; an uploaded file, for one, is on that page alone.
    if question is not None and state.get(_CAME) != question.name and question.name[1] == model.dataset:
        state[_CAME], state[_KEPT] = question.name, (model.dataset, Chosen(question.prepared.image))
    try:
        picture = read_picture(model.dataset)
        if picture is None:
            return
        ready = isinstance(picture.source, np.ndarray)
        image = picture.source if ready else prepare(picture.source, model.dataset).image
        state[_KEPT] = (model.dataset, Chosen(np.asarray(image), picture.label))
    except BlankError as error:
        st.info(error.sentence(visit.t))
    except FvappError as error:
        st.warning(error.sentence(visit.t))
