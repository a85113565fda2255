"""Draws the guess screens: a question on the outcome, and a card for each answer."""

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
import streamlit as st

from fvapp.charts.guesses import prediction_picture_url
from fvapp.ui.browser import draw_select
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.reading.sentence import draw_text_with_glossary
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.pictures import draw_tiles

_IMAGE = 104  # side of an image, in CSS pixels


def draw_guess_question(
    opened: OpenMission, screen: str, images: np.ndarray, captions: Sequence[str]
) -> bool:
    """Draw a guess question, its images and answer cards; return whether a card is chosen."""
    t = opened.t
    mission = opened.mission
    own = opened.mission_progress
    field = "second" if screen == "second" else "prediction"
    claim, predictions = opened.claim_keys_and_predictions[screen == "second"]
    draw_text_with_glossary(
        t, opened.mission_text(f"{claim}.ask"), mission.glossary_words, "mission_ask", "question"
    )
    second = mission.second_prediction if screen == "second" else None
    variants = mission.variants if second is None else second.variants
    _draw_guess_variant_choice(
        opened, claim, screen, "second_variant" if screen == "second" else "variant", variants
    )
    if len(images):
        draw_tiles(
            images,
            key=f"premise_{screen}",
            label=t("common.comma").join(captions),
            captions=captions,
            size=_IMAGE,
        )

    if f"missions.{claim}.legend" in t:
        st.caption(t(f"missions.{claim}.legend"))
    st.html(_guess_cards_css(claim, predictions))

    def save_guess(outcome: str) -> None:
        show_screen(mission, screen)
        opened.update_progress(**{field: outcome})

    chosen = getattr(own, field)
    with st.container(key="predict"):
        draw_choice_cards(
            opened,
            claim,
            "predict",
            predictions,
            chosen,
            save_guess,
            f"predict_{claim}",
            disabled=own.judged,
        )
    return chosen is not None


def draw_choice_cards(
    opened: OpenMission,
    words: str,
    below: str,
    choices: Iterable[str],
    chosen: str | None,
    choose: Callable[[str], None],
    key: str,
    label: str = "",
    **options: object,
) -> None:
    """Draw choices as cards; the question is the group's label for screen readers.

    Args:
        words: translation key, without ``missions.``, of a table with the texts: ``ask`` is the
            question, and the table named by ``below`` has a text for each choice.
        label: the group's label, if different from the question.
        options: passed to ``st.radio``.
    """
    options = {"index": None, "label_visibility": "collapsed", **options}
    choice_words = {choice: opened.t(f"missions.{words}.{below}.{choice}") for choice in choices}
    draw_select(
        st.radio,
        label or opened.mission_text(f"{words}.ask"),
        choice_words,
        key,
        chosen,
        choose,
        **options,
    )


def guess_picture_css(claim: str, outcome: str) -> str:
    """Return a CSS declaration with the picture of a guess, or "" if it has no picture."""
    picture = prediction_picture_url(claim, outcome)
    return "" if picture is None else f"--guess:url('{picture}')"


def _guess_cards_css(claim: str, predictions: Sequence[str]) -> str:
    cards = ".st-key-predict [role=radiogroup] > "
    rules = (
        f"{cards}:nth-child({place}){{{guess_picture_css(claim, outcome)}}}"
        for place, outcome in enumerate(predictions, start=1)
    )
    return f"<style>{''.join(rules)}</style>"


def _draw_guess_variant_choice(
    opened: OpenMission, claim: str, screen: str, field: str, variants: Collection[str]
) -> None:
    if not variants:
        return

    def chosen_guess_variant() -> str:
        return getattr(opened.mission_progress, field) or next(iter(variants))

    def save_guess_variant(variant: str) -> None:
        # Nothing changes if the browser sends the current choice again, as it may when the visitor
        # returns to this page.
        if variant != chosen_guess_variant():
            show_screen(opened.mission, screen)
            # A new variant of the mission's first guess question needs new training runs. A new
            # variant of the second question is judged from the existing runs.
            runs = opened.mission_progress.runs if field == "second_variant" else ()
            opened.update_progress(**{field: variant}, runs=runs, judged=False, verdicts=())

    draw_choice_cards(
        opened,
        claim,
        "variants",
        variants,
        chosen_guess_variant(),
        save_guess_variant,
        f"variant_{claim}",
        opened.t(f"missions.{claim}.variant"),
        label_visibility="visible",
        horizontal=True,
    )
