"""Stores the visitor's choices in the workspace, such as the network that classifies drawings.

Stored choices survive a reload, and other tabs see them. Defaults are not stored, so a visitor who
chooses nothing leaves no data behind.
"""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.parts import cache_in_session
from fvapp.ui.visit import Visit

DRAW_DATASET = "draw_dataset"
"""Session state key of the data set chosen on the draw page."""
_NOTE = "draw"
_READ = "draw_choices"


def stored_choices(visit: Visit) -> Mapping[str, object]:
    """Return the visitor's stored choices by name, read only once for each workspace.

    A browser may have sent anything, so callers must validate the values.
    """

    def read_choices_note() -> dict[str, object]:
        with suppress(FvappError):  # the page reports that the workspace cannot be opened
            note = visit.read_note(_NOTE)
            return dict(note) if isinstance(note, Mapping) else {}
        return {}

    return cache_in_session(_READ, visit.token, read_choices_note)


def store_choices(visit: Visit, **values: object) -> None:
    """Store choices of the visitor by name; choices under other names stay unchanged."""
    before = stored_choices(visit)
    choices = {**before, **values}
    if choices != before:
        st.session_state[_READ] = (visit.token, choices)
        with suppress(FvappError):  # this tab keeps the choices even if storing them fails
            visit.engine.notes.write_note(visit.token, _NOTE, choices)
