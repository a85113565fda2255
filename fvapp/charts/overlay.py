"""Several runs in one chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from fvapp.charts.colours import RUNS
from fvapp.charts.figure import Measure, ReadyFigure, axis, escaped, heading
from fvapp.core.results.curves import Curves
from fvapp.core.wording import Translate

HEIGHT = 400
# One more than there are colours, so that both change from run to run and the first 72 have each their own pair.
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "x", "star", "triangle-down", "pentagon", "cross")


@dataclass(frozen=True)
class OverlaidRun:
    """A run as it stands in the overlay.

    Attributes:
        number: decides its colour and symbol, so that they stay its own whatever else is shown.
        title: as the visitor calls it.
        curves: of which the epochs are drawn.
    """

    number: int
    title: str
    curves: Curves


def overlay_figure(runs: Sequence[OverlaidRun], t: Translate, *, measure: Measure) -> ReadyFigure:
    """Draw loss or accuracy of several runs: training as a line, validation dashed.

    Args:
        runs: two to eight of them; more are drawn just as well.
    """
    few = max((len(run.curves.epochs.epoch) for run in runs), default=0) <= 10
    return ReadyFigure(
        [trace for run in runs for trace in _lines(run, t, measure)],
        height=HEIGHT,
        uirevision="overlay",
        hovermode="x unified",
        xaxis=axis(t("charts.epoch"), rangemode="tozero", **({"dtick": 1} if few else {})),
        yaxis=axis(**({"tickformat": ".0%"} if measure == "accuracy" else {"rangemode": "tozero"})),
        annotations=[heading(t(f"charts.{measure}"))],
        margin={"l": 48, "r": 12, "t": 44 + 20 * ceil(len(runs) / 2), "b": 52},  # two names a row on a phone
    )


def _lines(run: OverlaidRun, t: Translate, name: Measure):
    points, place, title = run.curves.epochs, run.number - 1, escaped(run.title)
    line = {"color": RUNS[place % len(RUNS)], "width": 2}
    mark = {"color": line["color"], "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 6}
    look = {"type": "scatter", "x": list(points.epoch), "showlegend": False, "legendgroup": str(run.number)}
    look["hovertemplate"] = "%{y:.4f}" if name == "loss" else "%{y:.2%}"
    training = {**look, "y": list(getattr(points, name)), "mode": "lines+markers", "line": line, "marker": mark}
    # One entry of the legend a run, its name alone.
    yield {**training, "x": [None], "y": [None], "name": title, "showlegend": True, "hoverinfo": "skip"}
    yield {**training, "name": f"{title} · {t('charts.training')}"}
    if points.has_validation:
        dashed = {"mode": "lines", "line": {**line, "dash": "dash"}, "name": f"{title} · {t('charts.validation')}"}
        yield {**look, **dashed, "y": list(getattr(points, f"val_{name}"))}
