"""A hunt on all screens: who leads, each training as a dot, and what the test set says of the best."""

from math import log10

import streamlit as st

from fvapp.charts.colours import TEST, VALIDATION
from fvapp.core.classroom.hunt import BUDGETS, TRIES, best_of_each, fall
from fvapp.core.classroom.round_view import RoundView
from fvapp.core.classroom.rounds import Round, StudentRound
from fvapp.core.templates import render
from fvapp.i18n import Translator
from fvapp.ui.parts.charts import draw_svg
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import Visit


def draw_hunt(current: Round, view: RoundView, now: float, t: Translator) -> None:
    """Draw the hunt on projector or board; of the test set nothing before it is revealed."""
    best, budget = best_of_each(view.tries), BUDGETS[current.subject]
    winner = fall(best[0], budget.dataset) if best and best[0].test is not None else None
    shown = {
        "t": t,
        "tries": view.tries,
        "best": best,
        "budget": budget,
        "winner": winner,
        "fall": fall,
        "log10": log10,
    }
    with st.container(key="hunt"):
        st.html(render(__package__, "hunt.html", **shown))
        if best:
            picture, names = st.columns([4, 3], gap="large")
            with picture:
                draw_svg(render("fvapp.charts", "hunt.svg", **shown, ring=VALIDATION, square=TEST), "hunt_dots")
            names.html(render(__package__, "hunt_best.html", **shown))


def draw_hunt_line(visit: Visit, current: StudentRound) -> None:
    """Draw the line above every page of a student: the tries left, their own best and that of the class."""
    shown = {"own": best_of_each(current.tries), "budget": BUDGETS[current.subject]}
    st.markdown(render(__package__, "hunt_seat.md", t=visit.t, current=current, most=TRIES, **shown))
    if visit.page != "train":
        st.page_link(page_path("train"), label=visit.t("pages.train"), icon=":material/model_training:")
