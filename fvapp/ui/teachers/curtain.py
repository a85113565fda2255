"""Hides the missions' answers behind a password that a teacher can set when starting the app.

The password keeps answers out of sight in a lesson, but does not protect them, since the program's
files contain them.
"""

import os
import sys
from argparse import ArgumentParser
from hmac import compare_digest

import streamlit as st

from fvapp.ui.parts import visitor_ip_network
from fvapp.ui.visit import Visit

_OPEN = "teacher_curtain_open"
_WRONG = "teacher_word_wrong"


def teachers_password() -> str | None:
    """Return the teacher's password, or None if the app was started without one.

    The password is given as ``-- --teacher-word WORD`` or in ``FVAPP_TEACHER_WORD``.
    """
    parser = ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--teacher-word", default=os.environ.get("FVAPP_TEACHER_WORD"))
    arguments, _ = parser.parse_known_args(sys.argv[1:])
    return (arguments.teacher_word or "").strip() or None


def is_password_still_needed() -> bool:
    """Return whether a teacher password is set but has not been entered in this tab."""
    return teachers_password() is not None and st.session_state.get(_OPEN) is not True


def stop_asking_for_password() -> None:
    """Stop asking for the teacher password in this tab, for example after a teacher link."""
    st.session_state[_OPEN] = True


def try_teachers_password(visit: Visit) -> None:
    """Check the typed password, and unlock the teacher's pages if it is correct.

    Used as a widget callback.
    """
    state = st.session_state
    given = state.get("teacher_word", "").strip()
    word = teachers_password() or ""
    right = bool(word) and compare_digest(given.encode(), word.encode())
    state[_OPEN] = state[_WRONG] = False
    with visit.messages.queueing_errors():
        state[_OPEN] = visit.engine.teachers.try_teachers_password(
            visit.token, right, visitor_ip_network()
        )
        state[_WRONG] = not state[_OPEN]
