"""Draws the screens of a round (class activity) in which all students draw the same word."""

import streamlit as st

from fvapp.core.dataset_table import MOST_OWN_NAME
from fvapp.ui.classroom.wall import WallScreens


class WordScreens(WallScreens):
    """Draws the screens of a class activity in which all students draw the same word.

    Students are told before they draw that the teacher may keep their drawings.
    """

    words = "_word"

    def draw_round_subject_fields(self, classroom, t):
        st.text_input(
            t("classroom.round.word"),
            key="round_word",
            max_chars=MOST_OWN_NAME,
            placeholder=t("classroom.round.such_as"),
        )
        return ("round_word",)

    def draw_round_page_for_student(self, visit, seat, current):
        super().draw_round_page_for_student(visit, seat, current)
        st.caption(visit.t("classroom.round.student.shared"))


SCREENS = WordScreens()
