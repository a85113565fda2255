"""Draws the "What do you think?" questions one at a time, and the feedback on the answers."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.charts.think import typical_curve_svg
from fvapp.core.classroom import StudentClassView
from fvapp.core.classroom.kinds.think import (
    MISSIONS_ABOUT,
    QUESTIONS,
    RIGHT,
    TOPICS,
    ThinkQuestion,
    ThinkRound,
)
from fvapp.core.datasets import add_white_mark_to_images
from fvapp.core.missions import MISSIONS
from fvapp.core.wording import NOTHING, Translate
from fvapp.ui.browser import draw_expander, draw_select
from fvapp.ui.parts import draw_page_link, draw_svg, mission_name, open_dataset, row_container
from fvapp.ui.visit import Visit

HEIGHT = 420  # approximate height of the opened questions or answers, in pixels
_SIDE = 150  # side of a picture, in CSS pixels


def draw_current_question(
    visit: Visit,
    key: str,
    form: str,
    answers: Sequence[str | None],
    answer: Callable[[int, str], object],
    privacy_note: str,
    finish: Callable[[], object] = lambda: None,
) -> bool:
    """Draw the current question, with buttons to the next and previous questions.

    Return whether the visitor has gone through all questions.

    Args:
        key: prefix of all widget keys, and of the session state key for the current question.
        answers: the visitor's answer to each question; None for an unanswered question.
        answer: called with a question's index, counted from 0, and the chosen answer.
        privacy_note: a sentence on who can see the answers.
        finish: called when the visitor reaches the end of the questions.
    """
    t = visit.t
    items = QUESTIONS[form]
    place = min(st.session_state.get(f"{key}_at", 0), len(items))
    done = place == len(items)
    if done:
        st.markdown(t("think.through", n=len(items) - list(answers).count(None), of=len(items)))
    else:
        words = f"think.{form}{place + 1}"
        with st.container(horizontal=True, key=f"{key}_question"):
            with st.container(width=_SIDE):
                _draw_question_picture(items[place], f"{key}_picture", t)
            with st.container():
                draw_select(
                    st.radio,
                    f"**{t(f'{words}.ask')}**",
                    {choice: t(f"{words}.{choice}") for choice in items[place].choices},
                    f"{key}_{form}{place + 1}",
                    answers[place],
                    lambda choice: answer(place, choice),
                    index=None,
                )

    def show_question(at: int) -> None:
        st.session_state[f"{key}_at"] = at
        if at == len(items):
            finish()

    with row_container(f"{key}_row"):
        targets = {"back": place - 1} if place else {}
        if not done:
            targets["next" if answers[place] else "skip"] = place + 1
            if place < len(items) - 1:
                targets["skip_all"] = len(items)
        for step, target in targets.items():
            st.button(
                t(f"think.{step}"),
                f"{key}_{step}",
                on_click=show_question,
                args=(target,),
                type="primary" if step == "next" else "secondary",
            )
        if not done:
            st.caption(t("think.number", n=place + 1, of=len(items)), width="content")

    st.caption(privacy_note)
    return done


def draw_changed_answers(
    visit: Visit, before: Sequence[str | None], after: Sequence[str | None]
) -> None:
    """Draw how the answers changed, with an explanation and a mission for each wrong answer."""
    t = visit.t
    if not any(after):
        st.markdown(t("think.nothing_here"))
        return
    st.markdown(t("think.changed"))
    rows = ""
    wrong = []
    for topic, *both in zip(TOPICS, before, after, strict=True):
        answers_words = " → ".join(_answer_judgement_text(answer, t) for answer in both)
        name = escape(t(f"think.things.{topic}"))
        rows += f"<li><b>{name}</b><span>{escape(answers_words)}</span></li>"
        if both[-1] not in (RIGHT, None):
            wrong.append(topic)
    st.html(f"<ul class='fvapp-think'>{rows}</ul>")
    for topic in wrong:
        st.markdown(t(f"think.told.{topic}"))
        draw_mission_link(visit, MISSIONS_ABOUT[topic])


def draw_own_answers_expander(visit: Visit, seat: StudentClassView) -> None:
    """Draw an expander with a student's changed answers, unless the class activity shows them."""
    choices = seat.think_choices
    if choices and any(choices[1]) and not isinstance(seat.round, ThinkRound):
        draw_expander(
            "think_own",
            visit.t("think.title.after"),
            HEIGHT,
            draw_changed_answers,
            visit,
            *choices,
        )


def draw_mission_link(visit: Visit, mission: str) -> None:
    """Draw a link to a mission, disabled if the visitor may not open the mission."""
    draw_page_link(
        "missions",
        mission_name(mission, visit.t),
        query_params={"mission": MISSIONS[mission].short_name},
        icon=":material/arrow_forward:",
        disabled=not visit.allows_mission(mission),
    )


def _answer_judgement_text(answer: str | None, t: Translate) -> str:
    if answer is None:
        return NOTHING
    return t("think.right") if answer == RIGHT else t("think.wrong")


def _draw_question_picture(item: ThinkQuestion, key: str, t: Translate) -> None:
    if item.curve:
        draw_svg(typical_curve_svg(item.curve, t), key)
        return
    image = open_dataset(item.dataset).x_test[item.test_image]
    address = png_data_url(add_white_mark_to_images(image[None])[0] if item.marked else image)
    st.html(
        f"<img class='fvapp-tile' src='{address}' alt='{escape(t('think.image'))}' width='{_SIDE}'>"
    )
