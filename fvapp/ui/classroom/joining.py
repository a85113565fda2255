"""Draws the form with which a student joins a class by a code and a nickname."""

from functools import cache
from random import sample

import streamlit as st

from fvapp.core.classroom import (
    NICKNAME_CODE_POINTS,
    combine_nicknames,
    parse_join_code,
    remove_key_from_link_code,
)
from fvapp.i18n import Translator, language_tags
from fvapp.ui.browser import CODE, take_address_secret
from fvapp.ui.classroom.assignment import ClassAssignment, draw_assignment
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    cache_in_session,
    draw_code_refusal,
    give_engine_command,
    is_workspace_code,
    open_workspace_by_code,
    visitor_ip_network,
)
from fvapp.ui.visit import Visit

_OFFERED = "nicknames_offered"
_CHOICES = 3
# Name under which the workspace stores the code from a link to a class, so that the code survives a
# refresh.
_LINK = "class_link"


def draw_join_form(visit: Visit, assigned: ClassAssignment | None) -> None:
    """Draw the form for joining a class.

    A scanned QR code fills in the class code. An assignment's link needs no class code.
    """
    t = visit.t
    state = st.session_state
    if link := take_address_secret(CODE):
        visit.engine.notes.remember_page_data(visit.token, _LINK, link.encode())
    st.title(t("classroom.join.title"))
    visit.messages.draw_message_area()
    if assigned is not None:
        draw_assignment(visit, *assigned)
    elif seat := visit.engine.students.latest_seat(visit.token):
        st.info(t("classroom.join.closed", name=escape_markdown(seat[0])))
    offered = cache_in_session(
        _OFFERED, t.language, lambda: sample(_offered_nicknames(t.language), _CHOICES)
    )
    visit.form_key = "class_form"

    with st.container(key=visit.form_key):
        if "class_code" not in state:
            state["class_code"] = st.query_params.get("code", "")[:20]
        st.text_input(
            t(f"classroom.join.{'code_own' if assigned else 'code'}"),
            key="class_code",
            max_chars=40,
        )
        visit.first_field_key = None if state["class_code"] or assigned else "class_code"
        takes_new = assigned is None or assigned[0].takes_new_students
        if takes_new:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                # Preselecting the first nickname saves the student a tap.
                if state.get("nickname_offered") not in offered:
                    state["nickname_offered"] = offered[0]
                st.pills(t("classroom.join.nickname"), offered, key="nickname_offered")
                st.button(
                    t("classroom.join.others"),
                    key="nickname_others",
                    icon=":material/shuffle:",
                    type="tertiary",
                    on_click=lambda: state.pop(_OFFERED, None),
                )
            st.text_input(
                t("classroom.join.own"),
                key="nickname",
                max_chars=NICKNAME_CODE_POINTS,
                help=t("classroom.join.own_help"),
            )
        st.button(
            t("classroom.join.button" if takes_new else "classroom.code.use"),
            key="class_join",
            type="primary",
            on_click=_join_class,
            args=(visit, assigned),
        )
        draw_code_refusal(visit, state["class_code"].strip())

    with st.expander(t("classroom.join.kept_fold"), key="class_kept"):
        st.markdown(t("classroom.join.kept"))


def _join_class(visit: Visit, assigned: ClassAssignment | None) -> None:
    state = st.session_state
    code = state["class_code"].strip()
    if is_workspace_code(code):
        open_workspace_by_code(visit, code)
        return
    nickname = state.get("nickname", "").strip() or state.get("nickname_offered") or ""
    offered = any(nickname in _offered_nicknames(language) for language in language_tags())
    code = code or (assigned[1].key if assigned and assigned[0].is_open_to_students else "")

    def join_with_code(token: str) -> None:
        link = (visit.engine.notes.recall_page_data(token, _LINK) or b"").decode()
        visit.engine.students.join_class(
            token,
            link if parse_join_code(code) == remove_key_from_link_code(link) else code,
            nickname,
            offered,
            visitor_ip_network(),
        )

    if give_engine_command(visit, join_with_code) and assigned is None:
        st.query_params.clear()


@cache
def _offered_nicknames(language: str) -> tuple[str, ...]:
    """Return all nicknames that the app offers in a language."""
    t = Translator(language)
    return combine_nicknames(
        t("classroom.nickname.first"),
        t("classroom.nickname.second"),
        t("classroom.nickname.name", first="{first}", second="{second}"),
    )
