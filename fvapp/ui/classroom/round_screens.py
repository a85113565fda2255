"""The screens of a round: the base class, with defaults for every kind of round."""

from html import escape

import streamlit as st

from fvapp.core.classroom import Classroom, Round, RoundView, Seat, StudentRound
from fvapp.core.wording import Translate
from fvapp.ui.visit import Visit


class RoundScreens:
    """The screens of a kind of round; by default they only count the students who have answered."""

    def round_title(self, current: Round | StudentRound, t: Translate) -> str:
        """Return the title that a round has on all screens."""
        return t(f"classroom.round.title.{current.kind}", subject=current.subject)

    def draw_subject_fields(self, classroom: Classroom, t: Translate) -> tuple[str, ...]:
        """Draw the fields for a round's subject; return their keys in the order of its words."""
        return ()

    # What students see

    def draw_student_part(self, visit: Visit, current: StudentRound) -> None:
        """Draw a student's part of the round, below its title at the top of every page."""
        st.markdown(visit.t("classroom.round.student.look"))

    def draw_page(self, visit: Visit, seat: Seat, current: StudentRound) -> None:
        """Draw the page that replaces all others until ``current.covers_pages_until``."""

    # What the teacher and the projector see

    def heading_html(self, current: Round, view: RoundView, t: Translate) -> str:
        """Return the round's title, and how many students have answered, as HTML."""
        round_title = escape(self.round_title(current, t))
        return (
            f"<h1 class='{current.kind}'>{round_title}</h1>{self.progress_html(current, view, t)}"
        )

    def progress_html(self, current: Round, view: RoundView, t: Translate) -> str:
        """Return how many students have answered or finished, as HTML."""
        return count_html("answered", view.answered_students, view.asked_students, t)

    def draw_on_projector(self, current: Round, view: RoundView, now: float, t: Translate) -> None:
        """Draw the round on the projector, below its title and count."""

    def draw_board_detail(
        self, visit: Visit, classroom: Classroom, current: Round, view: RoundView
    ) -> None:
        """Draw the round on the teacher's board, below its title and count."""

    def draw_kept_results(self, visit: Visit, classroom: Classroom) -> None:
        """Draw the results that a class has kept from earlier rounds of this kind."""


def count_html(words: str, n: int, of: int, t: Translate, **values: object) -> str:
    """Return HTML with a large number, followed by what it counts."""
    return f"<p><b>{n}</b> {escape(t(f'classroom.round.{words}', of=of, **values))}</p>"
