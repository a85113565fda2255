"""What a teacher does with one student of the class."""

from __future__ import annotations

import streamlit as st

from fvapp.core.classroom.roster import NICKNAME_LENGTH
from fvapp.core.classroom.snapshot import Snapshot
from fvapp.ui.classroom.commands import give
from fvapp.ui.messages import plain
from fvapp.ui.visit import Visit

_MOST_WAITING = 12  # nicknames offered to be shown at once


def draw_waiting_names(visit: Visit, snapshot: Snapshot) -> None:
    """Draw the nicknames of students' own making that the projector does not show yet, each a button."""
    waiting = sorted((pupil for pupil in snapshot.pupils if not pupil.shown), key=lambda pupil: pupil.id)
    if not waiting:
        return
    st.caption(visit.t("classroom.board.hidden"))
    with st.container(horizontal=True, key="nicknames_waiting"):
        for pupil in waiting[:_MOST_WAITING]:
            st.button(
                plain(pupil.nickname),
                key=f"show_{pupil.id}",
                on_click=give,
                args=(visit, visit.engine.teachers.show_member, pupil.id),
            )


def draw_member(visit: Visit, snapshot: Snapshot) -> None:
    """Draw the choice of a student, and what can be done with that one."""
    t, teachers = visit.t, visit.engine.teachers
    names = {pupil.id: pupil.nickname for pupil in sorted(snapshot.pupils, key=lambda each: each.nickname.casefold())}
    chosen = st.selectbox(t("classroom.board.choose"), list(names), None, format_func=names.get, key="member")
    if chosen not in names:
        return
    st.text_input(t("classroom.board.new_name"), key=f"rename_{chosen}", max_chars=NICKNAME_LENGTH[1])
    with st.container(horizontal=True, key="member_buttons"):
        st.button(t("classroom.board.rename"), key="member_rename", on_click=_rename, args=(visit, chosen))
        args = visit, teachers.remove_member, chosen
        st.button(t("classroom.board.remove"), key="member_remove", on_click=give, args=args)
        ban = {"ban": True}
        st.button(t("classroom.board.ban"), key="member_ban", on_click=give, args=args, kwargs=ban)
    st.caption(t("classroom.board.ban_help"))


def _rename(visit: Visit, member: str) -> None:
    give(visit, visit.engine.teachers.rename_member, member, st.session_state.get(f"rename_{member}", ""))
