"""Draws the figures that are shown only in missions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from fvapp.charts.curves import epoch_ticks, round_down_to_tenth
from fvapp.charts.figure import (
    PlotlyFigure,
    annotation_above_plot,
    escape_labels,
    make_axis,
    make_rows_axis,
    name_width_pixels,
    plot_heading,
    scatter_trace,
    text_annotation,
    vertical_line,
)
from fvapp.core.colours import QUIET, RUNS, TEST
from fvapp.core.results.curves import EpochPoints, LearningCurves
from fvapp.core.runs import RunRecord
from fvapp.core.wording import Translate, share_as_percent

HEIGHT = 340
_LOWEST = 210  # height of the figure on a phone, in pixels, as set by the style sheet
_TOP = 24  # margin above the plot, in pixels
_BELOW = 44  # margin below the plot, in pixels
_LINE = 16  # height of a run's name, in pixels
_BESIDE = 128  # room for a run's name to the right of the plot, in pixels
# There is one more symbol than there are colours, so runs of the same colour have different
# symbols.
SYMBOLS = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "x",
    "star",
    "triangle-down",
    "pentagon",
    "cross",
)


@dataclass(frozen=True)
class AccuracyRow:
    """A row in the figure of accuracies, for one result.

    Attributes:
        accuracy: the accuracy, from 0 to 1.
        epoch_seconds: time of an epoch; None in all rows if times are not compared.
        is_compared: whether the mission's outcome depends on this result.
        colour: the colour of the dot, which shows on which images the accuracy was measured.
    """

    name: str
    accuracy: float
    epoch_seconds: float | None = None
    is_compared: bool = True
    colour: str = TEST

    @property
    def name_and_percent(self) -> tuple[str, str]:
        return escape_labels(self.name), share_as_percent(self.accuracy)


def live_accuracy_figure(
    runs: Sequence[tuple[str, RunRecord, LearningCurves]], t: Translate
) -> PlotlyFigure:
    """Draw the training accuracy of all runs while they train, with names at the curves' ends.

    Args:
        runs: the name, record and curves of each run. The order of the runs determines their
            colours.
    """
    lines = [(name, *_known_block_accuracies(curves)) for name, _, curves in runs]
    last = max((record.epochs for _, record, _ in runs), default=1)
    settled = [
        y
        for *_, curves in runs
        for y in curves.block_points.values_after_first_batches("accuracy")
        if y is not None
    ]
    bottom = round_down_to_tenth(settled)
    ends = [(name, x[-1], y[-1]) for name, x, y in lines if x]
    return PlotlyFigure(
        [
            scatter_trace(
                x,
                y,
                "lines",
                name=escape_labels(name),
                line={"color": RUNS[place % len(RUNS)], "width": 3},
                hovertemplate="%{y:.1%}",
            )
            for place, (name, x, y) in enumerate(lines)
        ],
        height=HEIGHT,
        hovermode="x unified",
        margin=(48, _BESIDE, _TOP, _BELOW),
        xaxis=make_axis(t("charts.epoch"), range=[0, last], tickvals=epoch_ticks(last)),
        yaxis=make_axis(range=[bottom, 1], tickformat=".0%"),
        annotations=_names_at_line_ends(ends, bottom),
    )


def losses_figure(runs: Mapping[str, LearningCurves], t: Translate) -> PlotlyFigure:
    """Draw the losses of runs after each epoch, with solid training and dashed validation lines.

    Args:
        runs: the curves of each run, by the run's name. The order of the runs determines their
            colours and symbols.
    """
    few = max((len(curves.epoch_points.epoch) for curves in runs.values()), default=0) <= 10
    traces = [
        _loss_traces(place, escape_labels(name), curves.epoch_points, t)
        for place, (name, curves) in enumerate(runs.items())
    ]
    return PlotlyFigure(
        [trace for several in traces for trace in several],
        height=400,
        showlegend=True,
        hovermode="x unified",
        xaxis=make_axis(t("charts.epoch"), rangemode="tozero", **({"dtick": 1} if few else {})),
        yaxis=make_axis(rangemode="tozero"),
        annotations=[plot_heading(t("charts.loss"))],
        # On a phone, each row of the legend has room for two names.
        margin=(48, 12, 44 + 20 * ceil(len(runs) / 2), 52),
    )


def accuracy_rows_figure(rows: Sequence[AccuracyRow], margin: float, t: Translate) -> PlotlyFigure:
    """Draw accuracies as dots, one below the other, over a band of differences due to chance.

    Args:
        margin: how far an accuracy can be from the first row's accuracy by chance alone.
    """
    places = list(range(len(rows)))
    middle = rows[0].accuracy
    values = [row.accuracy for row in rows]
    low = min(*values, middle - margin) - 0.002
    high = max(*values, middle + margin) + 0.002
    seconds = [row.epoch_seconds for row in rows if row.epoch_seconds is not None]
    named = [
        [f"<b>{word}</b>" if row.is_compared else word for word in row.name_and_percent]
        for row in rows
    ]
    shared = {"cliponaxis": False, "hoverinfo": "skip"}
    dots = scatter_trace(
        values,
        places,
        "markers",
        marker={
            "color": [row.colour for row in rows],
            "size": 14,
            "line": {"width": 2},
            "symbol": ["circle" if row.is_compared else "circle-open" for row in rows],
        },
        **shared,
    )
    times = {
        "type": "bar",
        "orientation": "h",
        "x": seconds,
        "y": places,
        "xaxis": "x2",
        "width": 0.28,
        "marker": {"color": QUIET},
        **shared,
    }
    band = {
        "type": "rect",
        "x0": middle - margin,
        "x1": middle + margin,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": QUIET,
        "opacity": 0.22,
        "line": {"width": 0},
        "layer": "below",
    }
    notes = [annotation_above_plot(t("missions.chart.chance"), middle)]
    notes += [
        text_annotation(accuracy, value, place, xshift=12, xanchor="left")
        for place, value, (_, accuracy) in zip(places, values, named, strict=True)
    ]
    beside_bar = {"xref": "x2", "xanchor": "left"}
    notes += [
        text_annotation(t("common.seconds", n=f"{spent:.2f}"), spent, place, xshift=4, **beside_bar)
        for place, spent in enumerate(seconds)
    ]
    if seconds:
        notes.append(annotation_above_plot(t("missions.table.seconds"), 0, **beside_bar))

    return PlotlyFigure(
        [dots, times],
        height=96 + 52 * len(rows),
        hovermode=False,
        margin=(8, 12, 28, 48),
        xaxis=make_axis(
            t("missions.table.val" if seconds else "charts.accuracy"),
            range=[low, high + 0.6 * (high - low)],
            domain=[0, 0.62 if seconds else 1],
            nticks=4,
            tickangle=0,
            tickformat=".1%",
        ),
        xaxis2=make_axis(range=[0, 3 * max(seconds, default=1)], domain=[0.7, 1], visible=False),
        yaxis=make_rows_axis([name for name, _ in named], ticklabelstandoff=0),
        shapes=[band],
        annotations=notes,
    )


def learning_races_figure(
    before: float, races: Sequence[Sequence[float]], ways: Sequence[str], t: Translate
) -> PlotlyFigure:
    """Draw the results of races, in which several training methods start from the same network.

    Args:
        before: the network's accuracy before the races, drawn as a line.
        races: for each race, the final accuracy of each method.
        ways: the names of the methods.
    """
    places = list(range(len(races)))
    marks = [
        scatter_trace(
            ends,
            places,
            "markers",
            name=escape_labels(name),
            hovertemplate="%{x:.1%}",
            cliponaxis=False,
            marker={"color": RUNS[way], "symbol": SYMBOLS[way], "size": 13},
        )
        for way, (name, ends) in enumerate(zip(ways, zip(*races, strict=True), strict=True))
    ]
    line = {"type": "line", "line": {"color": QUIET, "width": 2}, "layer": "below"}
    joined = [
        {**line, "x0": min(race), "x1": max(race), "y0": at, "y1": at}
        for at, race in enumerate(races)
    ]
    return PlotlyFigure(
        marks,
        height=110 + 30 * len(races),
        showlegend=True,
        margin=(8, 16, 60, 48),
        xaxis=make_axis(t("charts.accuracy"), tickformat=".0%", nticks=6),
        yaxis=make_rows_axis([t("missions.one_step.race", n=place + 1) for place in places]),
        shapes=[vertical_line(before, "dot", 2), *joined],
        annotations=[annotation_above_plot(t("missions.chart.before"), before)],
    )


def _loss_traces(
    place: int, name: str, points: EpochPoints, t: Translate
) -> Iterator[dict[str, object]]:
    line = {"color": RUNS[place % len(RUNS)], "width": 2}
    mark = {"color": line["color"], "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 6}
    trace_options = {"showlegend": False, "legendgroup": str(place), "hovertemplate": "%{y:.4f}"}
    drawn = {**trace_options, "line": line, "marker": mark}
    # Each run has one legend entry, with only the run's name.
    entry = {**drawn, "name": name, "showlegend": True, "hoverinfo": "skip"}
    yield scatter_trace([None], [None], "lines+markers", **entry)
    yield scatter_trace(
        points.epoch, points.loss, "lines+markers", name=f"{name} · {t('charts.training')}", **drawn
    )
    if points.has_validation:
        dashed = {**trace_options, "line": {**line, "dash": "dash"}}
        yield scatter_trace(
            points.epoch,
            points.val_loss,
            "lines",
            name=f"{name} · {t('charts.validation')}",
            **dashed,
        )


def _shorten_name_to_margin(name: str) -> str:
    while name_width_pixels([name]) > _BESIDE:
        name = f"{name.removesuffix('…')[:-1]}…"
    return name


def _known_block_accuracies(curves: LearningCurves) -> tuple[list[float], list[float]]:
    points = zip(curves.block_points.epoch_positions, curves.block_points.accuracy, strict=True)
    known = [(x, y) for x, y in points if y is not None]
    return [x for x, _ in known], [y for _, y in known]


def _names_at_line_ends(
    ends: Sequence[tuple[str, float, float]], bottom: float
) -> list[dict[str, object]]:
    """Return annotations with the curves' names, to the right of their ends and not overlapping.

    The names also stay within the height of the plot. The positions are computed for the plot's
    size on a phone. On larger plots, the names are further apart.
    """
    room = _LOWEST - _TOP - _BELOW
    ordered = sorted(ends, key=lambda end: end[2])
    wanted = [room * (y - bottom) / (1 - bottom) for *_, y in ordered]
    places = list(accumulate(wanted, lambda below, want: max(want, below + _LINE)))
    above = max(0, max(places, default=0) - room)
    rows = zip(ordered, wanted, places, strict=True)
    return [
        text_annotation(
            escape_labels(_shorten_name_to_margin(name)),
            x,
            y,
            xanchor="left",
            xshift=8,
            yshift=place - want - above,
        )
        for (name, x, y), want, place in rows
    ]
