"""The steps of a mission up to its result: predict, then the experiment. One that is done folds to a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.charts.network import network_svg
from fvapp.core.lessons import describe_changes
from fvapp.core.lessons.verdict import Outcome
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.parts.pictures import draw_svg


def open_step(name: str, title: str, folded: bool) -> DeltaGenerator:
    """Return where a step is drawn: below its heading while it is due, in a fold once it is done."""
    if folded:
        return st.expander(title, key=f"{name}_done", icon=":material/check:")
    step = st.container(key=f"{name}_step")
    step.subheader(title)
    return step


def draw_predictions(lesson: Lesson) -> bool:
    """Draw what is to be predicted; return whether all of it was."""
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    second = f"{mission.id}.{mission.second.name}" if mission.second is not None else ""
    predicted = own.predicted_all(mission)
    title = t("lessons.page.predict")
    if predicted and own.started:
        chosen = [(mission.id, own.prediction), (second, own.second)]
        said = " · ".join(t(f"lessons.{words}.predict.{outcome}") for words, outcome in chosen if words)
        title = t("lessons.page.predicted", choice=said)
    with open_step("predict", title, predicted and own.started), st.container(key="predict", gap="small"):
        _draw_prediction(
            lesson, mission.id, mission.predictions, own.prediction, lambda outcome: lesson.keep(prediction=outcome)
        )
        if mission.second is not None:
            _draw_prediction(
                lesson, second, mission.second.predictions, own.second, lambda outcome: lesson.keep(second=outcome)
            )
        if not predicted:
            st.caption(t("lessons.page.predict_hint"))
    return predicted


def _draw_prediction(
    lesson: Lesson,
    words: str,
    predictions: Sequence[Outcome],
    chosen: str | None,
    choose: Callable[[Outcome], None],
) -> None:
    t, state = lesson.visit.t, st.session_state
    key = f"predict_{words}"
    state[key] = chosen
    st.radio(
        t(f"lessons.{words}.ask"),
        predictions,
        index=None,
        format_func=lambda outcome: t(f"lessons.{words}.predict.{outcome}"),
        key=key,
        disabled=lesson.own.judged,
        on_change=when_chosen(key, predictions, choose),
    )


def open_experiment(lesson: Lesson, folded: bool = False) -> DeltaGenerator:
    """Draw what is to be done, and what is to be chosen for it; return where the rest of the step is drawn."""
    t, mission = lesson.visit.t, lesson.mission
    step = open_step("experiment", t("lessons.page.setup"), folded)
    with step:
        st.markdown(t(f"lessons.{mission.id}.task"))
        if mission.variants:
            _draw_variants(lesson)
    return step


def _draw_variants(lesson: Lesson) -> None:
    t, mission, state = lesson.visit.t, lesson.mission, st.session_state
    key = f"variant_{mission.id}"

    def chosen() -> str:
        return lesson.own.variant or next(iter(mission.variants))

    def choose(variant: str) -> None:
        # Of a page that was just left the browser may send once more what is chosen already.
        if variant != chosen():
            # Runs of another target say nothing about this one.
            lesson.keep(variant=variant, runs=(), judged=False, verdicts=())

    state[key] = chosen()
    st.radio(
        t(f"lessons.{mission.id}.variant"),
        tuple(mission.variants),
        format_func=lambda variant: t(f"lessons.{mission.id}.variants.{variant}"),
        key=key,
        on_change=when_chosen(key, mission.variants, choose),
    )


def draw_changes(lesson: Lesson) -> None:
    """Say what the runs that are about to be trained change of the defaults."""
    t = lesson.visit.t
    changes = describe_changes(lesson.settings, RunSettings(), t)
    with st.container(key="mission_changes"):
        st.markdown("\n".join(f"- {change}" for change in changes) or t("lessons.page.no_change"))
        words = "seed" if lesson.base.seed == own_seed(lesson.visit.token) else "seed_of_link"
        st.caption(t(f"lessons.page.{words}", seed=lesson.base.seed))
    if "network" in lesson.mission.shows:
        for number, settings in enumerate(lesson.settings):
            draw_svg(network_svg(settings, t), key=f"mission_network_{number}")


def open_result(lesson: Lesson) -> None:
    """Begin the result: the verdict has its place before the numbers it is drawn from."""
    st.subheader(lesson.visit.t("lessons.page.result"))
    lesson.verdict_place = st.container()
