"""Draws bars on both sides of 0, for numbers that raise a sum and numbers that lower it."""

from collections.abc import Sequence

from fvapp.charts.figure import (
    PlotlyFigure,
    escape_labels,
    horizontal_bars,
    make_axis,
    make_rows_axis,
)
from fvapp.core.colours import QUIET, TRAINING, VALIDATION

_BAR = 26  # height of a bar and the gap below it, in pixels
_AROUND = 58  # total height of the margins and the axis, in pixels
# Room for the numbers at the ends of bars, as a share of the axis. This share is also sufficient on
# a phone.
_ROOM = 0.34


def signed_bars_figure(
    names: Sequence[str],
    values: Sequence[float],
    title: str,
    *,
    numbers: Sequence[int] | None = None,
    marked: int = -1,
    faint: int = 0,
) -> PlotlyFigure:
    """Draw values as horizontal bars, one below the other: orange above 0, otherwise blue.

    Args:
        title: title of the axis that shows the values.
        numbers: for each bar, the number that a click on the bar returns; None disables clicks.
        marked: index of the bar whose name is bold.
        faint: number of bars at the bottom that are drawn faintly.
    """
    count = len(values)
    low = min(0.0, *values)
    high = max(0.0, *values)
    room = _ROOM * (high - low) or 1.0
    opacity = [0.5 if place >= count - faint else 0.9 for place in range(count)]
    drawn = horizontal_bars(
        [float(value) for value in values],
        [f"{value:+.2f}".replace("-", "\N{MINUS SIGN}") for value in values],
        names,
        customdata=[
            [number, escape_labels(name)]
            for number, name in zip(numbers or range(count), names, strict=True)
        ],
        hovertemplate="%{customdata[1]}: %{text}<extra></extra>",
        marker={
            "color": [VALIDATION if value > 0 else TRAINING for value in values],
            "opacity": opacity,
        },
        # A clicked bar keeps its colours, because its bold name and the details beside the chart
        # already show which bar was chosen.
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0.9}},
    )
    labels = [
        f"<b>{escape_labels(name)}</b>" if place == marked else escape_labels(name)
        for place, name in enumerate(names)
    ]
    clicks = {} if numbers is None else {"clickmode": "event+select"}

    return PlotlyFigure(
        [drawn],
        height=_BAR * count + _AROUND,
        bargap=0.3,
        margin=(8, 8, 4, 44),
        xaxis=make_axis(
            title,
            range=[low - (room if low < 0 else 0), high + (room if high > 0 or low == 0 else 0)],
            zeroline=True,
            zerolinecolor=QUIET,
            zerolinewidth=1,
            nticks=5,
        ),
        yaxis=make_rows_axis(labels),
        **clicks,
    )
