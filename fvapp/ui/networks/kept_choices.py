"""What a visitor chose, kept in the workspace: the data set to draw, which network answers, and
which is looked into.

A refresh and another tab find it again. Only choices are kept: a visit that makes none leaves
nothing behind.
"""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.parts.remembered import remembered
from fvapp.ui.visit import Visit

DRAW_DATASET = "draw_dataset"
"""Key of the choice of the data set."""
_NOTE = "draw"
_READ = "draw_choices"


def kept_choices(visit: Visit) -> Mapping[str, object]:
    """Return what is kept, by name. Read once for each workspace that a session is in; a browser
    may have stored it.
    """

    def read() -> dict[str, object]:
        with suppress(FvappError):  # a workspace that cannot be opened, as the page says
            note = visit.engine.notes.read(visit.token, _NOTE)
            return dict(note) if isinstance(note, Mapping) else {}
        return {}

    return remembered(_READ, visit.token, read)


def keep_choices(visit: Visit, **values: object) -> None:
    """Keep choices, each under its name, beside those under other names."""
    before = kept_choices(visit)
    choices = {**before, **values}
    if choices != before:
        st.session_state[_READ] = (visit.token, choices)
        with suppress(FvappError):  # a disk that refuses: the page says so, and the tab has them
            visit.engine.notes.write(visit.token, _NOTE, choices)
