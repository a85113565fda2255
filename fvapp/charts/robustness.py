"""Draws accuracy against the strength of a change to the images."""

from collections.abc import Mapping, Sequence

from fvapp.charts.figure import PlotlyFigure, escape_labels, make_axis, scatter_trace, vertical_line
from fvapp.core.colours import TRAINING, VALIDATION
from fvapp.core.wording import Translate

HEIGHT = 320
_LINES = ((TRAINING, "solid", "circle"), (VALIDATION, "dash", "square"))


def robustness_figure(
    strengths: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    title: str,
    marked: float,
    t: Translate,
) -> PlotlyFigure:
    """Draw one or two accuracy curves against evenly spaced strengths; mark the current strength.

    Args:
        curves: the accuracies (0 to 1) of each network at all strengths, by the network's name.
        title: title of the axis that shows the strengths.
    """
    places = list(range(len(strengths)))
    lines = [
        scatter_trace(
            places,
            accuracies,
            "lines+markers",
            name=escape_labels(name),
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={"size": 8, "symbol": symbol},
            hovertemplate="%{y:.1%}",
        )
        for (name, accuracies), (colour, dash, symbol) in zip(curves.items(), _LINES, strict=False)
    ]
    return PlotlyFigure(
        lines,
        height=HEIGHT,
        hovermode="x unified",
        margin=(64, 12, 40 if len(curves) > 1 else 12, 52),
        shapes=[vertical_line(strengths.index(marked), "dot", 1)],
        showlegend=len(curves) > 1,
        xaxis=make_axis(
            title, tickvals=places, ticktext=[f"{strength:g}" for strength in strengths]
        ),
        yaxis=make_axis(t("charts.test_accuracy"), range=[0, 1.02], tickformat=".0%"),
    )
