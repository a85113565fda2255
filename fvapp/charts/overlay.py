"""Several runs in one chart, and groups of runs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import Literal

from fvapp.charts.colours import QUIET, RUNS
from fvapp.charts.figure import Measure, ReadyFigure, axis, escaped, heading, layout
from fvapp.core.results.comparison import Reference
from fvapp.core.results.curves import Curves
from fvapp.core.results.statistics import Group, bars
from fvapp.core.results.statistics import Measure as GroupMeasure
from fvapp.core.runs import RunResult
from fvapp.core.wording import Translate

HEIGHT = 400
_BELOW = 52  # pixels of margin for the axis
_BESIDE = 76  # pixels of margin for the numbers of published results
_LINE = 13  # pixels a number needs
# One more than there are colours, so that both change from run to run and the first 72 have each their own pair.
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "x", "star", "triangle-down", "pentagon", "cross")

By = Literal["epoch", "seconds"]


@dataclass(frozen=True)
class OverlaidRun:
    """A run as it stands in the overlay.

    Attributes:
        number: decides its colour and symbol, so that they stay its own whatever else is shown.
        title: as the visitor calls it.
        curves: of which the epochs are drawn.
        result: the test set's numbers, drawn at the end of its line; None while there are none.
    """

    number: int
    title: str
    curves: Curves
    result: RunResult | None = None


def overlay_figure(
    runs: Sequence[OverlaidRun],
    t: Translate,
    *,
    measure: Measure,
    by: By = "epoch",
    references: Sequence[Reference] = (),
) -> ReadyFigure:
    """Draw loss or accuracy of several runs: training as a line, validation dashed, the test set as a large mark.

    Args:
        runs: two to eight of them; more are drawn just as well.
        by: what runs to the right: epochs, or seconds of training.
        references: published accuracies, drawn as grey lines or bands over an accuracy, their numbers beside the plot.
    """
    shown = references if measure == "accuracy" else ()
    top = 44 + 20 * ceil(len(runs) / 2)  # two names a row on a phone
    up = {"tickformat": ".0%"} if measure == "accuracy" else {"rangemode": "tozero"}
    epochs = max((len(run.curves.epochs.epoch) for run in runs), default=0)
    whole = {"dtick": 1} if by == "epoch" and epochs <= 10 else {}  # no ticks between epochs
    if shown:
        up["range"] = [_bottom(runs, shown), 1]
    return ReadyFigure(
        [trace for run in runs for trace in _lines(run, t, measure, by)],
        layout(
            height=HEIGHT,
            uirevision=f"overlay-{by}",
            xaxis=axis(t("charts.epoch" if by == "epoch" else "charts.seconds"), rangemode="tozero", **whole),
            yaxis=axis(**up),
            shapes=[_reference(reference) for reference in shown],
            annotations=[heading(t(f"charts.{measure}"))]
            + (_reference_labels(shown, up["range"], HEIGHT - top - _BELOW) if shown else []),
            margin={"l": 48, "r": _BESIDE if shown else 12, "t": top, "b": _BELOW},
        ),
    )


def groups_figure(groups: Sequence[tuple[str, int, Group]], measure: GroupMeasure, t: Translate) -> ReadyFigure:
    """Draw groups of runs beside each other: each run a point, the mean a line, a bar on both sides of it.

    A bar that does not touch that of the first group means a difference from it.

    Args:
        groups: title, number of the first run (for the colour) and the group.
        measure: by which they are compared.
    """
    data = []
    lengths = bars([group for _, _, group in groups], measure)
    for place, ((title, number, group), length) in enumerate(zip(groups, lengths, strict=True)):
        colour, symbol = run_mark(number)
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": list(group.accuracies(measure)),
                "y": [place] * len(group.runs),
                "marker": {"color": colour, "symbol": symbol, "size": 9, "opacity": 0.6},
                "customdata": [run.settings.seed for run in group.runs],
                "hovertemplate": f"{escaped(t('settings.seed.label'))} %{{customdata}}: %{{x:.2%}}<extra></extra>",
                "name": escaped(title),
            }
        )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [group.mean(measure)],
                "y": [place],
                "marker": {"color": colour, "symbol": "line-ns", "size": 26, "line": {"color": colour, "width": 3}},
                "error_x": {
                    "type": "data",
                    "array": [length],
                    "visible": length > 0,
                    "color": colour,
                    "thickness": 2,
                    "width": 8,
                },
                "hovertemplate": f"{escaped(t('charts.mean'))}: %{{x:.2%}}<extra></extra>",
                "name": escaped(title),
            }
        )
    return ReadyFigure(
        data,
        layout(
            height=110 + 56 * len(groups),
            uirevision="groups",
            hovermode="closest",
            showlegend=False,
            margin={"l": 8, "r": 16, "t": 8, "b": 48},
            xaxis=axis(t(f"charts.{measure}"), tickformat=".1%", nticks=5, tickangle=0),
            yaxis=axis(
                tickvals=list(range(len(groups))),
                ticktext=[escaped(title) for title, _, _ in groups],
                range=[len(groups) - 0.5, -0.5],
                showgrid=False,
                automargin=True,
                ticklabelstandoff=6,
            ),
        ),
    )


def run_mark(number: int) -> tuple[str, str]:
    """Return colour and symbol of a run by its number."""
    place = number - 1
    return RUNS[place % len(RUNS)], SYMBOLS[place % len(SYMBOLS)]


def _lines(run: OverlaidRun, t: Translate, name: Measure, by: By):
    points = run.curves.epochs
    along = list(points.epoch) if by == "epoch" else list(accumulate(value or 0 for value in points.seconds))
    colour, symbol = run_mark(run.number)
    title = escaped(run.title)

    def trace(x, y, kind: str, **more) -> dict[str, object]:
        return {
            "type": "scatter",
            "x": x,
            "y": y,
            "name": f"{title} · {t(kind)}",
            "legendgroup": str(run.number),
            "showlegend": False,
            "hovertemplate": "%{y:.4f}" if name == "loss" else "%{y:.2%}",
            **more,
        }

    training = trace(
        along,
        list(getattr(points, name)),
        "charts.training",
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"color": colour, "symbol": symbol, "size": 6},
    )
    # One entry of the legend a run, its name alone.
    yield {**training, "x": [None], "y": [None], "name": title, "showlegend": True, "hoverinfo": "skip"}
    yield training
    if points.has_validation:
        yield trace(
            along,
            list(getattr(points, f"val_{name}")),
            "charts.validation",
            mode="lines",
            line={"color": colour, "width": 2, "dash": "dash"},
        )
    if run.result is not None and along:
        yield trace(
            [along[-1]],
            [getattr(run.result, f"test_{name}")],
            "charts.test",
            mode="markers",
            marker={"color": colour, "symbol": f"{symbol}-open", "size": 13, "line": {"width": 2.5}},
        )


def _reference(reference: Reference) -> dict[str, object]:
    across = {"xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": reference.low, "y1": reference.high}
    if reference.is_range:
        return {**across, "type": "rect", "fillcolor": QUIET, "opacity": 0.2, "line": {"width": 0}}
    return {**across, "type": "line", "line": {"color": QUIET, "width": 1.5, "dash": "dot"}}


def _bottom(runs: Sequence[OverlaidRun], references: Sequence[Reference]) -> float:
    """Return the multiple of 10% below all accuracies."""
    values = [reference.low for reference in references]
    for run in runs:
        values += [value for value in (*run.curves.epochs.accuracy, *run.curves.epochs.val_accuracy) if value]
        values += [run.result.test_accuracy] if run.result else []
    return min(int(10 * min(values)), 9) / 10


def _reference_labels(references: Sequence[Reference], ends: Sequence[float], height: int) -> list[dict[str, object]]:
    """Write the numbers right of the plot, away from the curves and from each other; the page says whose they are."""
    bottom, top = ends
    middles = [(reference.low + reference.high) / 2 for reference in references]
    wanted = [height * (middle - bottom) / (top - bottom) for middle in middles]
    return [
        {
            "text": escaped(reference_number(reference)),
            "xref": "x domain",
            "yref": "y",
            "x": 1,
            "y": middle,
            "xshift": 4,
            "yshift": place - want,
            "xanchor": "left",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": 11},
        }
        for reference, middle, want, place in zip(references, middles, wanted, _apart(wanted), strict=True)
    ]


def _apart(places: Sequence[float]) -> list[float]:
    """Move places upwards, from the lowest on, until each has a line to itself; then all back by half of that."""
    moved = list(places)
    order = sorted(range(len(places)), key=places.__getitem__)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + _LINE)
    back = max(new - old for new, old in zip(moved, places, strict=True)) / 2
    return [place - back for place in moved]


def reference_number(reference: Reference) -> str:
    """Return its accuracy: ``"90.0%"``, or from where to where."""
    if reference.is_range:
        return f"{100 * reference.low:.1f}–{100 * reference.high:.1f}%"
    return f"{100 * reference.low:.1f}%"


def reference_words(reference: Reference, t: Translate) -> str:
    """Return what a published line stands for, with its number."""
    return f"{t(f'compare.references.{reference.name}')} {reference_number(reference)}"
