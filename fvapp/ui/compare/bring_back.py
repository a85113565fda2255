"""Runs that come back: from a run file, or just deleted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.core.documents.runfile import MOST_BYTES, RunFileError, read_run_file
from fvapp.core.errors import FvappError
from fvapp.core.events import Event
from fvapp.core.runs import RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.visit import Visit, say_next

_DELETED = "compare_deleted"
_UPLOADS = "bring_back_uploads"  # counts: a new key empties the field


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
        count = st.session_state.setdefault(_UPLOADS, 0)
        file = st.file_uploader(
            t("compare.bring_back"),
            type=["json"],
            key=f"bring_back_file_{count}",
            label_visibility="collapsed",
        )
    if file is not None:
        _take(visit, file)


def keep_deleted(visit: Visit, record: RunRecord, events: Sequence[Event]) -> None:
    """Keep a run that is about to be deleted, until the next one is or the visit ends."""
    st.session_state[_DELETED] = (record, tuple(events))


def _take(visit: Visit, file) -> None:
    st.session_state[_UPLOADS] += 1
    try:
        if file.size > MOST_BYTES:
            raise RunFileError("runfile_too_large", most=f"{MOST_BYTES / 1e6:.1f}")
        record, events = read_run_file(file.getvalue())
        brought = visit.engine.add_run(visit.token, record, events)
    except FvappError as error:
        visit.say_error_next(error)
    else:
        say_next(visit.t("compare.brought_back", title=run_title(brought, visit.t)))
    st.rerun()


def _undo(visit: Visit) -> None:
    deleted = st.session_state.pop(_DELETED, None)
    if deleted is None:  # the same click again, or the second of a double click
        return
    try:
        visit.engine.add_run(visit.token, *deleted)
    except FvappError as error:
        visit.say_error_next(error)
