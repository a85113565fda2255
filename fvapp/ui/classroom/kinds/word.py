"""A round in which everybody draws the same word; the drawings can be kept for a data set."""

import streamlit as st

from fvapp.core.dataset_table import MOST_OWN_NAME
from fvapp.ui.classroom.wall import WallScreens


class WordScreens(WallScreens):
    """The screens of a wall whose drawings may be kept; students learn this before they draw."""

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
