"""Draws the confusion matrix of a test set, with a square for each pair of class and answer."""

from collections.abc import Sequence

import numpy as np

from fvapp.charts.figure import PlotlyFigure, escape_labels, make_axis
from fvapp.core.colours import QUIET, TEST, VALIDATION, WHITE
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.wording import Translate

HEIGHT = 460
_SIDE = 0.94  # side of a square, as a share of its column and of its row
_MOST_WRITTEN = 14  # maximum number of classes for which numbers fit into the squares
_FAINT = 0.06
_STRONG = 0.6  # opacity of a square above which white numbers are easier to read than dark numbers


def confusion_figure(
    confusion: np.ndarray, class_names: Sequence[str], t: Translate, *, as_shares: bool = False
) -> PlotlyFigure:
    """Draw how often images of each class (row) get each answer (column), as clickable squares.

    The squares are bars with a base, because Plotly does not report clicks on a heatmap as
    selections, and markers would not become narrower with the chart. A mistake is shaded relative
    to the most frequent mistake, and a correct answer by its share of the class. If mistakes and
    correct answers had the same scale, all mistakes would look faint. If there are many classes,
    only the classes with the most images are shown.

    Args:
        confusion: the number of images for each class and answer, int [classes, classes].
        as_shares: whether to show percentages of each class's images instead of counts.
    """
    kept = choose_classes_to_show(confusion.sum(axis=1))
    count = len(kept)
    rows = confusion.sum(axis=1, keepdims=True)[kept]
    confusion = confusion[np.ix_(kept, kept)]
    names = [escape_labels(class_names[label]) for label in kept]
    shares = np.divide(confusion, rows, out=np.zeros(confusion.shape), where=rows > 0)
    hits = np.eye(count, dtype=bool)
    strength = np.where(
        hits, shares, np.sqrt(confusion / max(1, np.where(hits, 0, confusion).max()))
    )
    shown = np.rint(100 * shares).astype(int) if as_shares else confusion
    labels, answers = (place.ravel() for place in np.indices(confusion.shape))
    squares = {
        "type": "bar",
        "x": answers.tolist(),
        "y": [_SIDE] * labels.size,
        "base": (labels - _SIDE / 2).tolist(),
        "width": _SIDE,
        "text": [
            str(number) if number and count <= _MOST_WRITTEN else "" for number in shown.ravel()
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {
            "size": 11,
            "color": np.where(strength > _STRONG, WHITE, QUIET).ravel().tolist(),
        },
        "customdata": [
            [
                kept[label],
                kept[answer],
                names[label],
                names[answer],
                int(times),
            ]
            for label, answer, times in zip(labels, answers, confusion.ravel(), strict=True)
        ],
        "hovertemplate": "%{customdata[2]} → %{customdata[3]}: %{customdata[4]}<extra></extra>",
        "marker": {
            "color": np.where(hits, TEST, VALIDATION).ravel().tolist(),
            "opacity": np.maximum(_FAINT, 0.95 * strength).round(3).ravel().tolist(),
        },
        # Without a text colour for the clicked square, Plotly's script fails on bars with text and
        # reports no click.
        "selected": {"marker": {"opacity": 1}, "textfont": {"color": WHITE}},
        "unselected": {"marker": {}},
    }
    ticks = {
        "tickvals": list(range(count)),
        "ticktext": [name.split("/")[0] for name in names],
        "showgrid": False,
        "automargin": True,
    }

    return PlotlyFigure(
        [squares],
        height=HEIGHT,
        barcornerradius=2,
        clickmode="event+select",
        margin=(8, 8, 8, 8),
        xaxis=make_axis(
            t("charts.confusion.answer"), range=[-0.5, count - 0.5], tickangle=-40, **ticks
        ),
        yaxis=make_axis(t("charts.confusion.label"), range=[count - 0.5, -0.5], **ticks),
    )
