"""Runs that are stored but can no longer be read: what is left of them, and the way to be rid of them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.visit import Visit
from fvapp.ui.work.run import draw_download


def draw_damaged(visit: Visit) -> None:
    """Draw a line for each damaged run of the visitor; nothing where there is none."""
    t = visit.t
    try:
        damaged = visit.engine.damaged_runs(visit.token)
    except FvappError as error:
        visit.messages.say_error_here(error)
        return
    if not damaged:
        return
    with st.container(key="damaged_runs"):
        st.markdown(f"**{t('workspace.damaged.title')}**")
        st.caption(t("workspace.damaged.about"))
        for number, run_id in enumerate(damaged, 1):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(t("workspace.damaged.run", n=number), width="content")
                file, label = f"damaged-run-{number}.json", t("workspace.damaged.download")
                draw_download(run_id, label, partial(visit.engine.damaged_run, visit.token, run_id), file)
                key, delete = f"damaged_delete_{run_id}", t("workspace.damaged.delete")
                st.button(delete, key=key, icon=":material/delete:", on_click=_delete, args=(visit, run_id))


def _delete(visit: Visit, run_id: str) -> None:
    with visit.messages.errors_said_next():
        visit.engine.delete(visit.token, run_id)
