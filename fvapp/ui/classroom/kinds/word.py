"""A round in which everybody draws a word; the board lists all kept drawings below it."""

import streamlit as st

from fvapp.core.dataset_table import MOST_OWN_NAME
from fvapp.ui.classroom.wall import WallScreens


class WordScreens(WallScreens):
    """The screens of a wall that may be kept; students are told so before they draw."""

    words = "_word"

    def draw_subject_fields(self, classroom, t):
        st.text_input(
            t("classroom.round.word"),
            key="round_word",
            max_chars=MOST_OWN_NAME,
            placeholder=t("own.such_as.4"),
        )
        return ("round_word",)

    def draw_page(self, visit, seat, current):
        super().draw_page(visit, seat, current)
        st.caption(visit.t("classroom.round.student.shared"))


SCREENS = WordScreens()
