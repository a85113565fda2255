"""The page of a class: a teacher's board or projector, a student's seat, or the way into one of them."""

from __future__ import annotations

import streamlit as st

from fvapp.core.classroom.roster import Classroom, Seat
from fvapp.ui.classroom.board import draw_board
from fvapp.ui.classroom.opening import draw_join, draw_opening, take_code
from fvapp.ui.classroom.projector import draw_projector
from fvapp.ui.classroom.seat import draw_seat
from fvapp.ui.visit import Visit

OPEN, PROJECTOR = "open", "projector"


def show(visit: Visit) -> None:
    """Draw the page that the visitor's part in a class, and the address, ask for."""
    if "teacher" in st.query_params:
        take_code(visit)
    view = st.query_params.get("view")
    if isinstance(visit.in_class, Classroom):
        (draw_projector if view == PROJECTOR else draw_board)(visit, visit.in_class)
    elif isinstance(visit.in_class, Seat):
        draw_seat(visit, visit.in_class)
    elif view == OPEN:
        draw_opening(visit)
    else:
        draw_join(visit)
