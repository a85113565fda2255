"""Draws charts that compare runs, as dots with a row for each group of runs, and as curves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fvapp.charts.figure import (
    PlotlyFigure,
    confidence_whiskers,
    escape_labels,
    make_axis,
    make_rows_axis,
    plot_heading,
    scatter_trace,
    text_annotation,
)
from fvapp.core.colours import QUIET, RUNS
from fvapp.core.results.by_class import wilson_interval
from fvapp.core.results.curves import Series
from fvapp.core.results.statistics import Measure, SeedGroup, count_test_images
from fvapp.core.wording import FEW_IMAGES, Translate

SYMBOLS = ("triangle-up", "circle", "square", "diamond", "star", "cross", "x", "pentagon")
"""Chart markers by index of the network, so that networks can be told apart without colours."""

MOST_LETTERS = 22
"""Maximum number of letters in a name beside a chart; longer names are cut."""

HEIGHT = 380
_ROW = 62  # height of a group's row in pixels
_LEAST_RANGE = 0.1
_LETTER = 7.5  # mean width of a letter in a name at the end of a curve, in pixels


@dataclass(frozen=True)
class SeedGroupRow:
    """A row of dots for a group of runs that differ only in their seed.

    Attributes:
        colour_index: index of the colour and marker of the group's network; None if the visitor
            did not choose the network for comparison.
        band_half_width: half the width of the band around the mean; 0 for no band.
    """

    name: str
    seed_group: SeedGroup
    colour_index: int | None = None
    band_half_width: float = 0.0


@dataclass(frozen=True)
class RunCurve:
    """The curve of a run in a chart that compares runs.

    Attributes:
        epochs, values: the number of each epoch, and the value after this epoch.
        colour_index: index of the colour and marker of the run's network; None if the visitor did
            not choose the network for comparison.
        is_chosen: whether the visitor chose the run. A chosen run has a thick line with its name at
            the end.
    """

    name: str
    epochs: Sequence[int]
    values: Series
    colour_index: int | None = None
    is_chosen: bool = False


def seed_dots_figure(
    rows: Sequence[SeedGroupRow], measure: Measure, t: Translate, fresh: Collection[str] = ()
) -> PlotlyFigure:
    """Draw each run as a dot in its group's row, with a line for the mean and a band around it.

    A group differs significantly from the first group if the bands of the two groups do not touch.
    With few test or validation images, a horizontal line through a dot or mean shows its
    uncertainty.

    Args:
        fresh: ids of the runs in the repetition that is in progress. Their dots are hollow.
    """
    data = []
    bands = []
    ends: list[float] = []
    for across, row in enumerate(rows):
        colour, symbol = _colour_and_symbol(row.colour_index)
        runs = row.seed_group.runs
        accuracies = row.seed_group.accuracies(measure)
        mean = row.seed_group.mean_accuracy(measure)
        ends += *accuracies, mean - row.band_half_width, mean + row.band_half_width
        symbols = [f"{symbol}-open" if run.id in fresh else symbol for run in runs]
        dots = {"color": colour, "symbol": symbols, "size": 13, "opacity": 0.85}
        hover = f"{t('settings.seed.label')} %{{customdata}}"
        images = count_test_images(row.seed_group, measure)
        few = {}
        if images < FEW_IMAGES:
            few["error_x"] = confidence_whiskers([(images * mean, images)])
            ends += wilson_interval(images * mean, images)
        data.append(
            _marker_row_trace(
                accuracies,
                across,
                dots,
                hover,
                customdata=[run.settings.seed for run in runs],
                **(few if len(runs) == 1 else {}),
            )
        )
        if len(runs) > 1:
            upright = {"symbol": "line-ns", "size": 26, "line": {"color": colour, "width": 3}}
            data.append(_marker_row_trace([mean], across, upright, t("charts.mean"), **few))
        bands.append(
            {
                "type": "rect",
                "x0": mean - row.band_half_width,
                "x1": mean + row.band_half_width,
                "y0": across - 0.25,
                "y1": across + 0.25,
                "fillcolor": colour,
                "opacity": 0.18,
                "line": {"width": 0},
                "layer": "below",
            }
        )
    return PlotlyFigure(
        data,
        height=max(HEIGHT, 60 + _ROW * len(rows)),
        shapes=bands,
        margin=(8, 16, 8, 52),
        xaxis=make_axis(
            t(f"charts.{measure}"),
            range=wide_axis_range(ends),
            tickformat=".1~%",
            nticks=4,
            tickangle=0,
            showgrid=True,
        ),
        yaxis=make_rows_axis([_seed_group_row_label(row, t) for row in rows]),
    )


def accuracy_curves_figure(lines: Sequence[RunCurve], title: str, t: Translate) -> PlotlyFigure:
    """Draw accuracy curves: runs of the chosen networks in colour on top, other runs in grey."""
    drawn = sorted(lines, key=lambda line: (line.is_chosen, line.colour_index is not None))
    ends = sorted(
        (line for line in lines if line.is_chosen and line.values),
        key=lambda line: line.values[-1] or 0,
    )
    beside = max((len(shorten_name(line.name)) for line in ends), default=0)
    most = max((epoch for line in lines for epoch in line.epochs), default=1)
    whole = {"dtick": 1} if most <= 10 else {}  # with few epochs, ticks only at whole epochs
    shares = [value for line in lines for value in line.values if value is not None]
    return PlotlyFigure(
        [_curve_trace(line) for line in drawn],
        height=HEIGHT,
        # With -1, Plotly always reports the curve nearest to the pointer, at any distance, so that
        # the page can highlight the curve.
        hoverdistance=-1,
        xaxis=make_axis(t("charts.epoch"), range=[1 - most / 30, most * 31 / 30], **whole),
        yaxis=make_axis(range=wide_axis_range(shares), tickformat=".1~%"),
        annotations=[
            plot_heading(title),
            *(_name_at_line_end(line, up=line is ends[-1]) for line in ends),
        ],
        margin=(48, 20 + _LETTER * beside, 36, 52),
    )


def wide_axis_range(shares: Sequence[float]) -> list[float]:
    """Return an axis range around accuracies that spans at least ten percentage points.

    A difference of one percentage point would look dramatic if the axis were narrower.
    """
    low = min(shares, default=0.0)
    high = max(shares, default=1.0)
    room = max(_LEAST_RANGE - (high - low), 0.1 * (high - low)) / 2
    return [max(0.0, low - room), min(1.01, high + room)]


def _colour_and_symbol(place: int | None) -> tuple[str, str]:
    return (QUIET, "circle") if place is None else (RUNS[place], SYMBOLS[place])


def _marker_row_trace(
    values: Sequence[float], across: int, marker: object, hover: str, **more: object
) -> dict[str, object]:
    template = f"{escape_labels(hover)}: %{{x:.2%}}<extra></extra>"
    return scatter_trace(
        values, [across] * len(values), "markers", marker=marker, hovertemplate=template, **more
    )


def _seed_group_row_label(row: SeedGroupRow, t: Translate) -> str:
    name = escape_labels(shorten_name(row.name))
    runs = t("compare.run_count", n=len(row.seed_group.runs))
    return f"{name if row.colour_index is None else f'<b>{name}</b>'}<br>{runs}"


def shorten_name(name: str) -> str:
    """Cut the middle out of a long name, because the names of similar networks end differently."""
    return name if len(name) <= MOST_LETTERS else f"{name[:7]}…{name[8 - MOST_LETTERS :]}"


def _curve_trace(line: RunCurve) -> dict[str, object]:
    colour, symbol = _colour_and_symbol(line.colour_index)
    name = escape_labels(line.name)
    return scatter_trace(
        line.epochs,
        line.values,
        "lines+markers",
        marker={"color": colour, "symbol": symbol, "size": 9 if line.is_chosen else 1},
        line={"color": colour, "width": 3 if line.is_chosen else 1.5},
        opacity=1 if line.is_chosen else 0.55,
        name=name,
        hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
    )


def _name_at_line_end(line: RunCurve, *, up: bool) -> dict[str, object]:
    """Return an annotation with the name of a line at the line's end.

    Because the ends of two lines may coincide, the name of the upper line stands above the end, and
    the name of the lower line below.

    Args:
        up: whether the name stands above the end of the line.
    """
    return text_annotation(
        f"<b>{escape_labels(shorten_name(line.name))}</b>",
        line.epochs[-1],
        line.values[-1] or 0,
        xshift=8,
        xanchor="left",
        yanchor="bottom" if up else "top",
    )
