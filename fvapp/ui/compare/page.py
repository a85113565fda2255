"""Draws the compare page: which network is better, results as dots and curves, and evidence."""

from collections.abc import Callable

import streamlit as st

from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.wording import run_titles
from fvapp.ui.browser import draw_expander
from fvapp.ui.compare.choice import chosen_runs, draw_compare_choice
from fvapp.ui.compare.comparison import compare_runs
from fvapp.ui.compare.curves import draw_comparison_charts, draw_example_comparison
from fvapp.ui.compare.repeat import draw_repeat_button
from fvapp.ui.compare.table import draw_runs_table
from fvapp.ui.compare.verdict import draw_verdict, draw_verdict_evidence, draw_verdict_images
from fvapp.ui.compare.why import draw_reasons_for_results
from fvapp.ui.networks.by_class import draw_accuracy_by_class
from fvapp.ui.parts import draw_page_link, row_container
from fvapp.ui.visit import Visit


def show_page(visit: Visit) -> None:
    """Draw the compare page."""
    t = visit.t
    with row_container("compare_head"):
        st.title(t("compare.title"))
        choice = st.container(width="content")

    visit.messages.draw_message_area()
    records = visit.read_runs()
    if not records:
        with st.container(key="compare_empty"):
            st.write(t("compare.empty"))
            _draw_train_link(visit)
        draw_example_comparison(visit)
        return

    titles = run_titles(records, t)
    if len(records) > 1:
        with choice:
            draw_compare_choice(visit, records, titles)
    chosen = chosen_runs(visit, records)
    datasets = {run.settings.dataset for run in chosen}
    worded = visit.for_dataset(*datasets) if len(datasets) == 1 else visit
    comparison = compare_runs(worded, records, chosen)
    with st.container(key="judged", horizontal=True, vertical_alignment="bottom"):
        draw_verdict(comparison)
        if len(records) == 1:
            _draw_train_link(visit)
        if chosen:
            draw_repeat_button(visit, comparison)

    if chosen:
        draw_comparison_charts(worded, comparison, titles)
        if comparison.chosen_groups:
            _draw_compare_expander(visit, "sure", 240, lambda: draw_verdict_evidence(comparison))
        _draw_compare_expander(
            visit, "why", 900, lambda: draw_reasons_for_results(worded, comparison, titles)
        )
        if comparison.chosen_groups:
            _draw_compare_expander(worded, "images", 40, lambda: draw_verdict_images(comparison))
        first = chosen[0].settings.dataset
        measured = {
            titles[record.id]: record
            for record in comparison.first_runs_of_two_groups
            if record.settings.dataset == first and record.result is not None
        }
        if measured:
            draw_accuracy_by_class(
                worded,
                measured,
                {title: comparison.colour_index(run) for title, run in measured.items()},
            )

    _draw_compare_expander(
        visit, "all", 360, lambda: draw_runs_table(visit, records, titles), n=len(records)
    )
    visit.watch_page_state(
        lambda: _watched_page_state(visit.read_runs()),
        drawn=_watched_page_state(records),
        under_way=any(record.state in ACTIVE for record in records),
    )


def _draw_train_link(visit: Visit) -> None:
    with st.container(key="to_train"):
        draw_page_link("train", visit.t("compare.to_train"), icon=":material/model_training:")


def _draw_compare_expander(
    visit: Visit, name: str, height: int, draw: Callable[[], None], **values: object
) -> None:
    draw_expander(f"compare_{name}", visit.t(f"compare.folds.{name}", **values), height, draw)


def _watched_page_state(records: tuple[RunRecord, ...]) -> list[tuple[str, str, int]]:
    """Return the runs' ids, states and epochs; the page is redrawn when this value changes."""
    return [(record.id, record.state, record.epoch) for record in records]
