"""Opens a workspace by a code that the visitor types.

A seat code opens a student's work in a school class; a recovery code opens any visitor's work.
"""

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.engine.runs import tokens
from fvapp.ui.arrival import continue_in_workspace
from fvapp.ui.visit import Visit

_REFUSED = "code_refused"


def is_workspace_code(code: str) -> bool:
    """Return whether a code has the form of a seat code or a recovery code.

    A seat code opens a student's work in a school class.
    """
    return any(tokens.parse_code(code, groups) for groups in (tokens.SEAT_GROUPS, tokens.GROUPS))


def open_workspace_by_code(visit: Visit, code: str) -> None:
    """Open the workspace to which a code belongs. Call this function in widget callbacks.

    If this browser would lose access to its current work, the visitor must click a second time.
    """
    state = st.session_state
    refused, error = state.pop(_REFUSED, ("", None))
    sure = refused == code and error.code == "work_here"
    try:
        if tokens.parse_code(code, tokens.SEAT_GROUPS):
            workspace, nickname = visit.engine.seat_returns.open_seat_by_code(
                visit.token, code, sure
            )
            continue_in_workspace(workspace, visit.t("classroom.code.back", nickname=nickname))
        else:
            continue_in_workspace(
                visit.engine.workspaces.recover_workspace(visit.token, code, sure),
                visit.t("classroom.code.opened"),
            )
    except FvappError as error:
        state[_REFUSED] = code, error


def draw_code_refusal(visit: Visit, code: str) -> None:
    """Draw the reason why the code was refused, or a note that a second click will accept it."""
    refused, error = st.session_state.get(_REFUSED, ("", None))
    if error is not None and refused == code:
        visit.messages.show_error_here(error)
