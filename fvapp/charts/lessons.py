"""What a mission shows of its runs and no other page does."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.charts.colours import QUIET, VALIDATION
from fvapp.charts.figure import ReadyFigure, axis, heading, layout
from fvapp.core.lessons.trials import Trial
from fvapp.core.results.chance import bar, margin_of_difference, seed_spread
from fvapp.core.wording import Translate

HEIGHT = 300


def neurons_figure(trials: Sequence[Trial], t: Translate) -> ReadyFigure:
    """Draw validation accuracy and time per epoch for each number of neurons: what it brings beside what it costs.

    Args:
        trials: complete ones, each with one hidden layer. Bars that do not overlap mean a difference.
    """
    widths = [f"{trial.settings.hidden[0]:,}" for trial in trials]
    bars = [bar(margin_of_difference(seed_spread(trial.settings).val_accuracy)) for trial in trials]
    brought = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": widths,
        "y": [trial.val_accuracy for trial in trials],
        "error_y": {"type": "data", "array": bars, "color": VALIDATION, "thickness": 1.5, "width": 6},
        "line": {"color": VALIDATION, "width": 2},
        "marker": {"color": VALIDATION, "size": 9},
        "hovertemplate": "%{y:.1%}<extra></extra>",
    }
    costs = {
        "type": "bar",
        "x": widths,
        "y": [trial.seconds_per_epoch for trial in trials],
        "xaxis": "x2",
        "yaxis": "y2",
        "marker": {"color": QUIET},
        "hovertemplate": "%{y:.2f}<extra></extra>",
    }
    along = axis(t("lessons.chart.neurons"), type="category")
    return ReadyFigure(
        [brought, costs],
        layout(
            height=HEIGHT,
            uirevision="neurons",
            hovermode="closest",
            showlegend=False,
            bargap=0.45,
            margin={"l": 52, "r": 12, "t": 32, "b": 44},
            xaxis={**along, "domain": [0, 0.46], "anchor": "y"},
            xaxis2={**along, "domain": [0.56, 1], "anchor": "y2"},
            yaxis=axis(anchor="x", tickformat=".1%"),
            yaxis2=axis(anchor="x2", rangemode="tozero"),
            annotations=[heading(t("lessons.chart.accuracy")), heading(t("lessons.chart.seconds"), 0.56)],
        ),
    )
