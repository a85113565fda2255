"""Draws the teachers' card that lists the PCs on which the app trains networks."""

import streamlit as st

from fvapp.core.wording import duration_words, epoch_words, network_words
from fvapp.engine.api import Pc
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import row_container
from fvapp.ui.visit import Visit

_RENEWED_EVERY = 3.0  # seconds between redraws, the interval at which the app checks its PCs


def draw_pc_list(visit: Visit) -> None:
    """Draw the list of PCs; if other PCs may join, the list is redrawn at intervals."""
    joined = visit.engine.open_to_pcs
    st.caption(visit.t(f"teacher.pcs.{'open' if joined else 'alone'}"))
    st.fragment(_draw_pc_list, run_every=_RENEWED_EVERY if joined else None)(visit)


def _draw_pc_list(visit: Visit) -> None:
    for pc in visit.engine.pcs.list_pcs():
        with st.container(border=True):
            _draw_pc_row(visit, pc)


def _draw_pc_row(visit: Visit, pc: Pc) -> None:
    t = visit.t
    with row_container():
        st.markdown(f"**{escape_markdown(pc.name) or t('teacher.pcs.here')}**", width="content")
        if pc.no_runs_error is not None:
            st.badge(t("teacher.pcs.refused"), icon=":material/block:", color="red")
        elif pc.silent_seconds is not None:
            st.badge(
                t(
                    f"teacher.pcs.{'silent' if pc.worker_count else 'gone'}",
                    time=duration_words(pc.silent_seconds, t),
                ),
                icon=":material/cloud_off:",
                color="orange",
            )
        else:
            st.badge(t("teacher.pcs.ready"), icon=":material/check:", color="green")

    if pc.no_runs_error is not None:
        st.markdown(escape_markdown(pc.no_runs_error.to_sentence(t)))
    if not pc.worker_count:
        return
    lines = [t("teacher.pcs.about", cores=pc.core_count, n=pc.worker_count)]
    if pc.epochs_per_second:
        lines.append(t("teacher.pcs.speed", speed=f"{pc.epochs_per_second:.1f}"))
    st.caption(" · ".join(lines))
    named = (
        (network_words(record.settings, t), epoch_words(record)) for record in pc.training_records
    )
    runs = " · ".join(
        t("teacher.pcs.run", network=network, epoch=epoch) for network, epoch in named
    )
    st.markdown(t("teacher.pcs.trains", runs=runs) if runs else t("teacher.pcs.idle"))
