"""Draws the screens of a round (class activity) in which students answer a mission's question."""

import streamlit as st

from fvapp.core.missions import MISSIONS
from fvapp.ui.browser import draw_select
from fvapp.ui.classroom.results import prediction_bars_html
from fvapp.ui.classroom.round_screens import RoundScreens, render_class_template
from fvapp.ui.parts import give_engine_command, mission_name


class PredictScreens(RoundScreens):
    """Draws the screens of a class poll on a mission's question, which is the screens' title."""

    def round_title(self, current, t):
        return t(f"missions.{current.subject}.ask")

    def draw_round_subject_fields(self, classroom, t):
        st.selectbox(
            t("classroom.round.mission"),
            classroom.missions,
            format_func=lambda mission: mission_name(mission, t),
            key="round_mission",
        )
        return ("round_mission",)

    def draw_round_for_student(self, visit, current):
        t = visit.t
        mission = MISSIONS[current.subject]
        words = {
            choice: t(f"missions.{mission.id}.predict.{choice}") for choice in mission.predictions
        }

        def save_prediction(choice: str) -> None:
            give_engine_command(visit, visit.engine.rounds.answer_round, current.number, choice)

        draw_select(
            st.radio,
            self.round_title(current, t),
            words,
            "poll",
            current.predicted_outcome,
            save_prediction,
            index=None,
            horizontal=True,
            label_visibility="collapsed",
            disabled=current.has_verdict or current.revealed,
        )
        if current.revealed:
            st.caption(t("classroom.round.student.look"))
        elif current.predicted_outcome is not None:
            st.caption(
                t(
                    "classroom.round.student.fixed"
                    if current.has_verdict
                    else "classroom.round.student.chosen"
                )
            )

    def draw_round_on_projector(self, current, view, now, t):
        st.html(
            render_class_template(
                "round_poll.html",
                t=t,
                current=current,
                bars=(
                    prediction_bars_html(view.mission_results, t)
                    if current.revealed and view.mission_results.prediction_total
                    else ""
                ),
                choices=MISSIONS[current.subject].predictions,
            )
        )


SCREENS = PredictScreens()
