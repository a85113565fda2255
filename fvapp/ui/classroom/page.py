"""Draws a school class's page, which differs for teacher, projector, student and newcomer."""

import streamlit as st

from fvapp.core.classroom import StudentClassView
from fvapp.ui.classroom.assignment import find_assignment, open_assigned_mission
from fvapp.ui.classroom.board import draw_class_board
from fvapp.ui.classroom.joining import draw_join_form
from fvapp.ui.classroom.projector import draw_projector
from fvapp.ui.classroom.seat import draw_seat_page
from fvapp.ui.classroom.shown import PROJECTOR, has_class_ended
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import draw_page_link
from fvapp.ui.visit import Visit


def show_page(visit: Visit) -> None:
    """Draw the page of a school class, depending on the visitor and the page's address.

    A teacher gets the board or the projector's page, a student gets the page with their missions,
    and anybody else gets the form for joining.
    """
    view = st.query_params.get("view")
    classroom = visit.class_or_seat
    assigned = find_assignment(visit)
    if isinstance(classroom, StudentClassView):
        if assigned is not None:
            open_assigned_mission(visit, classroom, *assigned)
        draw_seat_page(visit, classroom)
    elif classroom is None and view != PROJECTOR:
        if homework := visit.engine.seat_returns.find_homework(visit.token):
            open_assigned_mission(visit, None, *homework)
        draw_join_form(visit, assigned)
    elif classroom is None or has_class_ended(classroom, view):
        _draw_class_ended(visit, view)
    else:
        (draw_projector if view == PROJECTOR else draw_class_board)(visit, classroom)


def _draw_class_ended(visit: Visit, view: str | None) -> None:
    """Draw a note that the class has ended, with links to the teacher's open classes."""
    t = visit.t
    st.title(t("classroom.ended.title"))
    visit.messages.draw_message_area()
    with visit.messages.showing_errors_here():
        for classroom in visit.engine.teachers.open_classes_of_teacher(visit.token):
            draw_page_link(
                "classroom",
                escape_markdown(classroom.name),
                icon=":material/groups:",
                query_params={"class": classroom.id} | ({"view": view} if view else {}),
            )
    draw_page_link("teachers", t("classroom.ended.all"))
