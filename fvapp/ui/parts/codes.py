"""Codes that visitors type: of a class, a seat or their own work, told apart by length."""

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.engine.runs import tokens
from fvapp.ui.arrival import continue_in_workspace
from fvapp.ui.visit import Visit

_REFUSED = "code_refused"


def is_workspace_code(code: str) -> bool:
    """Return whether a code has the form of one that opens a seat or somebody's own work."""
    return any(tokens.parse_code(code, groups) for groups in (tokens.SEAT_GROUPS, tokens.GROUPS))


def open_workspace_by_code(visit: Visit, code: str) -> None:
    """Open the workspace of a code; for callbacks.

    If this browser would lose its way back to its present work, a second click is needed.
    """
    state = st.session_state
    refused, error = state.pop(_REFUSED, ("", None))
    sure = refused == code and error.code == "work_here"
    try:
        if tokens.parse_code(code, tokens.SEAT_GROUPS):
            workspace, nickname = visit.engine.returning.open_seat_by_code(visit.token, code, sure)
            continue_in_workspace(workspace, visit.t("classroom.code.back", nickname=nickname))
        else:
            continue_in_workspace(
                visit.engine.workspaces.recover_workspace(visit.token, code, sure),
                visit.t("classroom.code.opened"),
            )
    except FvappError as error:
        state[_REFUSED] = code, error


def draw_code_refusal(visit: Visit, code: str) -> None:
    """Say why a code was refused or what a second click does, while it is still in the field."""
    refused, error = st.session_state.get(_REFUSED, ("", None))
    if error is not None and refused == code:
        visit.messages.say_error_here(error)
