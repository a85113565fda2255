"""The visitor's workspace: the code that opens it elsewhere, leaving it, deleting it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.arrival import go_on_in
from fvapp.ui.browser.folds import open_window
from fvapp.ui.parts.set_aside import with_set_aside
from fvapp.ui.visit import Visit

_HEIGHT = 520  # of the menu, roughly, in pixels


def draw_workspace_menu(visit: Visit) -> None:
    """Draw the menu; it opens a small window."""
    t = visit.t
    # Another workspace, another window: a closed one.
    key = f"workspace_menu_{visit.workspaces_before}"
    window = open_window(key, t("workspace.menu"), _HEIGHT, icon=":material/person:")
    if window is None:
        return
    with window:
        _draw_recovery(visit)
        st.divider()
        st.markdown(t("workspace.leave_help"))
        st.button(
            t("workspace.leave"),
            key="leave_workspace",
            icon=":material/logout:",
            on_click=_part,
            args=(visit, visit.engine.leave, t("workspace.left")),
        )
        st.divider()
        st.markdown(t("workspace.delete_help"))
        sure = st.checkbox(t("workspace.delete_sure"), key="delete_all_sure")
        st.button(
            t("workspace.delete"),
            key="delete_all",
            icon=":material/delete:",
            disabled=not sure,
            on_click=_part,
            args=(visit, visit.engine.delete_all, with_set_aside(visit, t("workspace.deleted"))),
        )


def _draw_recovery(visit: Visit) -> None:
    t = visit.t
    st.markdown(t("workspace.code_help"))
    with st.container(key="recovery_code"):
        # Hidden until asked for: anyone who sees the code can use it.
        code = st.session_state.get("recovery_code_shown")
        if code is not None:
            st.code(code, language=None)
        else:
            st.button(t("workspace.show_code"), key="show_code", on_click=_show_code, args=(visit,))
    st.text_input(t("workspace.enter_code"), key="entered_code", max_chars=40)
    st.button(t("workspace.open"), key="open_workspace", on_click=_recover, args=(visit,))


def _show_code(visit: Visit) -> None:
    try:
        st.session_state["recovery_code_shown"] = visit.engine.recovery_code(visit.token)
    except FvappError as error:
        visit.say_error_next(error)


def _recover(visit: Visit) -> None:
    code = st.session_state.get("entered_code", "").strip()
    try:
        if code:
            go_on_in(visit.engine.recover(visit.token, code), visit.t("workspace.opened"))
    except FvappError as error:
        visit.say_error_next(error)


def _part(visit: Visit, command: Callable[[str], None], sentence: str) -> None:
    """Leave or delete the workspace, as `command` of the engine does, say so, and begin in a new one."""
    try:
        command(visit.token)
    except FvappError as error:
        visit.say_error_next(error)
    else:
        go_on_in(None, sentence)
