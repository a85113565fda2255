"""Draws the screens of a round (class activity) in which all networks vote on test images."""

from html import escape
from statistics import median

import streamlit as st

from fvapp.core.classroom import Round
from fvapp.core.wording import Translate
from fvapp.ui.classroom.round_screens import RoundScreens, render_class_template


class VoteScreens(RoundScreens):
    """Draws a vote's accuracy, and the best and the median accuracy of the networks that voted."""

    def round_progress_html(self, current, view, t):
        if current.voted is None:
            return ""
        return f"<p>{escape(t('classroom.round.vote_count', n=len(current.voted.accuracies)))}</p>"

    def draw_round_on_projector(self, current, view, now, t):
        st.html(
            render_class_template(
                "round_vote.html",
                t=t,
                current=current,
                vote=_vote_result_html(current, t),
            )
        )

    def draw_round_on_board(self, visit, classroom, current, view):
        if current.failed:
            st.warning(visit.t("classroom.round.failed"))
        elif current.voted is None:
            st.caption(visit.t("classroom.round.counting"))
        elif vote := _vote_result_html(current, visit.t):
            st.html(vote)


def _vote_result_html(current: Round, t: Translate) -> str:
    """Return HTML with the vote's result, or "" until the vote is counted and revealed."""
    if not current.revealed or current.voted is None:
        return ""
    accuracies = current.voted.accuracies
    return render_class_template(
        "vote.html",
        t=t,
        numbers={
            "vote": current.voted.vote,
            "best": max(accuracies),
            "median": median(accuracies),
        },
    )


SCREENS = VoteScreens()
