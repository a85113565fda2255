"""Draws the screens of a hunt, a class activity in which students try to train the best network."""

from math import log10

import streamlit as st

from fvapp.core.classroom import (
    ATTEMPTS,
    BUDGET_CHOICES,
    BUDGETS,
    HuntBudget,
    Round,
    best_attempt_of_each_student,
    measure_accuracy_drop,
)
from fvapp.core.classroom.kinds.hunt import HuntRoundView
from fvapp.core.colours import TEST, VALIDATION
from fvapp.core.dataset_table import DATASETS
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate
from fvapp.ui.classroom.round_screens import RoundScreens, large_count_html, render_class_template
from fvapp.ui.parts import draw_page_link, draw_svg


class HuntScreens(RoundScreens):
    """Draws the screens of a hunt (a contest for the best network), with all students' attempts."""

    def draw_round_subject_fields(self, classroom, t):
        for name, choices in zip(HuntBudget._fields, BUDGET_CHOICES, strict=True):
            st.selectbox(
                t(f"classroom.hunt.{name}"),
                choices,
                choices.index(getattr(HuntBudget(), name)),
                format_func=lambda choice: (
                    t(DATASETS[choice].dataset_text_key("name"))
                    if isinstance(choice, str)
                    else f"{choice:,}"
                ),
                key=f"round_{name}",
            )
        return tuple(f"round_{name}" for name in HuntBudget._fields)

    def draw_round_for_student(self, visit, current):
        """Draw the number of attempts left, and the best results of the student and the class."""
        st.markdown(
            render_class_template(
                "hunt_seat.md",
                t=visit.t,
                current=current,
                most=ATTEMPTS,
                own=best_attempt_of_each_student(current.attempts),
                budget=BUDGETS[current.subject],
            )
        )
        if visit.page_name != "train":
            with st.container(key="hunt_next"):
                draw_page_link(
                    "train", visit.t("classroom.hunt.train"), icon=":material/model_training:"
                )

    def round_progress_html(self, current, view, t):
        return large_count_html("tried", len(view.attempts), ATTEMPTS * view.asked_student_count, t)

    def draw_round_on_projector(self, current, view, now, t):
        _draw_hunt_attempts(current, view, t)

    def draw_round_on_board(self, visit, classroom, current, view):
        if view.attempts:
            _draw_hunt_attempts(current, view, visit.t)


def _draw_hunt_attempts(current: Round, view: HuntRoundView, t: Translate) -> None:
    """Draw all attempts of a hunt, with test accuracies once the teacher has revealed them."""
    best = best_attempt_of_each_student(view.attempts)
    budget = BUDGETS[current.subject]
    shown = {
        "t": t,
        "tries": view.attempts,
        "best": best,
        "budget": budget,
        "winner": (
            measure_accuracy_drop(best[0], budget.dataset)
            if best and best[0].test_accuracy is not None
            else None
        ),
        "fall": measure_accuracy_drop,
        "log10": log10,
    }

    with st.container(key="hunt"):
        st.html(render_class_template("hunt.html", **shown))
        if best:
            picture, names = st.columns([4, 3], gap="large")
            with picture:
                draw_svg(
                    render_template(
                        "fvapp.charts", "hunt.svg", **shown, ring=VALIDATION, square=TEST
                    ),
                    "hunt_dots",
                )
            names.html(render_class_template("hunt_best.html", **shown))


SCREENS = HuntScreens()
