"""Draws the screens of a class activity: training the same network with different seeds."""

import streamlit as st

from fvapp.charts.class_dots import accuracy_dots_svg
from fvapp.core.wording import share_as_percent
from fvapp.ui.classroom.round_screens import RoundScreens, large_count_html, render_class_template
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import draw_command_button, draw_svg

_NEAR = 400  # width of the chart in SVG units; a small width makes dots and letters look large


class SeedScreens(RoundScreens):
    """Draws test accuracies as dots, one for each of the class's networks with different seeds."""

    def draw_round_for_student(self, visit, current):
        t = visit.t
        if current.test_accuracies:
            st.markdown(
                t(
                    "classroom.round.student.accuracy",
                    accuracy=t("common.comma").join(map(share_as_percent, current.test_accuracies)),
                )
            )
        if current.unfinished_network_count:
            st.markdown(t("classroom.round.student.trains", n=current.unfinished_network_count))
        if current.startable_network_count:
            st.markdown(
                t(
                    f"classroom.round.student.{'refused' if current.was_refused else 'missing'}",
                    n=current.startable_network_count,
                )
            )
            draw_command_button(
                visit,
                t("classroom.round.student.train"),
                "round_train",
                visit.engine.rounds.train_missing_networks,
                current.number,
                type="primary",
            )

    def round_progress_html(self, current, view, t):
        return large_count_html(
            "done", view.network_count - view.unfinished_network_count, view.network_count, t
        )

    def draw_round_on_projector(self, current, view, now, t):
        st.html(render_class_template("round_seeds.html", t=t, current=current, view=view))
        if view.trial_results is not None:
            draw_svg(accuracy_dots_svg([("", view.trial_results)], t, _NEAR), key="seeds_dots")

    def draw_round_on_board(self, visit, classroom, current, view):
        if view.refused_nicknames:
            st.warning(
                visit.t(
                    "classroom.round.refused",
                    names=escape_markdown(visit.t("common.comma").join(view.refused_nicknames)),
                )
            )


SCREENS = SeedScreens()
