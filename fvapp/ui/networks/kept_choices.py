"""The visitor's choices, kept in the workspace: data set to draw, network to ask or look into.

The choices survive a reload and are shared with other tabs. Defaults are not kept: a visitor who
chooses nothing leaves nothing behind.
"""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.parts import cache_in_session
from fvapp.ui.visit import Visit

DRAW_DATASET = "draw_dataset"
"""Session state key of the chosen data set."""
_NOTE = "draw"
_READ = "draw_choices"


def kept_choices(visit: Visit) -> Mapping[str, object]:
    """Return the choices by name, read once for each workspace.

    Choices come from the browser, so validate them.
    """

    def read_choices_note() -> dict[str, object]:
        with suppress(FvappError):  # the page reports a workspace that cannot be opened
            note = visit.read_note(_NOTE)
            return dict(note) if isinstance(note, Mapping) else {}
        return {}

    return cache_in_session(_READ, visit.token, read_choices_note)


def keep_choices(visit: Visit, **values: object) -> None:
    """Keep choices under their names; other kept choices stay."""
    before = kept_choices(visit)
    choices = {**before, **values}
    if choices != before:
        st.session_state[_READ] = (visit.token, choices)
        with suppress(FvappError):  # the page reports a failure, and this tab still has the choices
            visit.engine.notes.write_note(visit.token, _NOTE, choices)
