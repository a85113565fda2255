"""A secret from the address, removed from there and kept here until its page takes it.

The browser page removes it before it fetches anything else, and sends it as it opens its socket;
see ``fvapp.ui.compat.greeting``. If a host runs ``app.py`` itself, the address still has it when
the first script runs.
"""

import streamlit as st

from fvapp.core.classroom import strip_link_key
from fvapp.ui.compat.greeting import read_greeting

KEY = "address_secret"
TEACHER = "teacher"
CODE = "code"


def note_address_secret() -> None:
    """Note the address's secret once a visit, and remove it. Call it in every full script run."""
    query = st.query_params
    state = st.session_state
    if KEY not in state:
        greeting = read_greeting(st.context.headers)
        state[KEY] = {greeting.secret_name: greeting.secret_value}
    if TEACHER in query:
        state[KEY] = {TEACHER: query[TEACHER]}
        query.from_dict({"view": "open"})
    elif (code := query.get(CODE)) and strip_link_key(code) != code:
        state[KEY] = {CODE: code}
        query[CODE] = strip_link_key(code)


def take_address_secret(name: str) -> str | None:
    """Return the secret noted under this name, and forget it; None if there is none."""
    return st.session_state[KEY].pop(name, None)
