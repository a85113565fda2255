"""Draws a student's page in a class, with their missions, and the bar above every page."""

from html import escape

import streamlit as st

from fvapp.core.classroom import StudentClassView
from fvapp.core.missions.progress import unfinished_missions
from fvapp.core.schema import read_as_type_or_none
from fvapp.ui.classroom.kinds import load_round_screens
from fvapp.ui.lesson.said_in_class import MOST_CHARACTERS, REFLECTION
from fvapp.ui.lesson.think import draw_mission_link, draw_own_answers_expander
from fvapp.ui.messages import escape_markdown
from fvapp.ui.networks.model_choice import draw_train_link
from fvapp.ui.parts import (
    draw_command_button,
    give_engine_command,
    row_container,
)
from fvapp.ui.visit import Visit


def draw_seat_page(visit: Visit, seat: StudentClassView) -> None:
    """Draw a student's page in a class: missions, drawings, reflection, and leaving the class."""
    t = visit.t
    st.title(escape_markdown(seat.class_name))
    visit.messages.draw_message_area()
    st.header(t("classroom.seat.hello", nickname=escape_markdown(seat.nickname)))
    st.markdown(t("classroom.seat.missions"))
    to_do = list(
        filter(visit.allows_mission, unfinished_missions(visit.read_progress(), seat.missions))
    )
    # During a hunt (a contest for the best network), no mission is marked as the next mission,
    # since the button for the hunt comes first.
    first = [] if visit.hunt_budget else to_do[:1]

    with st.container(gap="xsmall", key="seat_missions"):
        for mission in seat.missions:
            with st.container(key="seat_next" if mission in first else f"seat_{mission}"):
                draw_mission_link(visit, mission)

    if seat.data:
        draw_train_link(visit, seat.data, "classroom.set.train")

    draw_own_answers_expander(visit, seat)
    if seat.drawing_count:
        with st.container(key="seat_drawings"):
            st.caption(t("classroom.set.yours", n=seat.drawing_count))
            draw_command_button(
                visit,
                t("classroom.set.take_back"),
                "drawings_back",
                visit.engine.class_drawings.delete_own_drawings,
                icon=":material/delete:",
                type="tertiary",
            )

    state = st.session_state

    def write_reflection() -> None:
        give_engine_command(
            visit,
            visit.engine.notes.write_note,
            REFLECTION,
            str(state["reflection"])[:MOST_CHARACTERS].strip(),
        )

    state["reflection"] = read_as_type_or_none(str, visit.read_note(REFLECTION)) or ""
    st.text_area(
        t("classroom.seat.reflection"),
        key="reflection",
        max_chars=MOST_CHARACTERS,
        help=t("classroom.seat.reflection_help"),
        on_change=write_reflection,
    )

    with st.expander(t("classroom.seat.leaving"), key="class_leaving"):
        st.markdown(t("classroom.seat.leave_help"))
        draw_command_button(
            visit,
            t("classroom.seat.leave"),
            "class_leave",
            visit.engine.students.leave_class,
            confirmation=t("classroom.seat.left"),
        )
        st.markdown(t("classroom.join.kept"))


def draw_closed_page(visit: Visit) -> None:
    """Draw a note in place of a page that the teacher has locked."""
    st.title(visit.t(f"pages.{visit.page_name}"))
    visit.messages.draw_message_area()
    st.info(visit.t("classroom.seat.page_locked"), icon=":material/lock:")


def draw_seat_bar(visit: Visit, seat: StudentClassView) -> None:
    """Draw the bar above every page: the class, the nickname, and a button that raises a hand.

    The teacher's "eyes up" message and the current class activity are also drawn.
    """
    t = visit.t
    if sentence := seat.teacher_controls.eyes_up:
        st.html(f"<div class='fvapp-eyes-up' role='alert'><p>{escape(sentence)}</p></div>")
    with row_container("class_bar"):
        st.markdown(
            f"**{escape_markdown(seat.class_name)}** · {escape_markdown(seat.nickname)}",
            width="stretch",
        )
        draw_command_button(
            visit,
            t("classroom.seat.hand_down" if seat.is_hand_up else "classroom.seat.hand_up"),
            "hand_up",
            visit.engine.students.raise_hand,
            not seat.is_hand_up,
            type="primary" if seat.is_hand_up else "secondary",
            icon=":material/back_hand:",
            help=t("classroom.seat.hand_said") if seat.is_hand_up else None,
        )

    current = seat.round
    if current is not None and current.covers_pages_until is None:
        screens = load_round_screens(current.kind)
        with st.container(key="class_round", border=True):
            st.markdown(f"**{screens.round_title(current, t)}**")
            screens.draw_round_for_student(visit, current)
