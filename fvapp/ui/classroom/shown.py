"""Finds out whether a tab shows a class's projector page, and whether that class has ended."""

import streamlit as st

from fvapp.core.classroom import Classroom
from fvapp.ui.visit import CLASSES_SHOWN, Visit

PROJECTOR = "projector"


def is_on_projector(visit: Visit) -> bool:
    """Return whether the page is a class's projector page, which has no links or menus."""
    classroom = visit.class_or_seat
    view = st.query_params.get("view")
    return (
        visit.page_name == "classroom"
        and view == PROJECTOR
        and isinstance(classroom, Classroom)
        and not has_class_ended(classroom, view)
    )


def has_class_ended(classroom: Classroom, view: str | None) -> bool:
    """Return whether the class that this tab shows is no longer open.

    Another class does not replace an ended class automatically: the teacher may be about to press a
    button for the ended class, whose students may be looking at the projector.
    """
    asked = st.query_params.get("class", "")
    shown = st.session_state.setdefault(CLASSES_SHOWN, {})
    if shown.setdefault(asked, (view == PROJECTOR and asked) or classroom.id) != classroom.id:
        return True
    shown[""] = classroom.id
    return False
