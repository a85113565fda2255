"""Draws the screens of the class activity "What do you think?": questions and answer counts."""

import streamlit as st

from fvapp.charts.think import AnswerShift, answer_shifts_svg
from fvapp.core.classroom import AnswerTally
from fvapp.core.classroom.kinds.think import (
    FEWEST_ANSWERS,
    MISCONCEPTIONS,
    MISSIONS_ABOUT,
    PARTS,
    THROUGH,
    TOPICS,
    shown_held_counts,
    sign_test_verdict,
    startable_question_parts,
)
from fvapp.core.results.chance import wilson_interval
from fvapp.core.wording import Translate
from fvapp.ui.classroom.round_screens import RoundScreens, render_class_template
from fvapp.ui.lesson.think import draw_changed_answers, draw_current_question, draw_mission_link
from fvapp.ui.parts import draw_svg, give_engine_command
from fvapp.ui.visit import Visit

_LEFT = 0.8
"""Share of correct answers on a topic below which the mission on this topic is suggested.

Only the latest answers of the class count.
"""


class ThinkScreens(RoundScreens):
    """Draws the screens on which a class answers eight questions, before and after the lessons."""

    count_words = "through"

    def round_title(self, current, t):
        return t(f"think.title.{current.subject}")

    def draw_round_subject_fields(self, classroom, t):
        parts = startable_question_parts(classroom.tallies)
        st.caption(t("think.kept" if parts else "errors.round_counted"))
        st.selectbox(
            t("think.part.which"),
            parts,
            format_func=lambda part: t(f"think.part.{part}"),
            key="round_part",
        )
        return ("round_part",)

    def draw_round_for_student(self, visit, current):
        t = visit.t
        if current.revealed:
            if visit.seat and visit.seat.think_choices:
                draw_changed_answers(visit, *visit.seat.think_choices)
            else:
                st.markdown(t("think.over"))
            return
        if current.has_answers_elsewhere:
            st.caption(t("think.elsewhere"))

        def answer(words: str) -> None:
            give_engine_command(visit, visit.engine.rounds.answer_round, current.number, words)

        draw_current_question(
            visit,
            f"think_{current.number}",
            current.question_form,
            current.given_choices,
            lambda number, choice: answer(f"{number} {choice}"),
            t("think.private"),
            lambda: answer(THROUGH),
        )

    def draw_round_on_projector(self, current, view, now, t):
        together = _tallies_before_and_after(view.tallies)
        counted = any(tally.answered for tally in together.values())
        st.html(
            render_class_template(
                "think_projected.html",
                t=t,
                counted=counted,
                revealed=current.revealed,
                fewest=FEWEST_ANSWERS,
                after=together.get(PARTS[1]),
                verdict=sign_test_verdict,
            )
        )
        if counted:
            draw_svg(
                answer_shifts_svg(_answer_shifts_by_question(together, t), FEWEST_ANSWERS, t),
                "think_move",
            )

    def draw_round_on_board(self, visit, classroom, current, view):
        if current.revealed:
            _draw_answer_counts(visit, view.tallies)

    def draw_stored_round_results(self, visit, classroom):
        if classroom.tallies:
            with st.container(key="results_think", border=True):
                st.html(f"<h3>{visit.t('classroom.round.kinds.think')}</h3>")
                _draw_answer_counts(visit, classroom.tallies)


SCREENS = ThinkScreens()


def _tallies_before_and_after(tallies: tuple[AnswerTally, ...]) -> dict[str, AnswerTally]:
    """Return the answer counts by part (before or after the lessons).

    Each count covers both versions of the questions; a student answers only one version.
    """
    return {tally.part: tally for tally in tallies if not tally.form}


def _correct_share(tally: AnswerTally | None, number: int) -> float | None:
    if tally is None or not tally.answered:
        return None
    answered = tally.answered[number]
    right = tally.right[number]
    return right / answered if right is not None and answered else None


def _answer_shifts_by_question(together: dict[str, AnswerTally], t: Translate) -> list[AnswerShift]:
    before, after = map(together.get, PARTS)
    return [
        AnswerShift(
            t(f"think.things.{topic}"),
            _correct_share(before, number),
            _correct_share(after, number),
        )
        for number, topic in enumerate(TOPICS)
    ]


def _draw_answer_counts(visit: Visit, tallies: tuple[AnswerTally, ...]) -> None:
    """Draw the class's shares of correct answers, common misconceptions and a sign test.

    Missions on topics with few correct answers are listed below.
    """
    t = visit.t
    together = _tallies_before_and_after(tallies)
    counted = {part: tally for part, tally in together.items() if tally.answered}
    st.html(
        render_class_template(
            "think.html",
            t=t,
            together=together,
            counted=counted,
            fewest=FEWEST_ANSWERS,
            things=TOPICS,
            misconceptions=MISCONCEPTIONS,
            verdict=sign_test_verdict,
            held=shown_held_counts,
            share=_correct_share,
            interval=wilson_interval,
            parts=PARTS,
        )
    )
    if counted:
        latest = list(counted.values())[-1]
        left = [
            mission
            for number, mission in enumerate(MISSIONS_ABOUT.values())
            if (share := _correct_share(latest, number)) is not None and share < _LEFT
        ]
        if left:
            st.markdown(t("think.left"))
        for mission in left:
            draw_mission_link(visit, mission)
