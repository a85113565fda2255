"""Draws bar charts of each class's accuracy, for one run or for several runs side by side."""

from collections.abc import Mapping, Sequence

import numpy as np

from fvapp.charts.figure import (
    PlotlyFigure,
    confidence_whiskers,
    escape_labels,
    horizontal_bars,
    make_axis,
    make_rows_axis,
)
from fvapp.core.colours import RUNS, TEST, VALIDATION
from fvapp.core.results.by_class import ByClass, find_class_far_below, recall_by_class
from fvapp.core.results.shown_classes import choose_classes_to_show
from fvapp.core.wording import FEW_IMAGES, Translate, share_as_percent

_ROW = 36  # height of a class's row in the chart, in pixels
_BAR = 14  # additional height of a row for each further run, in pixels
_AROUND = 56  # total height of the margins and the axis, in pixels


def accuracy_by_class_figure(
    runs: Mapping[str, ByClass],
    class_names: Sequence[str],
    t: Translate,
    colours: Mapping[str, int | None] = {},
) -> PlotlyFigure:
    """Draw a bar for each class's accuracy in each run, with its uncertainty if images are few.

    If there are many classes, only the classes with the most images are shown.

    Args:
        runs: the results of each run, by the run's name. For a single run, a class far below the
            rest is marked.
        class_names: the names of all classes in the visitor's language, in the order of the labels.
        colours: the index of each run's colour, by the run's name. By default, the order of the
            runs determines their colours.
    """
    images = [[count for _, count in by_class] for by_class in runs.values()]
    kept = choose_classes_to_show(np.sum(images, axis=0))
    runs = {title: [by_class[label] for label in kept] for title, by_class in runs.items()}
    class_names = [class_names[label] for label in kept]
    count = len(class_names)
    single = len(runs) == 1
    names = [escape_labels(name) for name in class_names]
    few = any(images < FEW_IMAGES for by_class in runs.values() for _, images in by_class)
    # The numbers of images are shown below the class names, because the error bars leave no room
    # for these numbers beside the bars.
    if few and single:
        rows = zip(names, *runs.values(), strict=True)
        names = [f"{name}<br>{t('common.of_all', n=n, all=images)}" for name, (n, images) in rows]
    groups = []
    for number, (title, by_class) in enumerate(runs.items()):
        shares = recall_by_class(by_class)
        low = find_class_far_below(by_class)
        fill: str | list[str] = RUNS[colours.get(title, number) or 0]
        if single:
            fill = [VALIDATION if label == low else TEST for label in range(count)]
        groups.append(
            horizontal_bars(
                shares,
                ["" if few else share_as_percent(share) for share in shares],
                class_names,
                name=escape_labels(title),
                hovertemplate="%{customdata}: %{x:.1%}<extra></extra>",
                marker={"color": fill},
                error_x=confidence_whiskers(by_class) if few else None,
            )
        )

    return PlotlyFigure(
        groups,
        height=_AROUND + count * (_ROW + _BAR * (len(runs) - 1)) + (0 if single else 24),
        bargap=0.3,
        margin=(8, 8, 8 if single else 32, 48),
        showlegend=not single,
        xaxis=make_axis(
            t("by_class.axis"),
            range=[0, 1.2],
            tickvals=[0, 0.25, 0.5, 0.75, 1],
            tickformat=".0%",
            tickangle=0,
        ),
        yaxis=make_rows_axis(names),
    )
