"""Draws the probabilities in a network's answer as a bar chart."""

from collections.abc import Sequence

from fvapp.charts.figure import (
    PlotlyFigure,
    escape_labels,
    horizontal_bars,
    make_axis,
    make_rows_axis,
    name_width_pixels,
)
from fvapp.core.answers import Answer
from fvapp.core.colours import QUIET, TRAINING
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.wording import Translate, share_as_percent

HEIGHT = 360
_ROW = 24  # height of a class's row in pixels, if there are too many classes for the usual height


def answer_shares_figure(
    answer: Answer | None, class_names: Sequence[str], t: Translate
) -> PlotlyFigure:
    """Draw a horizontal bar with name and probability for each class, and mark the highest.

    If there are many classes, only the likeliest classes are shown.

    Args:
        answer: the network's answer. None draws empty bars, so that the page does not jump when an
            answer arrives.
        class_names: the names of all classes in the visitor's language, in the order of the labels.
        t: the translator for the axis title.
    """
    kept = choose_classes_to_show(answer.probabilities if answer else (0.0,) * len(class_names))
    names = [class_names[label] for label in kept]
    shares = [answer.probabilities[label] if answer else 0.0 for label in kept]
    highest = kept.index(answer.predicted_label) if answer else None

    def highlight_if_highest(row: int, text: str) -> str:
        return f"<b>{text}</b>" if row == highest else text

    texts = [
        highlight_if_highest(row, share_as_percent(share)) if answer else ""
        for row, share in enumerate(shares)
    ]
    ticks = [highlight_if_highest(row, escape_labels(name)) for row, name in enumerate(names)]
    rows = range(len(names))
    marker = {
        "color": [TRAINING if row == highest else QUIET for row in rows],
        "opacity": [1.0 if row == highest else 0.55 for row in rows],
    }
    return PlotlyFigure(
        [horizontal_bars(shares, texts, names, marker=marker)],
        height=max(HEIGHT, _ROW * len(names)),
        bargap=0.3,
        margin=(8 + name_width_pixels(names), 8, 8, 40),
        # The axis extends beyond 100%, so that the number after a full bar has room.
        xaxis=make_axis(
            t("charts.probability"),
            range=[0, 1.25],
            tickvals=[0, 0.25, 0.5, 0.75, 1],
            tickformat=".0%",
        ),
        yaxis=make_rows_axis(ticks, automargin=False),
    )
