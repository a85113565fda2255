"""Holds a secret from the page's address, such as a teacher's key, until a page asks for it.

The page in the browser removes the secret from the address before it fetches anything else, and
sends the secret when it opens its socket; see ``fvapp.ui.compat.greeting``. If the host ignores
``st.App`` and serves Streamlit's own page, the address still contains the secret in the first
script run.
"""

import streamlit as st

from fvapp.core.classroom import remove_key_from_link_code
from fvapp.ui.compat.greeting import read_greeting

KEY = "address_secret"
TEACHER = "teacher"
CODE = "code"


def note_address_secret() -> None:
    """Move any secret from the address to the session; called in every full script run."""
    query = st.query_params
    state = st.session_state
    if KEY not in state:
        greeting = read_greeting(st.context.headers)
        state[KEY] = {greeting.secret_name: greeting.secret_value}
    if TEACHER in query:
        state[KEY] = {TEACHER: query[TEACHER]}
        query.from_dict({"view": "open"})
    elif (code := query.get(CODE)) and remove_key_from_link_code(code) != code:
        state[KEY] = {CODE: code}
        query[CODE] = remove_key_from_link_code(code)


def take_address_secret(name: str) -> str | None:
    """Return and forget the secret stored under this name; None if there is none."""
    return st.session_state[KEY].pop(name, None)
