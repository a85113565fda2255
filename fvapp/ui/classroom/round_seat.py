"""A round above every page of a student: the question, or one line."""

from html import escape

import streamlit as st

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.rounds import DRAW_SECONDS, StudentRound
from fvapp.core.missions import MISSIONS
from fvapp.core.wording import Translate, percent
from fvapp.ui.browser.choices import draw_held
from fvapp.ui.classroom.hunt_screens import draw_hunt_line
from fvapp.ui.parts.commands import draw_command, give
from fvapp.ui.visit import Visit


def round_title(kind: str, subject: str, t: Translate) -> str:
    """Return what a round is called on all screens; a poll by its question."""
    return t(f"missions.{subject}.ask" if KINDS[kind].asks else f"classroom.round.title.{kind}", subject=subject)


def draws_now(current: StudentRound | None) -> bool:
    """Return whether the canvas of a round takes the page's place: there is one canvas on a page, and little time."""
    return current is not None and current.until is not None


def draw_round_line(visit: Visit, current: StudentRound) -> None:
    """Draw what stands above every page while there is a round."""
    with st.container(key="class_round", border=True):
        st.markdown(f"**{round_title(current.kind, current.subject, visit.t)}**")
        _LINES[current.kind](visit, current)


def time_left(until: float, now: float) -> str:
    """Return a bar that grows shorter by itself until the time is over, as HTML."""
    left = min(DRAW_SECONDS, max(0.0, until - now))
    style = f"--left:{left:.1f}s;--share:{left / DRAW_SECONDS:.3f}"
    return f"<div class='fvapp-time' style='{escape(style)}'><i></i></div>"


def _draw_poll(visit: Visit, current: StudentRound) -> None:
    t, mission = visit.t, MISSIONS[current.subject]
    words = {choice: t(f"missions.{mission.id}.predict.{choice}") for choice in mission.predictions}
    look = {"index": None, "horizontal": True, "label_visibility": "collapsed"}
    look["disabled"] = current.fixed or current.revealed

    def predict(choice: str) -> None:
        give(visit, visit.engine.rounds.predict, current.number, choice)

    draw_held(st.radio, t(f"missions.{mission.id}.ask"), words, "poll", current.choice, predict, **look)
    if current.revealed:
        st.caption(t("classroom.round.student.look"))
    elif current.choice is not None:
        st.caption(t("classroom.round.student.fixed" if current.fixed else "classroom.round.student.chosen"))


def _draw_seeds(visit: Visit, current: StudentRound) -> None:
    t = visit.t
    if current.accuracies:
        own = t("common.comma").join(map(percent, current.accuracies))
        st.markdown(t("classroom.round.student.accuracy", accuracy=own))
    if current.trains:
        st.markdown(t("classroom.round.student.trains", n=current.trains))
    if current.missing:
        words = "refused" if current.refused else "missing"
        st.markdown(t(f"classroom.round.student.{words}", n=current.missing))
        train, label = visit.engine.rounds.train, t("classroom.round.student.train")
        draw_command(visit, label, "round_train", train, current.number, type="primary")


def _draw_wall(visit: Visit, current: StudentRound) -> None:
    t, rounds = visit.t, visit.engine.rounds
    if current.off:
        st.markdown(t("classroom.round.student.off"))
    elif current.drawn:
        words = "on_wall" if current.label is None else "read"
        st.markdown(t(f"classroom.round.student.{words}", digit=current.label))
        if current.kept:
            st.caption(t(f"classroom.round.student.kept{'_word' * KINDS[current.kind].shared}"))
        label = t("classroom.round.student.take_off")
        draw_command(visit, label, "round_take_off", rounds.take_off_own, current.number)
    elif current.revealed:
        st.markdown(t("classroom.round.student.look"))
    else:
        st.markdown(t("classroom.round.student.missed"))
        label = t("classroom.round.student.draw_now")
        draw_command(visit, label, "round_draw", rounds.begin_drawing, current.number, type="primary")


_LINES = {
    "predict": _draw_poll,
    "seeds": _draw_seeds,
    "draw": _draw_wall,
    "word": _draw_wall,
    "vote": lambda visit, _: st.markdown(visit.t("classroom.round.student.look")),
    "hunt": draw_hunt_line,
}
