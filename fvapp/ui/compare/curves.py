"""The two charts below the verdict: all runs as dots, and their curves."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from fvapp.charts.comparison import Line, Row, curves_figure, dots_figure
from fvapp.ui.compare.compared import MOST_ROWS, Compared
from fvapp.ui.compare.isolate import draw_curves
from fvapp.ui.compare.records import epochs_of
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.visit import Visit

_MOST_GREY = 40  # of more lines nobody sees one


def draw_charts(visit: Visit, compared: Compared, titles: Mapping[str, str]) -> None:
    """Draw both beside each other; a single result makes no dots.

    Args:
        titles: what each run is called, by id.
    """
    t = visit.t
    rows = [
        Row(compared.name(group.runs[0]), group, compared.place(group.runs[0]), bar) for group, bar in compared.rows
    ]
    results = sum(len(row.group.runs) for row in rows)
    with st.container(key="overlay"):
        dots, curves = st.columns(2, gap="medium") if results > 1 else (None, st.container())
        if dots is not None:
            with dots:
                figure = dots_figure(rows, compared.measure, t, compared.fresh)
                draw_chart(figure, "dots_chart", t("compare.dots_alt", n=results, groups=len(rows)))
                hidden = len(compared.groups) + len(compared.others) - len(rows)
                if hidden:
                    st.caption(t("compare.more_groups", most=MOST_ROWS, n=hidden))
        with curves:
            validated = compared.measure == "val_accuracy"
            title = t("charts.val_accuracy" if validated else "train.training_accuracy")
            lines = _lines(visit, compared, titles, "val_accuracy" if validated else "accuracy")
            names = t("common.comma").join(line.name for line in lines if line.leads)
            draw_curves(curves_figure(lines, title, t), t("compare.curves_alt", runs=names))


def _lines(visit: Visit, compared: Compared, titles: Mapping[str, str], column: str) -> list[Line]:
    """Return the curves of the pair and of the latest others that can stand beside them."""
    beside = {run.id for group in compared.others for run in group.runs}
    grey = [record for record in compared.records if record.id in beside][-_MOST_GREY:]
    pair = [record for record in compared.records if compared.place(record) is not None]
    lines = []
    for record in (*grey, *pair):
        points, leads = epochs_of(visit, record), record in compared.leading
        name = compared.name(record) if leads else titles[record.id]
        lines.append(Line(name, points.epoch, getattr(points, column), compared.place(record), leads))
    return lines
