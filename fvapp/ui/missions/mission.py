"""One mission from top to bottom: predict, experiment, verdict, explanation, question; each when it is due."""

from __future__ import annotations

import streamlit as st

from fvapp.core.lessons import MISSIONS, Question, Verdict
from fvapp.core.results.chance import COUNT
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.missions.kept import Lesson, open_mission
from fvapp.ui.missions.look_inside import draw_inside
from fvapp.ui.missions.pictures_as_numbers import draw_pictures
from fvapp.ui.missions.rule import draw_rule
from fvapp.ui.missions.runs import NO_VERDICT, Verdicts, draw_runs
from fvapp.ui.missions.softmax_list import draw_softmax_list
from fvapp.ui.missions.steps import draw_predictions
from fvapp.ui.missions.ten_numbers import draw_answers
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.make_link import draw_make_link
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import say_next

_CODE_HEIGHT = 560  # of the code, roughly, in pixels

_OPENING = {"look": draw_rule}
"""What comes before the prediction."""

_AFTER_WHY = {"network": draw_softmax_list}
"""What can be tried beside the explanation."""

_DRAW = {"pictures": draw_pictures, "answers": draw_answers, "inside": draw_inside, "runs": draw_runs}


def draw_mission(lesson: Lesson) -> None:
    """Draw the mission of `lesson`."""
    t, mission = lesson.visit.t, lesson.mission
    st.header(t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title")))
    st.markdown(t(f"lessons.{mission.id}.goal"))
    draw_words(t, mission.words, key="mission_words")
    if mission.id in _OPENING:
        _OPENING[mission.id](lesson)
    verdict, second = _DRAW[mission.kind](lesson) if draw_predictions(lesson) else NO_VERDICT
    verdict, second = _kept_verdicts(lesson) or (verdict, second)
    if verdict is not None and verdict.outcome == "broken":
        for sentence in verdict.sentences(mission.id, t):
            st.warning(sentence)
        verdict = None
    if verdict is not None:
        _draw_verdict(lesson, verdict, second)
        st.subheader(t("lessons.page.why"))
        st.markdown(t(f"lessons.{mission.id}.why"))
        if mission.id in _AFTER_WHY:
            _AFTER_WHY[mission.id](lesson)
        _draw_questions(lesson)
    _draw_end(lesson, verdict)
    if mission.trains:
        place = open_fold("mission_code", t("lessons.page.code"), _CODE_HEIGHT, icon=":material/code:")
        if place is not None:
            with place:
                draw_code(t, lesson.settings, titled=False)
    draw_make_link(lesson.visit, lesson.base, mission.id)


def _kept_verdicts(lesson: Lesson) -> Verdicts | None:
    """Return the verdicts that were drawn before; None where there are none that still have words."""
    t, mission, kept = lesson.visit.t, lesson.mission, lesson.own.verdicts
    claims = (mission.id, f"{mission.id}.{mission.second.name}") if mission.second else (mission.id,)
    if len(kept) != len(claims):
        return None
    try:
        for verdict, claim in zip(kept, claims, strict=True):
            verdict.sentences(claim, t)
    except KeyError:  # the words of this version want other values
        return None
    return kept[0], kept[1] if mission.second else None


def _draw_verdict(lesson: Lesson, verdict: Verdict, second: Verdict | None) -> None:
    t, mission, own = lesson.visit.t, lesson.mission, lesson.own
    lesson.keep(judged=True, verdicts=tuple(filter(None, (verdict, second))))
    with lesson.verdict_place or st.container(), st.container(key="mission_result", border=True):
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
        came = "right" if prediction == verdict.outcome else "wrong"
        said = f"predicted_{'open' if prediction in verdict.undecided else came}"
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
    done = verdict is not None and lesson.own.done(mission)
    if done:
        st.subheader(t("lessons.page.try"))
        st.markdown(t(f"lessons.{mission.id}.try"))
        if mission.kind != "answers" or lesson.own.position is not None:  # which it would give away
            with st.expander(t("lessons.page.note")):
                st.markdown(t(f"lessons.{mission.id}.note"))
    with st.container(horizontal=True):
        if done and st.button(t(f"lessons.page.try_on.{mission.opens}"), key="mission_try"):
            lesson.visit.set_settings(lesson.first_settings)
            if mission.opens == "train":  # where some of them may be in a fold
                say_next(t("lessons.page.try_set", mark=mission.mark))
            st.switch_page(page_path(mission.opens))
        ids = list(MISSIONS)
        following = ids[ids.index(mission.id) + 1 :]
        if following:
            st.button(
                t("lessons.page.next_button"),
                key="mission_next",
                type="primary" if done else "tertiary",
                icon=":material/arrow_forward:",
                icon_position="right",
                on_click=open_mission,
                args=(following[0],),
            )
