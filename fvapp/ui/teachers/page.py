"""Draws the page for teachers: a form to open a class, the classes, and cards with materials."""

import streamlit as st

from fvapp.core.classroom import Classroom
from fvapp.i18n import read_teachers_guide
from fvapp.ui.browser import draw_expander
from fvapp.ui.lesson.class_papers import draw_clock_warning
from fvapp.ui.teachers.cards import CARDS
from fvapp.ui.teachers.classes import (
    draw_open_class_form,
    draw_teacher_classes,
    draw_teacher_rights,
    take_teachers_code,
)
from fvapp.ui.teachers.curtain import is_password_still_needed, try_teachers_password
from fvapp.ui.visit import Visit


def show_page(visit: Visit) -> None:
    """Draw the page for teachers."""
    t = visit.t
    classes: tuple[tuple[Classroom, int], ...] = ()
    take_teachers_code(visit)
    st.title(t("pages.teachers"))
    visit.messages.draw_message_area()
    draw_clock_warning(visit)
    with visit.messages.showing_errors():
        classes = visit.engine.teachers.classes_of_teacher(visit.token)
    if is_password_still_needed():
        _draw_teachers_password_form(visit)
    elif visit.seat is None:
        st.markdown(t("classroom.entry_help"))
        draw_open_class_form(visit, len(classes))
    draw_teacher_classes(visit, classes)

    with st.container(key="teachers_cards"):
        if guide := read_teachers_guide(t.language):
            text = guide.partition("\n\n")[2]  # the guide's text without its title
            draw_expander(
                "card_guide",
                t("teacher.guide"),
                900,
                st.markdown,
                text,
                icon=":material/menu_book:",
            )
        for card in CARDS:
            if not (card.needs_password and is_password_still_needed()):
                draw_expander(
                    card.widget_key,
                    t(card.title_key),
                    card.height_px,
                    card.draw_content,
                    visit,
                    icon=card.icon,
                )
    st.caption(t("teacher.sheets"))
    draw_teacher_rights(visit)


def _draw_teachers_password_form(visit: Visit) -> None:
    """Draw the form that asks for the teacher's password."""
    t = visit.t
    with (
        st.form("curtain", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(t("teacher.word"), type="password", key="teacher_word", width=280)
        st.form_submit_button(
            t("teacher.go_on"),
            key="teacher_word_try",
            type="primary",
            on_click=try_teachers_password,
            args=(visit,),
        )
    if st.session_state.get("teacher_word_wrong"):
        st.warning(t("teacher.word_wrong"))
    st.caption(t("teacher.word_help"))
