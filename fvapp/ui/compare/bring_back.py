"""Runs that come back: from a run file, or just deleted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from fvapp.core.documents.runfile import read_run_file
from fvapp.core.errors import FvappError
from fvapp.core.events import Event
from fvapp.core.runs import RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.parts.file_field import draw_run_file_field
from fvapp.ui.visit import Visit, say_next

_DELETED = "compare_deleted"


def draw_bring_back(visit: Visit) -> None:
    """Draw the field for a run file, and the way back for the run deleted last."""
    t = visit.t
    deleted = st.session_state.get(_DELETED)
    if deleted is not None:
        with st.container(key="deleted_run", horizontal=True, vertical_alignment="center"):
            st.text(t("compare.deleted", title=run_title(deleted[0], t)), width="content")
            st.button(t("compare.undo"), key="undo_delete", icon=":material/undo:", on_click=_undo, args=(visit,))
    with st.expander(t("compare.bring_back"), key="bring_back", icon=":material/upload_file:"):
        st.write(t("compare.bring_back_hint"))
        draw_run_file_field(visit, t("compare.bring_back"), "bring_back_file", partial(_take, visit))


def keep_deleted(visit: Visit, record: RunRecord, events: Sequence[Event]) -> None:
    """Keep a run that is about to be deleted, until the next one is or the visit ends."""
    st.session_state[_DELETED] = (record, tuple(events))


def _take(visit: Visit, data: bytes) -> None:
    try:
        record, events = read_run_file(data)
        brought = visit.engine.add_run(visit.token, record, events)
    except FvappError as error:
        visit.say_error_next(error)
    else:
        say_next(visit.t("compare.brought_back", title=run_title(brought, visit.t)))


def _undo(visit: Visit) -> None:
    deleted = st.session_state.pop(_DELETED, None)
    if deleted is None:  # the same click again, or the second of a double click
        return
    try:
        visit.engine.add_run(visit.token, *deleted)
    except FvappError as error:
        st.session_state[_DELETED] = deleted
        visit.say_error_next(error)
