"""Makes assignments, which list missions to do by a due date, and opens assignment links.

Teachers copy an assignment's text, with its link, into the tools that their school uses.
"""

from datetime import date, timedelta

import streamlit as st

from fvapp.core.classroom import Assignment, Classroom, StudentClassView
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import unfinished_missions
from fvapp.core.wording import NOTHING
from fvapp.i18n import Translator
from fvapp.ui.messages import escape_markdown, queue_message
from fvapp.ui.parts import (
    app_address,
    draw_address_warning,
    draw_command_button,
    draw_plain_text,
    find_page,
    mission_name,
)
from fvapp.ui.visit import Visit

ClassAssignment = tuple[Classroom, Assignment]


def draw_assignment_maker(visit: Visit, room: Classroom) -> None:
    """Draw fields for an assignment's missions and due date, then the text to copy."""
    t = visit.t
    chosen = st.multiselect(
        t("classroom.open.missions"),
        room.missions,
        format_func=lambda mission: mission_name(mission, t),
        key="assign_missions",
        placeholder=NOTHING,
    )
    due = st.date_input(
        t("classroom.assign.due"),
        date.today() + timedelta(7),
        format="YYYY-MM-DD",
        key="assign_due",
    )
    draw_command_button(
        visit,
        t("classroom.assign.make"),
        "assign",
        visit.engine.seat_returns.assign_missions,
        room.id,
        chosen,
        due,
        type="primary",
        disabled=not chosen or due is None,
    )

    for made in room.assignments[-1:]:
        words = Translator(room.language)
        link = f"{app_address()}/class?assignment={made.key}&lang={room.language}"
        st.caption(t("classroom.assign.copy"))
        draw_plain_text(
            words(
                "classroom.assign.text",
                name=room.name,
                date=made.due,
                missions="\n".join(mission_name(mission, words) for mission in made.missions),
                link=link,
            )
        )
        draw_address_warning(link, t)


def find_assignment(visit: Visit) -> ClassAssignment | None:
    """Return the class and assignment named in the address, or None if there is none."""
    if key := st.query_params.get("assignment"):
        with visit.messages.queueing_errors():
            return visit.engine.seat_returns.find_assignment(visit.token, key[:40])
    return None


def draw_assignment(visit: Visit, room: Classroom, assigned: Assignment) -> None:
    """Draw an assignment's missions, due date and class for a visitor who is not in a class."""
    t = visit.t
    st.markdown(
        f"**{t('classroom.assign.asked', name=escape_markdown(room.name), date=assigned.due)}**"
    )
    st.markdown("  \n".join(mission_name(mission, t) for mission in assigned.missions))
    if not room.takes_new_students:
        st.info(t("classroom.assign.closed"))


def open_assigned_mission(
    visit: Visit, seat: StudentClassView | None, room: Classroom, assigned: Assignment
) -> None:
    """Switch the page to a student's first unfinished mission of an assignment.

    Args:
        seat: the open class in which the visitor is a student; None for a student of the closed
            class `room`.
    """
    t = visit.t
    to_do = unfinished_missions(visit.read_progress(), assigned.missions)
    st.query_params.clear()
    if seat is not None and seat.class_id != room.id:
        queue_message(
            t("classroom.assign.other_class", name=room.name, own=seat.class_name), "error"
        )
        return
    if not to_do:
        queue_message(t("classroom.assign.done"))
    elif assigned.due < date.today().isoformat():
        queue_message(t("classroom.assign.late", date=assigned.due))
    if to_do or seat is None:
        mission = {"mission": MISSIONS[to_do[0]].short_name} if to_do else {}
        st.switch_page(find_page("missions"), query_params=mission)
