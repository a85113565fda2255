"""The compare page: some runs over each other, one of them in full, all of them in a table."""

from __future__ import annotations

import streamlit as st

from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.wording import run_titles
from fvapp.ui.compare.bring_back import draw_bring_back
from fvapp.ui.compare.choice import draw_choice
from fvapp.ui.compare.damaged import draw_damaged
from fvapp.ui.compare.example import draw_example
from fvapp.ui.compare.one_run import draw_one
from fvapp.ui.compare.overlay import draw_difference, draw_overlay
from fvapp.ui.compare.records import read_records
from fvapp.ui.compare.seeds import draw_seeds
from fvapp.ui.compare.table import draw_table
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.visit import Visit


def show(visit: Visit) -> None:
    """Draw the page."""
    t = visit.t
    st.title(t("compare.title"))
    visit.show_messages()
    records = read_records(visit)
    if records:
        titles = run_titles(records, t)
        chosen = draw_choice(visit, records, titles)
        draw_difference(visit, chosen, titles, alone=len(records) == 1)
        if chosen:
            draw_overlay(visit, chosen, titles)
            draw_seeds(visit, records, chosen, titles)
        draw_one(visit, records, chosen, titles)
        draw_table(visit, records, titles)
        under_way = any(record.state in ACTIVE for record in records)
        visit.watch(lambda: _page_state(read_records(visit)), drawn=_page_state(records), under_way=under_way)
    else:
        with st.container(key="runs_table"):
            st.write(t("compare.empty"))
            st.page_link(page_path("train"), label=t("compare.to_train"), icon=":material/model_training:")
        draw_example(visit)
    draw_damaged(visit)
    draw_bring_back(visit)


def _page_state(records: tuple[RunRecord, ...]) -> list[tuple[str, str, int]]:
    """Return what a page that is drawn again shows differently: epochs that ended, states."""
    return [(record.id, record.state, record.epoch) for record in records]
