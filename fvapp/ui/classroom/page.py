"""The page of a class: a teacher's board or projector, a student's seat, or the form to join."""

import streamlit as st

from fvapp.core.classroom.roster import Seat
from fvapp.ui.classroom.assignment import find_assigned, follow
from fvapp.ui.classroom.board import draw_board
from fvapp.ui.classroom.joining import draw_join
from fvapp.ui.classroom.projector import draw_projector
from fvapp.ui.classroom.seat import draw_seat
from fvapp.ui.classroom.shown import PROJECTOR, has_ended
from fvapp.ui.messages import plain
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import Visit


def show(visit: Visit) -> None:
    """Draw the page for the visitor's role in a class and for the address."""
    view = st.query_params.get("view")
    held = visit.in_class
    assigned = find_assigned(visit)
    if isinstance(held, Seat):
        if assigned is not None:
            follow(visit, held, *assigned)
        draw_seat(visit, held)
    elif held is None and view != PROJECTOR:
        draw_join(visit, assigned)
    elif held is None or has_ended(held, view):
        _draw_ended(visit, view)
    else:
        (draw_projector if view == PROJECTOR else draw_board)(visit, held)


def _draw_ended(visit: Visit, view: str | None) -> None:
    """Say that the class has ended, and link to the open ones."""
    t = visit.t
    st.title(t("classroom.ended.title"))
    visit.messages.show()
    with visit.messages.errors_said_here():
        for classroom in visit.engine.teachers.open_classes(visit.token):
            to = {"class": classroom.id} | ({"view": view} if view else {})
            st.page_link(
                page_path("classroom"),
                label=plain(classroom.name),
                icon=":material/groups:",
                query_params=to,
            )
    st.page_link(page_path("teachers"), label=t("classroom.ended.all"))
