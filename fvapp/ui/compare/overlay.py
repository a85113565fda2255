"""The chosen runs over each other, and their difference in words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.figure import MEASURES
from fvapp.charts.overlay import OverlaidRun, overlay_figure, reference_words
from fvapp.core.results.comparison import REFERENCES, Reference, changes_of_runs, difference_sentence
from fvapp.core.runs import RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.compare.records import curves_of
from fvapp.ui.parts.charts import draw_pair
from fvapp.ui.visit import Visit


def draw_overlay(visit: Visit, chosen: Sequence[RunRecord]) -> None:
    """Draw the chart of the chosen runs, its controls, and what differs between them."""
    t = visit.t
    with st.container(horizontal=True, vertical_alignment="center"):
        by = st.segmented_control(
            t("compare.by"),
            ("epoch", "seconds"),
            default="epoch",
            required=True,
            format_func=lambda name: t(f"compare.by_{name}"),
            key="overlay_by",
            label_visibility="collapsed",
            persist_state="session",
        )
        with_references = st.toggle(t("compare.show_references"), key="overlay_references", persist_state="session")
    datasets = {record.settings.dataset for record in chosen}
    # Lines of two data sets in one chart would invite to compare what cannot be compared.
    references = REFERENCES[datasets.pop()] if with_references and len(datasets) == 1 else ()
    runs = [
        OverlaidRun(record.number, run_title(record, t), curves_of(visit, record), record.result) for record in chosen
    ]
    with st.container(key="overlay"):
        figures = [overlay_figure(runs, t, measure=measure, by=by, references=references) for measure in MEASURES]
        titles = t("common.comma").join(run.title for run in runs)
        draw_pair(visit, "overlay", figures, lambda measure: t(f"compare.overlay_alt_{measure}", runs=titles))
        st.caption(t("compare.overlay_key"))
    if references:
        _draw_sources(visit, references)
    with st.container(key="difference"):
        for sentence in _sentences(visit, chosen):
            st.text(sentence)


def _draw_sources(visit: Visit, references: Sequence[Reference]) -> None:
    """Say where the published results come from, one line a source."""
    by_source: dict[str, list[str]] = {}
    for reference in references:
        by_source.setdefault(reference.source, []).append(reference_words(reference, visit.t))
    with st.container(key="references"):
        for source, results in by_source.items():
            st.caption("; ".join(results) + (f" · <{source}>" if source else ""))


def _sentences(visit: Visit, chosen: Sequence[RunRecord]) -> list[str]:
    """Return what differs between the first chosen run and each of the others."""
    t = visit.t
    if len(chosen) < 2:
        return [t("compare.choose_two")]
    first, *others = chosen
    return [
        t(
            "compare.difference.runs",
            first=run_title(first, t),
            second=run_title(other, t),
            sentence=difference_sentence(changes_of_runs(first, other), t),
        )
        for other in others
    ]
