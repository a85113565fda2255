"""Defines the base class of a round's screens, for the students, the teacher and the projector.

A round is an activity that a whole school class does together.
"""

from functools import partial
from html import escape

import streamlit as st

from fvapp.core.classroom import Classroom, Round, RoundView, StudentClassView, StudentRound
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate
from fvapp.ui.visit import Visit

render_class_template = partial(render_template, __package__)


class RoundScreens:
    """Draws the screens of a kind of round (class activity); by default, only an answer count.

    Attributes:
        count_words: last part of the translation key of the text after the count of answers.
    """

    count_words = "answered"

    def round_title(self, current: Round | StudentRound, t: Translate) -> str:
        """Return the title of a round (class activity), which is the same on all screens."""
        return t(f"classroom.round.title.{current.kind}", subject=current.subject)

    def draw_round_subject_fields(self, classroom: Classroom, t: Translate) -> tuple[str, ...]:
        """Draw the fields in which the teacher sets a round's subject, and return the fields' keys.

        The subject consists of the fields' values in this order, separated by spaces.
        """
        return ()

    def draw_round_for_student(self, visit: Visit, current: StudentRound) -> None:
        """Draw a student's part of a class activity (round), below its title on every page."""
        st.markdown(visit.t("classroom.round.student.look"))

    def draw_round_page_for_student(
        self, visit: Visit, seat: StudentClassView, current: StudentRound
    ) -> None:
        """Draw the page that replaces a student's pages until the time `covers_pages_until`."""

    def round_heading_html(self, current: Round, view: RoundView, t: Translate) -> str:
        """Return HTML with a class activity's title and the number of students who have answered."""
        return (
            f"<h1 class='{current.kind}'>{escape(self.round_title(current, t))}</h1>"
            f"{self.round_progress_html(current, view, t)}"
        )

    def round_progress_html(self, current: Round, view: RoundView, t: Translate) -> str:
        """Return HTML with the number of students who have answered or finished."""
        return large_count_html(
            self.count_words, view.answered_student_count, view.asked_student_count, t
        )

    def draw_round_on_projector(
        self, current: Round, view: RoundView, now: float, t: Translate
    ) -> None:
        """Draw a class activity on the projector, below its title and the number of answers."""

    def draw_round_on_board(
        self, visit: Visit, classroom: Classroom, current: Round, view: RoundView
    ) -> None:
        """Draw a class activity on the teacher's board, below its title and number of answers."""

    def draw_stored_round_results(self, visit: Visit, classroom: Classroom) -> None:
        """Draw the results that are stored for a class from earlier activities of this kind."""


def large_count_html(words: str, n: int, of: int, t: Translate, **values: object) -> str:
    """Return HTML with the number `n` in large type, followed by a text on what it counts."""
    text = t(f"classroom.round.{words}", of=of, left=of - n, **values)
    return f"<p><b>{n}</b> {escape(text)}</p>"
