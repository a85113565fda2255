"""The compare page: all runs in a table, some of them over each other, one of them in full."""

from __future__ import annotations

import streamlit as st

from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.ui.compare.bring_back import draw_bring_back
from fvapp.ui.compare.choice import draw_choice
from fvapp.ui.compare.one_run import draw_one
from fvapp.ui.compare.overlay import draw_overlay
from fvapp.ui.compare.records import read_records
from fvapp.ui.compare.seeds import draw_seeds
from fvapp.ui.compare.table import draw_table
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import Visit

TICK = 1.0  # seconds between two looks at runs that train
_TABLE_HEIGHT = 180  # of the table of a first few runs


def show(visit: Visit) -> None:
    """Draw the page."""
    t = visit.t
    st.title(t("compare.title"))
    visit.show_messages()
    if visit.token is None:
        st.skeleton(height=_TABLE_HEIGHT)
        return
    records = read_records(visit)
    if records:
        draw_table(visit, records)
        chosen = draw_choice(visit, records)
        draw_overlay(visit, chosen)
        draw_seeds(visit, records, chosen)
        draw_one(visit, records, chosen)
        _watch(visit, records)
    else:
        with st.container(key="runs_table"):
            st.write(t("compare.empty"))
            st.page_link(page_path("train"), label=t("compare.to_train"), icon=":material/model_training:")
    draw_bring_back(visit)


def _watch(visit: Visit, records: tuple[RunRecord, ...]) -> None:
    """Draw the page anew when a run ends an epoch or changes its state; the ticking ends with the last run."""
    if not any(record.state in ACTIVE for record in records):
        return
    seen = _standing(records)

    @st.fragment(run_every=TICK)
    def look() -> None:
        if _standing(read_records(visit)) != seen:
            st.rerun()

    look()


def _standing(records: tuple[RunRecord, ...]) -> list[tuple[str, str, int]]:
    return [(record.id, record.state, record.epoch) for record in records]
