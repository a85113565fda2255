"""Draws lines of text by students' networks, which the teacher can approve for the projector."""

from zlib import crc32

import streamlit as st

from fvapp.core.classroom import Classroom, ClassSnapshot, SentNetworkText, StudentStatus
from fvapp.core.templates import render_template
from fvapp.ui.browser import draw_expander
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import draw_command_button
from fvapp.ui.visit import Visit


def student_line_html(student: StudentStatus) -> str:
    """Return HTML for the line that a student sent; typed and generated text look different."""
    return render_template(__package__, "line.html", line=student.written_line)


def draw_lines_sent_by_students(
    visit: Visit, classroom: Classroom, snapshot: ClassSnapshot
) -> None:
    """Draw the lines that students sent.

    The lines are in an expander, since the teacher's screen may be projected.
    """
    lines = [(student, line) for student in snapshot.students if (line := student.written_line)]
    if lines:
        draw_expander(
            "lines",
            visit.t("classroom.lines.title", n=len(lines)),
            200,
            _draw_line_approvals,
            visit,
            classroom,
            lines,
        )


def _draw_line_approvals(
    visit: Visit, classroom: Classroom, lines: list[tuple[StudentStatus, SentNetworkText]]
) -> None:
    t = visit.t
    judge = visit.engine.teachers.show_or_delete_student_line
    st.caption(t("classroom.lines.help"))
    for student, line in sorted(lines, key=lambda pair: pair[0].id):
        # The key depends on the line, so that a late click cannot approve a newer line of the
        # student.
        key = f"line_{student.id}_{crc32(repr(line).encode())}"
        values = (classroom.id, student.id, line)
        st.markdown(f"**{escape_markdown(student.nickname)}**")
        st.html(student_line_html(student))
        with st.container(horizontal=True):
            if not line.shown:
                draw_command_button(
                    visit, t("classroom.lines.show"), f"{key}_show", judge, *values, True
                )
            draw_command_button(
                visit, t("classroom.lines.away"), f"{key}_away", judge, *values, False
            )
