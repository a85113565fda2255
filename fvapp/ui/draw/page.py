"""The draw page: a drawing or picture, what the network sees of it, and the ten probabilities."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from fvapp.core.errors import BlankError, FvappError
from fvapp.core.preparation import Preparation, Strokes, prepare, step_names
from fvapp.core.settings import SETTINGS
from fvapp.ui.draw.answer import Answers, Question, ask, draw_answer, draw_comparison, draw_probabilities
from fvapp.ui.draw.short_inside import draw_short
from fvapp.ui.draw.steps import draw_seen, draw_steps, switched_off
from fvapp.ui.parts.address import take_settings_from_address
from fvapp.ui.parts.kept_drawings import keep_drawing
from fvapp.ui.parts.model_choice import draw_model_choice, latest_model, models_of
from fvapp.ui.parts.picture_sources import Picture, draw_drawing, draw_other_ways, read_picture
from fvapp.ui.visit import Visit

_DATASET, _ASKED = "draw_dataset", "draw_dataset_asked"
_BEGINNING = ("starting", "restarting")


def show(visit: Visit) -> None:
    """Draw the page; after that each stroke draws only its fragment anew."""
    asked = st.query_params.get("dataset")
    take_settings_from_address(visit)
    if asked is not None and st.session_state.get(_ASKED) != asked:
        st.session_state[_DATASET] = visit.settings.dataset
    elif st.session_state.get(_DATASET) is None:
        # Digits are what people draw, until the visitor has trained something else.
        latest = latest_model(visit)
        st.session_state[_DATASET] = latest.settings.dataset if latest else "mnist"
    st.session_state[_ASKED] = asked
    st.title(visit.t("draw.title"))
    st.fragment(_draw)(visit)
    standing = partial(_standing, visit)
    visit.watch(standing, under_way=st.session_state["answer_waits"])


def _standing(visit: Visit) -> tuple[bool, tuple[str, ...]]:
    """Return whether an answer could be had now that waits, and which runs can answer."""
    answers = visit.engine.status().state not in _BEGINNING
    return st.session_state["answer_waits"] and answers, tuple(record.id for record in models_of(visit))


def _draw(visit: Visit) -> None:
    visit.show_messages()
    t = visit.t
    with st.container(horizontal=True, vertical_alignment="bottom", key="draw_choices"):
        dataset = _draw_dataset(visit)
        model = draw_model_choice(visit, dataset)
    with st.container(key="draw_columns"):
        drawing, seeing, answering = st.columns(3, gap="large")
    with drawing:
        st.subheader(t("draw.drawing"))
        draw_drawing(visit, dataset)
    short, others = st.container(), st.container()
    with others:
        draw_other_ways(visit, dataset)
    picture = read_picture(visit, dataset)
    question = _question(visit, picture, dataset, model)
    answer = ask(visit, question)
    with seeing:
        st.subheader(t("draw.seen"))
        draw_seen(visit, picture, question, dataset)
    with answering:
        st.subheader(t("draw.answer"))
        draw_answer(visit, answer, dataset)
        _draw_keep(visit, picture, question, answer, dataset)
        draw_probabilities(visit, answer, dataset)
    with short:
        draw_short(visit, question, answer, dataset)
    if question is not None and question.prepared.steps:
        draw_steps(visit, question)
        draw_comparison(visit, question, answer, dataset)
    # The page is drawn again when the engine is ready.
    st.session_state["answer_waits"] = (
        question is not None and answer is None and visit.engine.status().state in _BEGINNING
    )


def _draw_keep(
    visit: Visit, picture: Picture | None, question: Question | None, answers: Answers | None, dataset: str
) -> None:
    """Offer to keep a drawing for the report of the visitor's own run; other pictures are never kept."""
    possible = answers is not None and question.model != dataset and isinstance(picture.source, Strokes)
    if st.button(visit.t("draw.keep_drawing"), key="keep_drawing", icon=":material/bookmark:", disabled=not possible):
        try:
            keep_drawing(visit, question.model, question.prepared.image, answers.prepared)
        except FvappError as error:
            visit.say_error(error)
        else:
            visit.say(visit.t("draw.kept_drawing"))


def _draw_dataset(visit: Visit) -> str:
    t, row = visit.t, SETTINGS["dataset"]
    held = st.session_state[_DATASET]
    chosen = st.segmented_control(
        t("settings.dataset.label"),
        row.choices,
        format_func=lambda name: t(f"settings.dataset.choices.{name}"),
        default=held,
        key=_DATASET,
        persist_state="session",
        help=t("settings.dataset.help"),
        required=True,
        wrap=True,
    )
    return chosen or held or "mnist"  # only a forged message chooses nothing


def _question(visit: Visit, picture: Picture | None, dataset: str, model: str) -> Question | None:
    """Prepare the picture, as switched and with every step; None when there is nothing to ask."""
    if picture is None:
        return None
    ready = isinstance(picture.source, np.ndarray)
    off = frozenset() if ready else switched_off(step_names(type(picture.source), dataset))
    name = (picture.name, dataset, off, model)
    kept = st.session_state.get("question")
    if kept is not None and kept.name == name:
        return kept
    try:
        prepared = Preparation((), picture.source) if ready else prepare(picture.source, dataset, without=off)
        whole = prepare(picture.source, dataset) if off else prepared
    except BlankError as error:
        visit.say(error.sentence(visit.t))
        return None
    except FvappError as error:
        visit.say_error(error)
        return None
    question = st.session_state["question"] = Question(name, model, prepared, whole)
    return question
