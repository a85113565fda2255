"""Draws the projector's page: how to join, legible from the last row, and revealed results."""

from html import escape

import streamlit as st
from markupsafe import Markup

from fvapp.charts.class_dots import WIDE, WIDTH
from fvapp.core.classroom import Classroom, MissionResults, class_mission_results
from fvapp.i18n import Translator
from fvapp.ui.browser import file_link, qr_code_html
from fvapp.ui.classroom.kinds import load_round_screens
from fvapp.ui.classroom.lines import student_line_html
from fvapp.ui.classroom.results import draw_mission_results
from fvapp.ui.classroom.round_screens import render_class_template
from fvapp.ui.classroom.way_in import draw_how_to_join
from fvapp.ui.parts import server_address
from fvapp.ui.visit import Visit

# Maximum number of networks' QR codes on the projector. More codes would be too small to scan, even
# from the front rows.
_MOST_NETWORKS = 10

_ALONE = """
.stAppHeader { display: none; }
.stMainBlockContainer { max-width: none; padding: 2.5vw 3.5vw; }
"""


def draw_projector(visit: Visit, classroom: Classroom) -> None:
    """Draw the projector's page, in the class's language and without the app's usual frame."""
    t = Translator(classroom.language)
    st.html(f"<style>{_ALONE}</style>")
    with st.container(key="projector"):
        visit.draw_live_part("projector", lambda: _draw_live_projector(visit, classroom, t))


def _latest_revealed_results(visit: Visit, room: Classroom) -> MissionResults | None:
    """Return the results of the mission that the teacher revealed last; None without results."""
    if not room.revealed:
        return None
    results = class_mission_results(room, visit.engine.teachers.student_rows(visit.token, room.id))
    return next((result for result in results if result.mission == room.revealed[-1]), None)


def _draw_reveal_curtains(room: Classroom) -> None:
    """Draw the curtains that rise when the teacher reveals results of a mission or activity.

    Each curtain has its own container. Otherwise, the browser would lower the curtain again
    whenever something else on the page appears or disappears.
    """
    with st.container(key="projector_reveals"):
        with st.container():
            for mission in room.revealed[-1:]:
                st.html(render_class_template("reveal.html", what=mission, picture=mission))
        with st.container():
            if room.round is not None and room.round.revealed:
                st.html(
                    render_class_template(
                        "reveal.html",
                        what=f"round {room.round.number}",
                        picture=room.round.subject,
                    )
                )


def _draw_live_projector(visit: Visit, room: Classroom, t: Translator) -> bool:
    address = server_address()
    snapshot = visit.engine.teachers.class_snapshot(visit.token, room.id)
    students = sorted(snapshot.students, key=lambda student: student.id)
    current = room.round
    view = None if current is None else visit.engine.rounds.round_view(visit.token, room.id)
    latest = None if view is not None else _latest_revealed_results(visit, room)
    networks = [student for student in students if student.wall_network_code]
    lines = [student for student in students if student.written_line and student.written_line.shown]
    _draw_reveal_curtains(room)
    if room.steering.eyes_up:
        st.html(f"<p class='fvapp-look'>{escape(room.steering.eyes_up)}</p>")
    is_small = view or latest or networks or lines
    with st.container(horizontal=True, key=f"projector_{'small' if is_small else 'large'}"):
        if current is not None and view is not None:
            with st.container(key="projector_round"):
                st.html(load_round_screens(current.kind).round_heading_html(current, view, t))
        draw_how_to_join(room, snapshot.present_student_count, t)
    for student in lines:
        st.html(student_line_html(student))
    if current is not None and view is not None:
        with st.container(key="round_projected"):
            load_round_screens(current.kind).draw_round_on_projector(
                current, view, visit.engine.rounds.now(), t
            )
    elif latest:
        with st.container(key="projected"):
            draw_mission_results(
                latest, t, "projected", WIDE if len(latest.trial_results) > 1 else WIDTH
            )
    else:
        if networks:
            shown = [
                (
                    student.nickname if student.is_name_public else "",
                    Markup(qr_code_html(file_link(student.wall_network_code, address))),
                )
                for student in networks
            ]
            st.html(
                render_class_template(
                    "networks.html",
                    t=t,
                    shown=shown[:_MOST_NETWORKS],
                    more=len(shown) - _MOST_NETWORKS,
                )
            )
        st.html(render_class_template("seats.html", students=students))
    return True
