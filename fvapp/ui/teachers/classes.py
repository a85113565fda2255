"""Draws the form that opens a school class, the teacher's classes, and private teacher links."""

from collections.abc import Callable

import streamlit as st

from fvapp.core.classroom import Classroom
from fvapp.core.documents.class_results import class_facts_line
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON, class_waiting_seconds
from fvapp.core.names import MOST_CHARACTERS
from fvapp.core.wording import duration_words
from fvapp.i18n import Translator, language_tags
from fvapp.ui.browser import TEACHER, draw_expander, qr_code_html, take_address_secret
from fvapp.ui.lesson.class_papers import draw_class_downloads
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    app_address,
    draw_address_warning,
    draw_page_link,
    draw_plain_text,
    give_engine_command,
    mention_remaining_copies,
    mission_name,
    row_container,
)
from fvapp.ui.teachers.curtain import stop_asking_for_password
from fvapp.ui.visit import Visit

_PATH = "teachers_next_path"


def take_teachers_code(visit: Visit) -> None:
    """Use the code of a private teacher link, if the visitor has opened such a link.

    With a valid code, the visitor does not need the teacher password.
    """
    code = take_address_secret(TEACHER)
    if code is not None and give_engine_command(
        visit, visit.engine.teachers.claim_teachers_right, code
    ):
        stop_asking_for_password()


def draw_open_class_form(visit: Visit, count: int) -> None:
    """Draw the form that opens a school class: a name, a button, and further options.

    Args:
        count: the teacher's number of classes; a class without a name gets the next number.
    """
    t = visit.t
    usual = t("classroom.open.usual", n=count + 1)
    visit.form_key = "class_opening"
    visit.first_field_key = "class_name"

    with st.container(key=visit.form_key):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t("classroom.open.name"),
                key="class_name",
                max_chars=MOST_CHARACTERS,
                placeholder=usual,
            )
            st.button(
                t("classroom.open.button"),
                key="class_open",
                type="primary",
                icon=":material/groups:",
                on_click=_open_class,
                args=(visit, usual, count),
            )
        with st.expander(t("classroom.open.more")):
            tags = language_tags()
            st.selectbox(
                t("classroom.open.language"),
                tags,
                tags.index(t.language),
                format_func=lambda tag: Translator(tag)("language.name"),
                key="class_language",
            )
            chosen = st.multiselect(
                t("classroom.open.missions"),
                MISSIONS,
                LESSON,
                format_func=lambda mission: mission_name(mission, t),
                key="class_missions",
            )
            seconds = class_waiting_seconds(
                [MISSIONS[mission] for mission in chosen], pairs=1, workers=1
            )
            st.caption(t("classroom.open.minutes", time=duration_words(seconds, t)))
            st.caption(t("classroom.kept"))


def _open_class(visit: Visit, usual: str, count: int) -> None:
    teachers = visit.engine.teachers
    state = st.session_state

    def open_class_once(token: str) -> Classroom:
        classes = teachers.classes_of_teacher(token)
        if len(classes) > count:  # the second click of a double click
            return classes[0][0]
        language = state["class_language"]
        return teachers.open_class(
            token,
            state["class_name"].strip() or usual,
            language if language in language_tags() else visit.t.language,
            state["class_missions"],
        )

    _open_class_board(visit, open_class_once)


def _open_class_board(visit: Visit, command: Callable[..., Classroom], *values: object) -> None:
    """Give a command that opens a school class; show the teacher's board by changing the URL.

    ``st.switch_page`` would not work, since the command makes the browser request a rerun at the
    same time. Streamlit merges the two requests, and may combine the page of one request with the
    URL of the other.
    """
    opened: list[Classroom] = []
    if give_engine_command(visit, lambda token: opened.append(command(token, *values))):
        st.query_params.from_dict({"class": opened[0].id})


def draw_teacher_classes(visit: Visit, classes: tuple[tuple[Classroom, int], ...]) -> None:
    """Draw a teacher's classes, open classes first, each with its number of students."""
    t = visit.t
    if classes:
        st.header(t("classroom.open.yours"))
    for classroom, n in sorted(classes, key=lambda row: not row[0].is_open_to_students):
        if classroom.is_open_to_students:
            _draw_open_class(visit, classroom, n)
            continue
        label = f"**{escape_markdown(classroom.name)}** · {class_facts_line(classroom, n, t)}"
        draw_expander(f"class_{classroom.id}", label, 200, _draw_closed_class, visit, classroom)


def _draw_open_class(visit: Visit, classroom: Classroom, students: int) -> None:
    t = visit.t
    with row_container(f"class_{classroom.id}", border=True):
        st.markdown(
            f"**{escape_markdown(classroom.name)}** · {classroom.code} · "
            f"{t('classroom.open.students', n=students)}",
            width="stretch",
        )
        draw_page_link(
            "classroom",
            t("classroom.open.board"),
            icon=":material/groups:",
            query_params={"class": classroom.id},
        )
        st.link_button(
            t("classroom.board.projector"),
            f"class?view=projector&class={classroom.id}",
            type="tertiary",
            icon=":material/open_in_new:",
        )


def _draw_closed_class(visit: Visit, classroom: Classroom) -> None:
    t = visit.t
    key = classroom.id
    draw_class_downloads(visit, classroom, f"_{key}")
    st.button(
        t("classroom.open.again"),
        key=f"class_again_{key}",
        on_click=_open_class_board,
        args=(visit, visit.engine.teachers.reopen_class, key),
    )
    sure = st.checkbox(t("classroom.open.delete_sure"), key=f"class_sure_{key}")
    st.button(
        t("classroom.open.delete"),
        key=f"class_delete_{key}",
        disabled=not sure,
        on_click=_delete_classes,
        args=(visit, key),
    )


def draw_teacher_rights(visit: Visit) -> None:
    """Draw what the private teacher link unlocks: a link for another device, and all classes."""
    classes = None
    with visit.messages.showing_errors():
        classes = visit.engine.teachers.all_classes(visit.token)
    if classes is None:
        return
    draw_expander(
        "other_device",
        visit.t("teacher.device.title"),
        120,
        _draw_other_device,
        visit,
        icon=":material/devices:",
    )
    if classes:
        _draw_all_classes(visit, classes)


def _draw_other_device(visit: Visit) -> None:
    """Draw a button that makes a new private teacher link, for use on another device.

    The latest link is shown until it is used.
    """
    t = visit.t
    state = st.session_state
    teachers = visit.engine.teachers

    def renew_teacher_link() -> None:
        with visit.messages.queueing_errors():
            state[_PATH] = teachers.renew_teachers_address(visit.token)

    st.caption(t("teacher.device.help"))
    st.button(t("teacher.device.make"), key="other_device_make", on_click=renew_teacher_link)
    with visit.messages.showing_errors_here():
        if (path := state.get(_PATH)) and teachers.is_teachers_address_unused(visit.token, path):
            address = app_address() + path
            draw_plain_text(address)
            draw_address_warning(address, t)
            st.html(qr_code_html(address))


def _draw_all_classes(visit: Visit, classes: tuple[tuple[Classroom, int], ...]) -> None:
    """Draw an expander with all teachers' classes, and a button that deletes chosen classes."""
    t = visit.t

    def draw_class_list() -> None:
        st.caption(t("classroom.open.all_help"))
        with st.container(key="all_classes_list", gap="xxsmall"):
            chosen = [
                classroom.id
                for classroom, n in classes
                if st.checkbox(
                    f"**{escape_markdown(classroom.name)}** · {class_facts_line(classroom, n, t)}",
                    key=f"class_choose_{classroom.id}",
                )
            ]
        st.button(
            t("classroom.open.delete_chosen"),
            key="classes_delete",
            disabled=not chosen,
            on_click=_delete_classes,
            args=(visit, *chosen),
        )

    draw_expander("all_classes", t("classroom.open.all", n=len(classes)), 200, draw_class_list)


def _delete_classes(visit: Visit, *classrooms: str) -> None:
    confirmation = mention_remaining_copies(visit, visit.t("classroom.open.deleted"))
    for classroom in classrooms:
        give_engine_command(
            visit, visit.engine.teachers.delete_class, classroom, confirmation=confirmation
        )
