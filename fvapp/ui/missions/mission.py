"""One mission from top to bottom: predict, set up, train, verdict, explanation, question, code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.lessons import MISSIONS, Question, Verdict, describe_changes
from fvapp.core.lessons.verdict import Outcome
from fvapp.core.results.chance import COUNT
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.missions.kept import Lesson, open_mission
from fvapp.ui.missions.look_inside import draw_inside
from fvapp.ui.missions.pictures_as_numbers import draw_pictures
from fvapp.ui.missions.rule import draw_rule
from fvapp.ui.missions.runs import draw_runs
from fvapp.ui.missions.ten_numbers import draw_answers
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.make_link import draw_make_link
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.pictures import draw_svg

_OPENING = {"look": draw_rule}
"""What comes before the prediction."""

_DRAW = {"pictures": draw_pictures, "answers": draw_answers, "inside": draw_inside, "runs": draw_runs}


def draw_mission(lesson: Lesson) -> None:
    """Draw the mission of `lesson`."""
    t, mission = lesson.visit.t, lesson.mission
    st.header(t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title")))
    st.markdown(t(f"lessons.{mission.id}.goal"))
    draw_words(t, mission.words, key="mission_words")
    if mission.id in _OPENING:
        _OPENING[mission.id](lesson)
    _draw_predictions(lesson)
    _draw_setup(lesson)
    verdict, second = _DRAW[mission.kind](lesson)
    if verdict is not None:
        _draw_verdict(lesson, verdict, second)
        st.subheader(t("lessons.page.why"))
        st.markdown(t(f"lessons.{mission.id}.why"))
        _draw_questions(lesson)
    if mission.trains:
        draw_code(t, lesson.settings)
    _draw_end(lesson, verdict)


def _draw_predictions(lesson: Lesson) -> None:
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    st.subheader(t("lessons.page.predict"))
    with st.container(key="predict", gap="small"):
        _draw_prediction(
            lesson, mission.id, mission.predictions, own.prediction, lambda outcome: lesson.keep(prediction=outcome)
        )
        if mission.second is not None:
            words, predictions = f"{mission.id}.{mission.second.name}", mission.second.predictions
            _draw_prediction(lesson, words, predictions, own.second, lambda outcome: lesson.keep(second=outcome))
        if not own.predicted_all(mission):
            st.caption(t("lessons.page.predict_hint"))


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
        disabled=not own.predicted_all(mission),
        on_click=lambda: _set_up(lesson),
    )
    if not own.set_up or not mission.trains:
        return
    changes = describe_changes(lesson.settings, RunSettings(), t)
    with st.container(key="mission_changes"):
        st.markdown("\n".join(f"- {change}" for change in changes) or t("lessons.page.no_change"))
        words = "seed" if lesson.base.seed == own_seed(lesson.visit.token) else "seed_of_link"
        st.caption(t(f"lessons.page.{words}", seed=lesson.base.seed))
    if "network" in mission.shows:
        for number, settings in enumerate(lesson.settings):
            draw_svg(network_svg(settings, t), key=f"mission_network_{number}")


def _draw_variants(lesson: Lesson) -> None:
    t, mission, state = lesson.visit.t, lesson.mission, st.session_state
    key = f"variant_{mission.id}"
    state[key] = lesson.own.variant or next(iter(mission.variants))
    st.radio(
        t(f"lessons.{mission.id}.variant"),
        tuple(mission.variants),
        format_func=lambda variant: t(f"lessons.{mission.id}.variants.{variant}"),
        key=key,
        on_change=when_chosen(key, mission.variants, lambda variant: _choose_variant(lesson, variant)),
    )


def _choose_variant(lesson: Lesson, variant: str) -> None:
    # Runs of another target say nothing about this one.
    lesson.keep(variant=variant, runs=(), set_up=False, judged=False)


def _set_up(lesson: Lesson) -> None:
    lesson.visit.set_settings(_first_settings(lesson))
    lesson.keep(set_up=True)


def _first_settings(lesson: Lesson) -> RunSettings:
    return lesson.settings[0] if lesson.settings else RunSettings(dataset=lesson.mission.dataset)


def _draw_verdict(lesson: Lesson, verdict: Verdict, second: Verdict | None) -> None:
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    lesson.keep(judged=True)
    with st.container(key="mission_result", border=True):
        _draw_one_verdict(lesson, mission.id, verdict, own.prediction)
        if mission.second is not None and second is not None:
            st.divider()
            _draw_one_verdict(lesson, f"{mission.id}.{mission.second.name}", second, own.second)
        if "noise" in verdict.values:
            words = "network" if "images" in verdict.values else "page"
            st.caption(t(f"lessons.{words}.noise_source", count=COUNT, images=verdict.values.get("images", "")))


def _draw_one_verdict(lesson: Lesson, words: str, verdict: Verdict, prediction: str | None) -> None:
    t = lesson.visit.t
    first, *further = verdict.sentences(words, t)
    st.markdown(first)
    if prediction is not None:
        said = "predicted_right" if prediction == verdict.outcome else "predicted_wrong"
        st.markdown(t(f"lessons.page.{said}", choice=t(f"lessons.{words}.predict.{prediction}")))
    for sentence in further:
        st.markdown(sentence)


def _draw_questions(lesson: Lesson) -> None:
    t = lesson.visit.t
    st.subheader(t("lessons.page.question"))
    with st.container(key="question"):
        for question in lesson.mission.questions:
            _draw_question(lesson, question)
    own, mission = lesson.own, lesson.mission
    if own.done(mission):
        right, total = own.right_at_once(mission), len(mission.questions)
        st.caption(t("lessons.page.first_answer", right=right, total=total))


def _draw_question(lesson: Lesson, question: Question) -> None:
    t, state = lesson.visit.t, st.session_state
    words = f"lessons.{lesson.mission.id}.questions.{question.name}"
    key = f"question_{lesson.mission.id}_{question.name}"
    chosen = state[key] = lesson.own.shown(question.name)
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
            at_once = lesson.own.answers[question.name] == question.right
            st.success(t(f"lessons.page.question_{'right' if at_once else 'again'}", feedback=feedback))
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
