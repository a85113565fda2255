"""The guess: one question a screen, and a card with a picture for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.charts.guesses import guess_picture
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.missions.sentence import draw_sentence


def draw_guess(lesson: Lesson, screen: str) -> bool:
    """Draw one claim's question and its cards; return whether a card is chosen."""
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    field = "second" if screen == "second" else "prediction"
    claim, predictions = lesson.claims[screen == "second"]
    draw_sentence(t, t(f"lessons.{claim}.ask"), mission.words, "mission_ask", "question")
    if screen == "predict" and mission.variants:
        _draw_variants(lesson)
    st.html(_pictures(claim, predictions))

    def choose(outcome: str) -> None:
        show_screen(mission, screen)
        lesson.keep(**{field: outcome})

    with st.container(key="predict"):
        draw_cards(
            t(f"lessons.{claim}.ask"),
            predictions,
            getattr(own, field),
            lambda outcome: t(f"lessons.{claim}.predict.{outcome}"),
            f"predict_{claim}",
            choose,
            disabled=own.judged,
        )
    return getattr(own, field) is not None


def draw_cards(
    label: str,
    choices: Sequence[str],
    chosen: str | None,
    words: Callable[[str], str],
    key: str,
    choose: Callable[[str], None],
    disabled: bool = False,
) -> None:
    """Draw choices as cards; see the style. The label is read aloud: the heading above shows it."""
    st.session_state[key] = chosen
    st.radio(
        label,
        choices,
        index=None,
        format_func=words,
        key=key,
        label_visibility="collapsed",
        disabled=disabled,
        on_change=when_chosen(key, choices, choose),
    )


def picture_style(claim: str, outcome: str) -> str:
    """Return the CSS declaration that gives an element the picture of a guess; empty where it has none."""
    picture = guess_picture(claim, outcome)
    return "" if picture is None else f"--guess:url('{picture}')"


def _pictures(claim: str, predictions: Sequence[str]) -> str:
    rules = (
        f".st-key-predict [role=radiogroup] > :nth-child({place}){{{picture_style(claim, outcome)}}}"
        for place, outcome in enumerate(predictions, start=1)
    )
    return f"<style>{''.join(rules)}</style>"


def _draw_variants(lesson: Lesson) -> None:
    t, mission, state = lesson.visit.t, lesson.mission, st.session_state
    key = f"variant_{mission.id}"

    def chosen() -> str:
        return lesson.own.variant or next(iter(mission.variants))

    def choose(variant: str) -> None:
        # Of a page that was just left the browser may send once more what is chosen already.
        if variant != chosen():
            show_screen(mission, "predict")
            # Runs of another target say nothing about this one.
            lesson.keep(variant=variant, runs=(), judged=False, verdicts=())

    state[key] = chosen()
    st.radio(
        t(f"lessons.{mission.id}.variant"),
        tuple(mission.variants),
        format_func=lambda variant: t(f"lessons.{mission.id}.variants.{variant}"),
        key=key,
        horizontal=True,
        on_change=when_chosen(key, mission.variants, choose),
    )
