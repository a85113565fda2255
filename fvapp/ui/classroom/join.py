"""Joining a class: the code on the board and a nickname."""

from __future__ import annotations

from random import sample

import streamlit as st

from fvapp.core.classroom.roster import NICKNAME_LENGTH
from fvapp.ui.classroom.commands import give
from fvapp.ui.classroom.words import is_offered, offered_nicknames
from fvapp.ui.visit import Visit

_OFFERED = "nicknames_offered"
_CHOICES = 3


def draw_join(visit: Visit) -> None:
    """Draw the two fields; an address that was read from the projector has filled in the code."""
    t, state = visit.t, st.session_state
    st.title(t("classroom.join.title"))
    visit.messages.show()
    if _OFFERED not in state or state[_OFFERED][0] != t.language:
        _offer(t.language)
    with st.container(key="class_form"):
        if "class_code" not in state:
            state["class_code"] = st.query_params.get("code", "")[:20]
        st.text_input(t("classroom.join.code"), key="class_code", max_chars=20)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.pills(t("classroom.join.nickname"), state[_OFFERED][1], key="nickname_offered")
            st.button(
                t("classroom.join.others"), key="nickname_others", type="tertiary", on_click=_offer, args=(t.language,)
            )
        st.text_input(
            t("classroom.join.own"),
            key="nickname",
            max_chars=NICKNAME_LENGTH[1],
            help=t("classroom.join.own_help"),
        )
        st.button(t("classroom.join.button"), key="class_join", type="primary", on_click=_join, args=(visit,))
    st.caption(t("classroom.join.kept"))


def _offer(language: str) -> None:
    st.session_state[_OFFERED] = language, sample(offered_nicknames(language), _CHOICES)


def _join(visit: Visit) -> None:
    state = st.session_state
    nickname = state["nickname"].strip() or state.get("nickname_offered") or ""
    offered = is_offered(nickname)
    if give(visit, visit.engine.students.join, state["class_code"], nickname, offered=offered):
        st.query_params.clear()
