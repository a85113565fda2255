"""Draws rounds, activities that a whole school class does together, on the teacher's board.

There, the teacher starts a round, watches it, reveals its results and ends it.
"""

import streamlit as st

from fvapp.core.classroom import Classroom, Round
from fvapp.core.classroom.kinds import KINDS
from fvapp.ui.browser import draw_popover
from fvapp.ui.classroom.kinds import load_round_screens
from fvapp.ui.parts import draw_command_button, row_container
from fvapp.ui.visit import Visit


def draw_round_starter(visit: Visit, classroom: Classroom) -> None:
    """Draw the popover that starts a class activity, once the results of any other are revealed."""
    if classroom.round is not None and not classroom.round.revealed:
        return
    draw_popover(
        "rounds",
        visit.t("classroom.round.start"),
        320,
        _draw_round_choice,
        visit,
        classroom,
        icon=":material/play_circle:",
    )


def _draw_round_choice(visit: Visit, classroom: Classroom) -> None:
    t = visit.t
    chosen = st.selectbox(
        t("classroom.round.kind"),
        KINDS,
        list(KINDS).index(classroom.round.kind) if classroom.round is not None else 0,
        format_func=lambda kind: t(f"classroom.round.kinds.{kind}"),
        key="round_kind",
    )
    kind = chosen if chosen in KINDS else next(iter(KINDS))
    st.caption(t(f"classroom.round.help.{kind}"))
    keys = load_round_screens(kind).draw_round_subject_fields(classroom, t)

    def start_round(token: str) -> None:
        visit.engine.rounds.start_round(
            token,
            classroom.id,
            kind,
            " ".join(str(st.session_state.get(key) or "") for key in keys),
        )

    draw_command_button(
        visit, t("classroom.round.begin"), "round_start", start_round, type="primary"
    )


def draw_round_board(visit: Visit, classroom: Classroom, current: Round) -> None:
    """Draw the current class activity on the teacher's board, with buttons to reveal and end it."""
    t = visit.t
    rounds = visit.engine.rounds
    view = rounds.round_view(visit.token, classroom.id)
    screens = load_round_screens(current.kind)
    if view is None:  # the round has just ended in another tab
        return

    with st.container(key="round", border=True):
        with row_container(horizontal_alignment="distribute"):
            st.html(
                f"<div class='fvapp-round'>{screens.round_heading_html(current, view, t)}</div>"
            )
            with st.container(horizontal=True, width="content"):
                if not current.revealed:
                    draw_command_button(
                        visit,
                        t("classroom.round.reveal"),
                        "round_reveal",
                        rounds.reveal_round,
                        classroom.id,
                        type="primary",
                    )
                draw_command_button(
                    visit, t("classroom.round.end"), "round_end", rounds.end_round, classroom.id
                )
        screens.draw_round_on_board(visit, classroom, current, view)
