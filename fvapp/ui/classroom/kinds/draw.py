"""Draws the screens of a round (class activity) in which all students draw the same digit."""

import streamlit as st

from fvapp.core.classroom import DIGIT_DATASET
from fvapp.core.classroom.kinds.draw import DIGITS
from fvapp.ui.classroom.round_screens import large_count_html
from fvapp.ui.classroom.wall import WallScreens
from fvapp.ui.parts import MY_EXAMPLES, draw_page_link

_USUAL_DIGIT = "7"


class DrawDigitScreens(WallScreens):
    """Draws the screens of a class activity in which a network classifies students' digits."""

    def draw_round_subject_fields(self, classroom, t):
        st.selectbox(
            t("classroom.round.digit"), DIGITS, DIGITS.index(_USUAL_DIGIT), key="round_digit"
        )
        return ("round_digit",)

    def round_progress_html(self, current, view, t):
        if not (current.revealed and view.tiles):
            return super().round_progress_html(current, view, t)
        read = sum(str(tile.predicted_label) == current.subject for tile in view.tiles)
        return large_count_html("read_as", read, len(view.tiles), t, digit=current.subject)

    def draw_kept_drawing_links(self, visit):
        t = visit.t
        st.markdown(t("classroom.round.kept"))
        with st.container(horizontal=True):
            draw_page_link(
                "train",
                t("classroom.round.kept_train"),
                icon=":material/school:",
                query_params={"dataset": DIGIT_DATASET, "examples": "added"},
            )
            draw_page_link(
                "data",
                t("examples.title"),
                icon=":material/apps:",
                query_params={"dataset": DIGIT_DATASET, "show": MY_EXAMPLES},
            )


SCREENS = DrawDigitScreens()
