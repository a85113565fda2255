"""What the address opens: a secret, which is taken out of it and waits here for the page that it is
for.

Ours takes it out before anything else is fetched, and says it as it opens its socket; see
``fvapp.ui.compat.greeting``. Where a host runs ``app.py`` by itself, the address still has it when
the first script runs.
"""

import streamlit as st

from fvapp.core.classroom.roster import without_key
from fvapp.ui.compat.greeting import read_greeting

KEY = "address_secret"
TEACHER = "teacher"
CODE = "code"


def note_secret() -> None:
    """Note what came with the address, once for a visit, and take it out of the address. In every
    full script run.
    """
    query = st.query_params
    state = st.session_state
    if KEY not in state:
        said = read_greeting(st.context.headers)
        state[KEY] = {said.secret: said.value}
    if TEACHER in query:
        state[KEY] = {TEACHER: query[TEACHER]}
        query.from_dict({"view": "open"})
    elif (code := query.get(CODE)) and without_key(code) != code:
        state[KEY] = {CODE: code}
        query[CODE] = without_key(code)


def take_secret(name: str) -> str | None:
    """Return the secret of this name that came with the address, once."""
    return st.session_state[KEY].pop(name, None)
