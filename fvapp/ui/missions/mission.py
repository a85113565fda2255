"""One mission from top to bottom: predict, set up, train, verdict, explanation, question, code."""

from __future__ import annotations

import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.lessons import MISSIONS, Question, Verdict, describe_changes
from fvapp.core.lessons.noise import SEEDS
from fvapp.core.settings import RunSettings
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.missions.answers import draw_answers
from fvapp.ui.missions.kept import Lesson, open_mission
from fvapp.ui.missions.pictures_as_numbers import draw_pictures
from fvapp.ui.missions.runs import draw_runs
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.make_link import draw_make_link
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.pictures import draw_svg

_DRAW = {"pictures": draw_pictures, "answers": draw_answers, "runs": draw_runs}


def draw_mission(lesson: Lesson) -> None:
    """Draw the mission of `lesson`."""
    t, mission = lesson.visit.t, lesson.mission
    st.header(t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title")))
    st.markdown(t(f"lessons.{mission.id}.goal"))
    draw_words(t, mission.words)
    _draw_prediction(lesson)
    _draw_setup(lesson)
    verdict = _DRAW[mission.kind](lesson)
    if verdict is not None:
        _draw_verdict(lesson, verdict)
        st.subheader(t("lessons.page.why"))
        st.markdown(t(f"lessons.{mission.id}.why"))
        _draw_questions(lesson)
    if mission.runs:
        draw_code(t, lesson.settings)
    _draw_end(lesson, verdict)


def _draw_prediction(lesson: Lesson) -> None:
    t, mission, state = lesson.visit.t, lesson.mission, st.session_state
    st.subheader(t("lessons.page.predict"))
    key = f"predict_{mission.id}"
    state[key] = lesson.own.prediction
    with st.container(key="predict", gap="small"):
        st.radio(
            t(f"lessons.{mission.id}.ask"),
            mission.predictions,
            index=None,
            format_func=lambda outcome: t(f"lessons.{mission.id}.predict.{outcome}"),
            key=key,
            disabled=lesson.own.done,
            on_change=when_chosen(key, mission.predictions, lambda outcome: lesson.keep(prediction=outcome)),
        )
        if lesson.own.prediction is None:
            st.caption(t("lessons.page.predict_hint"))


def _draw_setup(lesson: Lesson) -> None:
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    st.subheader(t("lessons.page.setup"))
    st.markdown(t(f"lessons.{mission.id}.task"))
    if mission.variants:
        _draw_variants(lesson)
    st.button(
        t("lessons.page.setup_button"),
        key="mission_setup",
        type="secondary" if own.set_up else "primary",
        disabled=own.prediction is None,
        on_click=lambda: _set_up(lesson),
    )
    if not own.set_up or not mission.runs:
        return
    changes = describe_changes(lesson.settings, RunSettings(), t)
    with st.container(key="mission_changes"):
        st.markdown("\n".join(f"- {change}" for change in changes) or t("lessons.page.no_change"))
    if "network" in mission.shows:
        for number, settings in enumerate(lesson.settings):
            draw_svg(network_svg(settings, t), key=f"mission_network_{number}")


def _draw_variants(lesson: Lesson) -> None:
    t, mission, state = lesson.visit.t, lesson.mission, st.session_state
    key = f"variant_{mission.id}"
    state[key] = lesson.own.variant or next(iter(mission.variants))
    st.radio(
        t("lessons.page.variant"),
        tuple(mission.variants),
        format_func=lambda variant: t(f"lessons.{mission.id}.variants.{variant}"),
        key=key,
        on_change=when_chosen(key, mission.variants, lambda variant: _choose_variant(lesson, variant)),
    )


def _choose_variant(lesson: Lesson, variant: str) -> None:
    # Runs of another target say nothing about this one.
    lesson.keep(variant=variant, runs=(), set_up=False, done=False)


def _set_up(lesson: Lesson) -> None:
    lesson.visit.set_settings(_first_settings(lesson))
    lesson.keep(set_up=True)


def _first_settings(lesson: Lesson) -> RunSettings:
    return lesson.settings[0] if lesson.settings else RunSettings(dataset=lesson.mission.dataset)


def _draw_verdict(lesson: Lesson, verdict: Verdict) -> None:
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    lesson.keep(done=True)
    with st.container(key="mission_result", border=True):
        st.markdown(verdict.sentence(mission.id, t))
        if own.prediction is not None:
            choice = t(f"lessons.{mission.id}.predict.{own.prediction}")
            if own.prediction == verdict.outcome:
                st.markdown(t("lessons.page.predicted_right", choice=choice))
            else:
                st.markdown(t("lessons.page.predicted_wrong", choice=choice))
        if "noise" in verdict.values:
            st.caption(t("lessons.page.noise_source", count=SEEDS))


def _draw_questions(lesson: Lesson) -> None:
    t = lesson.visit.t
    st.subheader(t("lessons.page.question"))
    with st.container(key="question"):
        for question in lesson.mission.questions:
            _draw_question(lesson, question)


def _draw_question(lesson: Lesson, question: Question) -> None:
    t, state = lesson.visit.t, st.session_state
    words = f"lessons.{lesson.mission.id}.questions.{question.name}"
    key = f"question_{lesson.mission.id}_{question.name}"
    chosen = state[key] = lesson.own.answers.get(question.name)
    st.radio(
        t(f"{words}.ask"),
        question.choices,
        index=None,
        format_func=lambda choice: t(f"{words}.choices.{choice}"),
        key=key,
        on_change=when_chosen(
            key, question.choices, lambda choice: lesson.keep_all(lesson.own.answered(question.name, choice))
        ),
    )
    if chosen is not None:
        feedback = t(f"{words}.feedback.{chosen}")
        if chosen == question.right:
            st.success(t("lessons.page.question_right", feedback=feedback))
        else:
            st.warning(t("lessons.page.question_wrong", feedback=feedback))


def _draw_end(lesson: Lesson, verdict: Verdict | None) -> None:
    t, mission = lesson.visit.t, lesson.mission
    st.subheader(t("lessons.page.try"))
    st.markdown(t(f"lessons.{mission.id}.try"))
    with st.container(horizontal=True):
        if st.button(t(f"lessons.page.try_on.{mission.opens}"), key="mission_try"):
            lesson.visit.set_settings(_first_settings(lesson))
            st.switch_page(page_path(mission.opens))
        ids = list(MISSIONS)
        following = ids[ids.index(mission.id) + 1 :]
        if following:
            st.button(
                t("lessons.page.next_button"),
                key="mission_next",
                type="primary" if verdict is not None else "secondary",
                on_click=open_mission,
                args=(following[0],),
            )
    draw_make_link(lesson.visit, lesson.base, mission.id)
