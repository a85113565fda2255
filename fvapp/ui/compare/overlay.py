"""The chosen runs over each other, below their difference in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from fvapp.charts.figure import MEASURES
from fvapp.charts.overlay import OverlaidRun, overlay_figure, reference_words
from fvapp.core.results.comparison import REFERENCES, Reference, changes_of_runs, difference_sentence
from fvapp.core.runs import RunRecord
from fvapp.ui.compare.records import curves_of
from fvapp.ui.parts.charts import draw_pair
from fvapp.ui.visit import Visit


def draw_difference(visit: Visit, chosen: Sequence[RunRecord], titles: Mapping[str, str], alone: bool) -> None:
    """Say what differs between the first chosen run and each of the others.

    Args:
        titles: what each run is called, by id.
        alone: whether there is no other run to choose.
    """
    t = visit.t
    with st.container(key="difference", gap="small"):
        if len(chosen) < 2:
            st.text(t("compare.train_second" if alone else "compare.choose_two"))
        for other in chosen[1:]:
            sentence = difference_sentence(changes_of_runs(chosen[0], other), t)
            values = {"first": titles[chosen[0].id], "second": titles[other.id], "sentence": sentence}
            st.text(t("compare.difference.runs", **values))


def draw_overlay(visit: Visit, chosen: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    """Draw the charts of the chosen runs and, below them, their controls."""
    t, state = visit.t, st.session_state
    by = "seconds" if state.get("overlay_by") == "seconds" else "epoch"
    datasets = {record.settings.dataset for record in chosen}
    # Lines of two data sets in one chart would invite to compare what cannot be compared.
    with_references = state.get("overlay_references") and len(datasets) == 1
    references = REFERENCES[datasets.pop()] if with_references else ()
    runs = [OverlaidRun(record.number, titles[record.id], curves_of(visit, record), record.result) for record in chosen]
    with st.container(key="overlay"):
        figures = [overlay_figure(runs, t, measure=measure, by=by, references=references) for measure in MEASURES]
        names = t("common.comma").join(run.title for run in runs)
        draw_pair("overlay", figures, lambda measure: t(f"compare.overlay_alt_{measure}", runs=names))
        st.caption(t("compare.overlay_key"))
    if references:
        _draw_sources(visit, references)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("compare.by"),
            ("epoch", "seconds"),
            default="epoch",
            required=True,
            format_func=lambda name: t(f"compare.by_{name}"),
            key="overlay_by",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.toggle(t("compare.show_references"), key="overlay_references", persist_state="session")


def _draw_sources(visit: Visit, references: Sequence[Reference]) -> None:
    """Say where the published results come from, one line a source."""
    by_source: dict[str, list[str]] = {}
    for reference in references:
        by_source.setdefault(reference.source, []).append(reference_words(reference, visit.t))
    with st.container(key="references"):
        for source, results in by_source.items():
            st.caption("; ".join(results) + (f" · <{source}>" if source else ""))
