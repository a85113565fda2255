"""Draws the compare page's charts: results as dots, and accuracies by epoch as curves.

Pointing at a curve or tapping it makes only this curve stand out; Plotly itself only reports which
curve is nearest.
"""

from collections.abc import Mapping

import streamlit as st

from fvapp.charts.comparison import RunCurve, SeedGroupRow, accuracy_curves_figure, seed_dots_figure
from fvapp.charts.figure import PlotlyFigure
from fvapp.core.results.comparison import (
    changes_of_settings,
    difference_sentence,
    run_names_by_difference,
)
from fvapp.core.results.repeats import EPOCHS, measured_runs_near
from fvapp.core.settings import RunSettings
from fvapp.ui.browser import make_component
from fvapp.ui.compare.comparison import MOST_ROWS, RunComparison
from fvapp.ui.compare.records import read_run_epochs
from fvapp.ui.parts import draw_chart
from fvapp.ui.visit import Visit

_MOST_GREY = 40  # maximum number of grey curves; more could not be told apart
_component = make_component(__file__)
_FEW = RunSettings(train_images=1_000)
_ALL = RunSettings()


def draw_comparison_charts(
    visit: Visit, comparison: RunComparison, titles: Mapping[str, str]
) -> None:
    """Draw results as dots beside accuracy curves; for a single result, only the curves.

    If the compared networks were only taught, which takes no epochs, draw only the dots.

    Args:
        titles: each run's title, by id.
    """
    t = visit.t
    rows = [
        SeedGroupRow(
            comparison.network_name(group.runs[0]),
            group,
            comparison.colour_index(group.runs[0]),
            bar,
        )
        for group, bar in comparison.groups_with_bars
    ]
    results = sum(len(row.seed_group.runs) for row in rows)

    with st.container(key="overlay"):
        has_curves = not all(run.taught for run in comparison.first_runs_of_two_groups)
        places = st.columns(2 if results > 1 and has_curves else 1, gap="medium")
        if results > 1:
            with places[0]:
                figure = seed_dots_figure(
                    rows, comparison.accuracy_measure, t, comparison.run_ids_in_unfinished_groups
                )
                draw_chart(figure, "dots_chart", t("compare.dots_alt", n=results, groups=len(rows)))
                hidden = len(comparison.chosen_groups) + len(comparison.unchosen_groups) - len(rows)
                if hidden:
                    st.caption(t("compare.more_groups", most=MOST_ROWS, n=hidden))
        if has_curves:
            with places[-1]:
                validated = comparison.accuracy_measure == "val_accuracy"
                lines = _curve_lines(
                    visit, comparison, titles, "val_accuracy" if validated else "accuracy"
                )
                title = t("charts.val_accuracy" if validated else "compare.epoch_accuracy")
                names = t("common.comma").join(line.name for line in lines if line.is_chosen)
                draw_isolatable_curves(
                    accuracy_curves_figure(lines, title, t),
                    t("compare.curves_alt", runs=names),
                )


def _curve_lines(
    visit: Visit, comparison: RunComparison, titles: Mapping[str, str], column: str
) -> list[RunCurve]:
    """Return the curves of the two compared networks, and of other runs on the same images."""
    beside = {run.id for group in comparison.unchosen_groups for run in group.runs}
    grey = [record for record in comparison.all_records if record.id in beside][-_MOST_GREY:]
    pair = [
        record for record in comparison.all_records if comparison.colour_index(record) is not None
    ]
    lines = []
    for record in (*grey, *pair):
        points = read_run_epochs(visit, record)
        leads = record in comparison.first_runs_of_two_groups
        name = comparison.network_name(record) if leads else titles[record.id]
        lines.append(
            RunCurve(
                name, points.epoch, getattr(points, column), comparison.colour_index(record), leads
            )
        )
    return lines


def draw_isolatable_curves(figure: PlotlyFigure, alt: str) -> None:
    """Draw a figure of curves in which pointing at a curve makes only that curve stand out."""
    draw_chart(figure, "curves_chart", alt)
    _component(key="isolate_curves", height=1)


def draw_example_comparison(visit: Visit) -> None:
    """Draw an example comparison: the same network trained on few and on all images."""
    t = visit.t
    names = run_names_by_difference((_FEW, _ALL), t)
    lines = []
    for place, (name, settings) in enumerate(zip(names, (_FEW, _ALL), strict=True)):
        (run, *_), *_ = measured_runs_near(settings)
        lines.append(RunCurve(name, range(1, EPOCHS + 1), run.val_accuracy, place, is_chosen=True))

    with st.container(key="overlay"):
        st.write(t("compare.example"))
        st.text(difference_sentence(changes_of_settings(_FEW, _ALL), t))
        figure = accuracy_curves_figure(lines, t("charts.val_accuracy"), t)
        draw_isolatable_curves(figure, t("compare.curves_alt", runs=t("common.comma").join(names)))
