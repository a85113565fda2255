"""You against the network: twenty test images, guessed before anybody's answer is shown."""

from __future__ import annotations

import secrets

import numpy as np
import streamlit as st

from fvapp.core.inspection.duel import choose_images, keep_score
from fvapp.core.inspection.mistakes import TestAnswers
from fvapp.core.wording import class_names, percent
from fvapp.ui.inside.view import Model, read_test_answers
from fvapp.ui.parts.tiles import draw_tiles
from fvapp.ui.visit import Visit

_ENLARGED = 8
_DUEL = "inside_duel"  # model and seed
_GUESSES = "inside_guesses"


def draw_duel(visit: Visit, model: Model) -> None:
    """Draw the image to guess, or both answers and the score."""
    t, state = visit.t, st.session_state
    st.markdown(t("inside.duel.about"))
    with st.container(key="duel"):
        if state.get(_DUEL, ("",))[0] != model.name:
            st.button(
                t("inside.duel.begin"), key="duel_begin", icon=":material/swords:", on_click=_begin, args=(model.name,)
            )
            return
        answers = read_test_answers(visit, model)
        images = choose_images(answers, state[_DUEL][1])
        guesses = state[_GUESSES]
        names = class_names(model.dataset, visit.t)
        if guesses:
            _draw_last(visit, answers, images, guesses, names)
        if len(guesses) < len(images):
            _draw_next(visit, model, images, guesses, names)
        else:
            _draw_all(visit, model, answers, images, guesses, names)
    with st.container(key="duel_score"):
        score = keep_score(answers, images, guesses)
        you, network = st.columns(2)
        you.metric(t("inside.duel.you"), f"{score.person} / {score.guessed}")
        network.metric(t("inside.duel.network"), f"{score.network} / {score.guessed}")
        if score.guessed == len(images):
            st.markdown(t("inside.duel.end", accuracy=percent(answers.accuracy)))
            if model.dataset == "fashion_mnist":
                st.caption(t("inside.duel.crowd"))


def _begin(name: str) -> None:
    st.session_state[_DUEL] = (name, secrets.randbelow(2**31))
    st.session_state[_GUESSES] = []


def _guess(number: int, label: int) -> None:
    """Take a guess; a click that comes twice counts for the same image."""
    guesses = st.session_state[_GUESSES]
    if len(guesses) == number:
        st.session_state[_GUESSES] = [*guesses, label]


def _draw_next(visit: Visit, model: Model, images: np.ndarray, guesses: list[int], names: list[str]) -> None:
    t, number = visit.t, len(guesses)
    picture, buttons = st.columns([2, 5], gap="large")
    with picture:
        image = np.asarray(model.data.x_test[images[number]])
        words = t("inside.duel.image", n=number + 1, of=len(images))
        st.image(np.kron(image, np.ones((_ENLARGED, _ENLARGED), np.uint8)), alt=words)
        st.caption(words)
    with buttons:
        st.markdown(t("inside.duel.what"))
        with st.container(horizontal=True, key="duel_buttons"):
            for label, name in enumerate(names):
                st.button(name, key=f"guess_{label}", on_click=_guess, args=(number, label))


def _draw_last(visit: Visit, answers: TestAnswers, images: np.ndarray, guesses: list[int], names: list[str]) -> None:
    """Say what the last image was, and what both had said."""
    t, image = visit.t, images[len(guesses) - 1]
    label, answer = int(answers.labels[image]), int(answers.answers[image])
    words = {"label": names[label], "you": names[guesses[-1]], "network": names[answer]}
    sure = percent(float(answers.sureness[image]))
    marks = {True: "✓", False: "✗"}
    st.markdown(t("inside.duel.last", sure=sure, mine=marks[guesses[-1] == label], its=marks[answer == label], **words))


def _draw_all(
    visit: Visit, model: Model, answers: TestAnswers, images: np.ndarray, guesses: list[int], names: list[str]
) -> None:
    t = visit.t
    marks = {True: "✓", False: "✗"}
    captions = [
        f"{names[answers.labels[image]]}: {marks[guess == answers.labels[image]]} "
        f"{marks[answers.answers[image] == answers.labels[image]]}"
        for image, guess in zip(images, guesses, strict=True)
    ]
    pictures = np.asarray(model.data.x_test[np.asarray(images)])
    st.caption(t("inside.duel.marks"))
    draw_tiles(pictures, key="duel_images", label=t("inside.duel.marks"), captions=captions, size=72)
    st.button(t("inside.duel.again"), key="duel_again", icon=":material/replay:", on_click=_begin, args=(model.name,))
