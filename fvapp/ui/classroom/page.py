"""The page of a class: a teacher's board or projector, a student's seat, or the way into one of them."""

import streamlit as st

from fvapp.core.classroom.roster import Classroom, Seat
from fvapp.ui.classroom.assignment import find_assigned, follow
from fvapp.ui.classroom.board import draw_board
from fvapp.ui.classroom.joining import draw_join
from fvapp.ui.classroom.projector import draw_projector
from fvapp.ui.classroom.seat import draw_seat
from fvapp.ui.messages import plain
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import CLASSES_SHOWN, Visit

PROJECTOR = "projector"


def show(visit: Visit) -> None:
    """Draw the page that the visitor's part in a class, and the address, ask for."""
    view, held = st.query_params.get("view"), visit.in_class
    assigned = find_assigned(visit)
    if isinstance(held, Seat):
        if assigned is not None:
            follow(visit, held, *assigned)
        draw_seat(visit, held)
    elif held is None and view != PROJECTOR:
        draw_join(visit, assigned)
    elif held is None or _has_ended(held, view):
        _draw_ended(visit, view)
    else:
        (draw_projector if view == PROJECTOR else draw_board)(visit, held)


def _has_ended(held: Classroom, view: str | None) -> bool:
    """Return whether the class that this tab shows is no longer open.

    Another one does not take its place by itself: a click on its way may be meant for the first, and its students may
    look at the projector.
    """
    asked, shown = st.query_params.get("class", ""), st.session_state.setdefault(CLASSES_SHOWN, {})
    if shown.setdefault(asked, (view == PROJECTOR and asked) or held.id) != held.id:
        return True
    shown[""] = held.id
    return False


def _draw_ended(visit: Visit, view: str | None) -> None:
    """Say so, and link to the classes that are open."""
    t = visit.t
    st.title(t("classroom.ended.title"))
    visit.messages.show()
    with visit.messages.errors_said_here():
        for classroom in visit.engine.teachers.open_classes(visit.token):
            to = {"class": classroom.id} | ({"view": view} if view else {})
            st.page_link(page_path("classroom"), label=plain(classroom.name), icon=":material/groups:", query_params=to)
    st.page_link(page_path("teachers"), label=t("classroom.ended.all"))
