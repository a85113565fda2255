"""The canvas of a round in the place of the page. Imported when there is one: few pages need it."""

from contextlib import suppress

import streamlit as st

from fvapp.core.classroom.kinds import DRAWN, KINDS
from fvapp.core.classroom.rounds import StudentRound, group_of
from fvapp.core.errors import BlankError
from fvapp.core.preparation import prepare
from fvapp.ui.classroom.round_seat import round_title, time_left
from fvapp.ui.parts.canvas import draw_canvas, drawing_of
from fvapp.ui.visit import Visit

_SIDE = 420  # CSS pixels of the canvas at most


def show(visit: Visit, current: StudentRound) -> None:
    """Draw the page; after that each stroke redraws only its fragment."""
    t = visit.t
    st.title(round_title(current.kind, current.subject, t))
    visit.messages.show()
    st.html(time_left(current.until, visit.engine.rounds.now()))
    st.caption(t("classroom.round.student.draw_help"))
    name = group_of(visit.in_class.classroom, current.number)
    st.fragment(_draw_canvas)(visit, current, name)
    if KINDS[current.kind].shared:
        st.caption(t("classroom.round.student.shared"))


def _draw_canvas(visit: Visit, current: StudentRound, name: str) -> None:
    hint = round_title(current.kind, current.subject, visit.t)
    draw_canvas(visit, DRAWN, lambda: _send(visit, current, name), "round", _SIDE, name, hint)


def _send(visit: Visit, current: StudentRound, name: str) -> None:
    """Put on the wall what is drawn; nothing is said where the time ended meanwhile: the last stroke in time counts."""
    rounds = visit.engine.rounds
    with visit.messages.errors_said_next(but="round_over"), suppress(BlankError):
        strokes = drawing_of(DRAWN, name)
        if strokes is None:
            rounds.take_off_own(visit.token, current.number)
        else:
            rounds.draw(visit.token, current.number, prepare(strokes, DRAWN).image)
