"""Draws the teacher's live board: students who need help, the class's progress, and results."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Literal

import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.core.classroom import (
    NICKNAME_CODE_POINTS,
    Classroom,
    ClassSnapshot,
    HelpReason,
    StudentStatus,
    unpack_image,
)
from fvapp.core.missions import MISSIONS
from fvapp.core.wording import NOTHING
from fvapp.i18n import Translator
from fvapp.ui.browser import draw_expander, draw_popover, draw_select
from fvapp.ui.classroom.back import draw_seat_cards, draw_seat_code, make_seat_code
from fvapp.ui.classroom.lines import draw_lines_sent_by_students
from fvapp.ui.classroom.results import draw_class_results
from fvapp.ui.classroom.round_board import draw_round_board
from fvapp.ui.classroom.round_screens import render_class_template
from fvapp.ui.classroom.steering import draw_steering_buttons
from fvapp.ui.classroom.way_in import draw_how_to_join
from fvapp.ui.examples.class_set import draw_class_data_set
from fvapp.ui.lesson.class_papers import draw_clock_warning
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    draw_command_button,
    give_engine_command,
    mission_step_name,
    row_container,
)
from fvapp.ui.visit import Visit

_ICONS: Mapping[HelpReason | None, str] = {
    "hand": ":material/back_hand:",
    "error": ":material/error:",
    "long": ":material/hourglass_empty:",
}
_MOST_WAITING = 12  # maximum number of nicknames shown for approval at once


def draw_class_board(visit: Visit, classroom: Classroom) -> None:
    """Draw the teacher's board: the buttons, then the part that is redrawn on every change."""
    with row_container("class_top", horizontal_alignment="distribute"):
        with row_container("class_title", width="content"):
            st.title(escape_markdown(classroom.name), width="content")
            with st.container(key="class_code", width="content"):
                st.html(f"<span class='fvapp-code'>{escape(classroom.code)}</span>")
            # The link opens a new tab, which the teacher can drag to the projector's screen.
            _draw_projector_link(visit, classroom, "projector", "tertiary")
            _draw_class_switch(visit, classroom)
        draw_steering_buttons(visit, classroom)

    visit.messages.draw_message_area()
    visit.draw_live_part("board", lambda: _draw_live_board(visit, classroom))
    st.caption(visit.t("classroom.kept"))


def _draw_projector_link(
    visit: Visit, classroom: Classroom, words: str, kind: Literal["primary", "tertiary"]
) -> None:
    st.link_button(
        visit.t(f"classroom.board.{words}"),
        f"class?view=projector&class={classroom.id}",
        type=kind,
        icon=":material/open_in_new:",
    )


def _draw_class_switch(visit: Visit, classroom: Classroom) -> None:
    """Draw a select box of the teacher's open classes, if there are several."""
    classes: list[Classroom] = []
    with visit.messages.showing_errors():
        classes = sorted(
            visit.engine.teachers.open_classes_of_teacher(visit.token),
            key=lambda classroom: classroom.created,
        )
    if len(classes) < 2:
        return
    names = [classroom.name for classroom in classes]
    words = {
        classroom.id: classroom.name
        if names.count(classroom.name) < 2
        else f"{classroom.name} · {classroom.code}"
        for classroom in classes
    }

    def switch_class(chosen: str) -> None:
        st.query_params.from_dict({"class": chosen})

    draw_select(
        st.selectbox,
        visit.t("classroom.board.switch"),
        words,
        "class_switch",
        classroom.id,
        switch_class,
        label_visibility="collapsed",
        width=280,
    )


def _draw_live_board(visit: Visit, classroom: Classroom) -> bool:
    t = visit.t
    snapshot = visit.engine.teachers.class_snapshot(visit.token, classroom.id)
    draw_clock_warning(visit)
    if full := len(snapshot.students) >= visit.engine.teachers.max_students:
        st.warning(t("classroom.board.full", n=len(snapshot.students)))
        _draw_intruder_buttons(visit, classroom, snapshot)
    if classroom.round is not None:
        draw_round_board(visit, classroom, classroom.round)
    draw_class_data_set(visit, classroom)
    if not snapshot.students:
        st.markdown(t("classroom.board.empty"))
        with st.container(horizontal=True, key="class_empty"):
            draw_how_to_join(classroom, snapshot.present_student_count, t)
        with st.container(key="class_projector"):
            _draw_projector_link(visit, classroom, "open_projector", "primary")
        return True

    with st.container(key="class_counts"):
        st.html(render_class_template("counts.html", t=t, snapshot=snapshot))
    left, right = st.columns([3, 2], gap="large")
    with left:
        with st.container(key="needs_help", gap=None):
            _draw_students_in_need(visit, classroom, snapshot)
        draw_lines_sent_by_students(visit, classroom, snapshot)
        st.html(
            render_class_template(
                "board_seats.html",
                t=t,
                students=snapshot.students,
                place_words=_student_step_text,
                drawings=_revealed_drawing_urls(classroom, snapshot),
            )
        )
        draw_nickname_approvals(visit, classroom, snapshot)
        draw_expander(
            "students",
            t("classroom.board.names", n=len(snapshot.students)),
            300,
            _draw_student_list,
            visit,
            classroom,
            snapshot,
            full,
        )
        with st.container(key="class_places"):
            st.header(t("classroom.board.where"))
            st.html(
                render_class_template(
                    "places.html",
                    t=t,
                    snapshot=snapshot,
                    missions=[MISSIONS[mission] for mission in classroom.missions],
                )
            )

    with right:
        draw_class_results(visit, classroom)
    return True


def _revealed_drawing_urls(classroom: Classroom, snapshot: ClassSnapshot) -> dict[str, str]:
    """Return data URLs of the class's drawings, by student id; empty until they are revealed."""
    current = classroom.round
    if current is None or not current.revealed:
        return {}
    return {
        student.id: png_data_url(unpack_image(entry.drawing))
        for student in snapshot.students
        if student.student_row
        and (entry := student.student_row.student.entry)
        and entry.round == current.number
        and entry.drawing
    }


def _draw_student_list(
    visit: Visit, classroom: Classroom, snapshot: ClassSnapshot, full: bool
) -> None:
    st.html(
        render_class_template(
            "names.html",
            t=visit.t,
            snapshot=snapshot,
            place_words=_student_step_text,
            assignment=(None, *classroom.assignments)[-1],
        )
    )
    draw_student_actions(visit, classroom, snapshot)
    draw_seat_cards(
        visit, classroom, {student.id: student.nickname for student in snapshot.students}
    )
    if not full:
        _draw_intruder_buttons(visit, classroom, snapshot)


def _draw_students_in_need(visit: Visit, classroom: Classroom, snapshot: ClassSnapshot) -> None:
    t = visit.t
    st.header(t("classroom.board.needs_help"))
    if not snapshot.students_in_need:
        st.caption(t("classroom.board.nobody"))
    for student in snapshot.students_in_need:
        with row_container(f"need_{student.id}"):
            reason = t(
                "classroom.board.minutes",
                reason=t(f"classroom.board.{student.help_reason}"),
                n=student.help_minutes,
            )
            st.markdown(_ICONS[student.help_reason], width="content")
            st.html(
                f"<div class='fvapp-who'><b>{escape(student.nickname)}</b>"
                f"<small>{escape(reason)}</small></div>"
            )
            st.html(
                f"<span class='fvapp-place'>{escape(_student_step_text(student, t))}</span>",
                width="content",
            )
            draw_command_button(
                visit,
                t("classroom.board.helped"),
                f"helped_{student.id}",
                visit.engine.teachers.record_student_helped,
                classroom.id,
                student.id,
            )


def draw_nickname_approvals(visit: Visit, classroom: Classroom, snapshot: ClassSnapshot) -> None:
    """Draw a button for each self-chosen nickname that the projector does not show yet."""
    waiting = sorted(
        (student for student in snapshot.students if not student.is_name_public),
        key=lambda student: student.id,
    )
    if not waiting:
        return
    st.caption(visit.t("classroom.board.hidden"))

    with st.container(horizontal=True, key="nicknames_waiting"):
        for student in waiting[:_MOST_WAITING]:
            draw_command_button(
                visit,
                escape_markdown(student.nickname),
                f"show_{student.id}",
                visit.engine.teachers.show_nickname_on_projector,
                classroom.id,
                student.id,
            )


def draw_student_actions(visit: Visit, classroom: Classroom, snapshot: ClassSnapshot) -> None:
    """Draw a select box of students, and the teacher's actions for the chosen student."""
    t = visit.t
    teachers = visit.engine.teachers
    room = classroom.id
    names = {
        student.id: student.nickname
        for student in sorted(snapshot.students, key=lambda student: student.nickname.casefold())
    }
    chosen = st.selectbox(
        t("classroom.board.choose"),
        names,
        None,
        key="student",
        format_func=names.__getitem__,
        placeholder=NOTHING,
    )
    if chosen not in names:
        return
    st.text_input(
        t("classroom.board.new_name"), key=f"rename_{chosen}", max_chars=NICKNAME_CODE_POINTS
    )

    with st.container(horizontal=True, key="student_buttons"):
        st.button(
            t("classroom.board.rename"),
            key="student_rename",
            on_click=_rename_student,
            args=(visit, classroom, chosen),
        )
        draw_command_button(
            visit,
            t("classroom.board.remove"),
            "student_remove",
            teachers.remove_student,
            room,
            chosen,
        )
        draw_command_button(
            visit,
            t("classroom.board.ban"),
            "student_ban",
            partial(teachers.remove_student, ban=True),
            room,
            chosen,
        )

    st.caption(t("classroom.board.ban_help"))
    if classroom.codes:
        st.button(
            t("classroom.back.new"),
            key="seat_code_new",
            on_click=make_seat_code,
            args=(visit, classroom, chosen),
        )
        draw_seat_code(visit, classroom, chosen, names[chosen])


def _draw_intruder_buttons(visit: Visit, classroom: Classroom, snapshot: ClassSnapshot) -> None:
    """Draw buttons that close the class to new students, and remove students who have done nothing.

    A teacher needs these buttons if a program fills the class with invented students.
    """
    t = visit.t
    with st.container(horizontal=True, key="class_strangers"):
        draw_command_button(
            visit,
            t(f"classroom.board.{'nobody_new' if classroom.door else 'somebody_new'}"),
            "class_door_now",
            visit.engine.teachers.allow_joining,
            classroom.id,
            not classroom.door,
        )
        idle = sorted(
            (student for student in snapshot.students if student.has_done_nothing),
            key=lambda student: student.nickname.casefold(),
        )
        draw_popover(
            "idle",
            t("classroom.board.remove_idle"),
            200,
            _draw_idle_students,
            visit,
            classroom,
            idle,
            icon=":material/group_remove:",
        )


def _draw_idle_students(visit: Visit, classroom: Classroom, idle: Sequence[StudentStatus]) -> None:
    """Draw the names of students who have done nothing, and a button that removes them."""
    t = visit.t
    if not idle:
        st.caption(t("classroom.board.all_did"))
        return
    st.markdown(t("classroom.board.idle_named", n=len(idle)))
    with st.container(key="idle_names"):
        st.markdown(escape_markdown(t("common.comma").join(student.nickname for student in idle)))
    draw_command_button(
        visit,
        t("classroom.board.remove_named"),
        "remove_idle",
        visit.engine.teachers.remove_idle_students,
        classroom.id,
        [student.id for student in idle],
        confirmation=lambda n: t("classroom.board.removed_idle", n=n),
    )


def _rename_student(visit: Visit, classroom: Classroom, student: str) -> None:
    name = st.session_state.get(f"rename_{student}", "")
    give_engine_command(visit, visit.engine.teachers.rename_student, classroom.id, student, name)


def _student_step_text(student: StudentStatus, t: Translator) -> str:
    """Return words for what a student is doing, such as a class activity or a mission's step."""
    if student.is_done:
        return t("classroom.board.all_done")
    if student.round_kind:
        return t(f"classroom.round.kinds.{student.round_kind}")
    has_begun = student.mission_step != "start"
    if student.is_training and not has_begun:
        return t("pages.train")
    mission = MISSIONS[student.mission]
    return t(
        "classroom.board.place",
        mark=mission.short_name,
        step=mission_step_name(mission, student.mission_step, t)
        if has_begun
        else t("classroom.board.start"),
    )
