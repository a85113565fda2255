"""Draws the class wheel: classes on a circle, with test images and the visitor's image inside."""

from collections.abc import Sequence

import numpy as np

from fvapp.charts.figure import PlotlyFigure, escape_labels, scatter_trace
from fvapp.core.colours import QUIET
from fvapp.core.wording import Translate, is_narrow_class_name

HEIGHT = 460
_EDGE = 1.32  # half the width of the plot; the circle of the classes has radius 1
# Half the width of the plot if class names are words, which need more room than digits.
_EDGE_OF_WORDS = 1.7
# Position of a name relative to its class, indexed by the class's rounded coordinate (0, 1 or -1).
_HEIGHTS = ("middle", "top", "bottom")
_SIDES = ("center", "right", "left")


def class_wheel_figure(
    places: np.ndarray,
    labels: np.ndarray,
    numbers: np.ndarray,
    points: np.ndarray,
    class_names: Sequence[str],
    colours: Sequence[str],
    mine: np.ndarray,
    t: Translate,
) -> PlotlyFigure:
    """Draw the class wheel. A click on a dot returns the index of the dot's test image.

    Args:
        places: positions of the test images, [n, 2].
        labels, numbers: labels and indices of the test images, [n].
        points: positions of the classes, [classes, 2].
        class_names, colours: name and colour of each class.
        mine: position of the visitor's image, [2].
    """
    dots = {
        **_wheel_scatter_trace(places.round(3), "markers"),
        "customdata": [
            [int(number), escape_labels(class_names[label])]
            for number, label in zip(numbers, labels, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "marker": {"size": 7, "color": [colours[label] for label in labels], "opacity": 0.75},
        "selected": {"marker": {"size": 13, "opacity": 1}},
        "unselected": {"marker": {"opacity": 0.75}},
    }
    names = {
        **_wheel_scatter_trace((1.14 * points).round(3), "text"),
        # Names point away from the circle, so that they cover no dots.
        "textposition": [f"{_HEIGHTS[round(up)]} {_SIDES[round(across)]}" for across, up in points],
        "text": [f"<b>{escape_labels(name)}</b>" for name in class_names],
        "textfont": {"color": list(colours), "size": 12},
        "hoverinfo": "skip",
    }
    own = {
        **_wheel_scatter_trace(mine[None], "markers"),
        "hovertemplate": escape_labels(t("inside.wheel.mine")) + "<extra></extra>",
        "marker": {"size": 20, "symbol": "circle-x-open", "line": {"width": 3}, "color": QUIET},
    }
    edge = _EDGE if all(map(is_narrow_class_name, class_names)) else _EDGE_OF_WORDS
    plain = {"visible": False, "fixedrange": True, "range": [-edge, edge]}
    return PlotlyFigure(
        [dots, names, own],
        height=HEIGHT,
        clickmode="event+select",
        margin=(0, 0, 0, 0),
        xaxis=plain,
        yaxis={**plain, "scaleanchor": "x"},
    )


def _wheel_scatter_trace(places: np.ndarray, mode: str) -> dict[str, object]:
    across, up = places.T.tolist()
    return scatter_trace(across, up, mode)
