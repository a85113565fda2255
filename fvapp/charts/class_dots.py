"""Draws the accuracies of a school class's networks as dots on one axis.

The networks differ only in their seed.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor

from fvapp.core.classroom import TrialResults
from fvapp.core.colours import TEST
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate, percentage_points_text, share_as_percent

WIDTH = 640  # width of a picture of one run in SVG units, on a projector or on paper
# Width in SVG units of a picture of several runs on a projector. If the picture is projected two
# metres wide, its letters are 4 cm high.
WIDE = 690
RADIUS = 8.0  # radius of each dot in SVG units, unless the stacks of dots get too high
_LINE = 20  # height of a line of text above the dots, in SVG units
_FOOT = 26  # height of the numbers below the dots, in SVG units
_HIGHEST = 140  # maximum total height of the stacked dots of all runs, in SVG units
_LEAST = 24  # minimum height of the stacked dots of one run, in SVG units


def accuracy_dots_svg(
    runs: Sequence[tuple[str, TrialResults]], t: Translate, width: int = WIDTH
) -> str:
    """Draw a dot for each result, with the results of all runs above a common accuracy axis.

    Args:
        runs: the results of each run, with the run's label, which is empty for a single run.
        width: width of the picture in SVG units. A letter is 15 units high. On a screen, a unit is
            about a pixel.

    Returns:
        An ``<svg>`` element that scales with its column and has a description in words. Dots with
        similar accuracies are stacked instead of overlapping.
    """
    low, high = _accuracy_axis_ends([dot.accuracy for _, dots in runs for dot in dots.results])

    def x_of(accuracy: float) -> float:
        return RADIUS + (width - 2 * RADIUS) * (accuracy - low) / (high - low)

    stacks = [_stack_seeds_by_place(dots, x_of) for _, dots in runs]
    highest = [max(map(len, columns.values())) for columns in stacks]
    step = min(2 * RADIUS, max(_HIGHEST / len(runs), _LEAST) / max(highest))
    # If mean and spread are beside the label, they do not need a separate line.
    beside = len(runs) > 1 and width >= WIDTH
    rows = []
    ground = 0.0
    for (label, dots), columns, most in zip(runs, stacks, highest, strict=True):
        count = t("classroom.results.count", n=len(dots.results))
        words = share_as_percent(dots.mean_accuracy)
        if len(dots.results) > 1:
            spread = percentage_points_text(dots.accuracy_standard_deviation)
            words = t("classroom.results.spread", mean=words, spread=spread)
        middle = x_of(dots.mean_accuracy)
        above = ground
        top = ground + (1 if beside else 2) * _LINE + 8
        ground = round(top + most * step + 4, 1)
        rows.append(
            {
                "head": " · ".join(filter(None, (label, count))),
                "words": words,
                "columns": columns,
                "middle": round(middle, 1),
                "spread": round(
                    x_of(dots.mean_accuracy + dots.accuracy_standard_deviation) - middle, 1
                ),
                "above": above,
                "top": top,
                "ground": ground,
            }
        )
        ground += 8 * (len(runs) > 1)
    return render_template(
        "fvapp.charts",
        "class_dots.svg",
        t=t,
        rows=rows,
        low=low,
        high=high,
        width=width,
        ground=ground,
        beside=beside,
        alt=t(
            "classroom.results.alt",
            words="; ".join(f"{row['head']}, {row['words']}" for row in rows),
        ),
        step=step,
        diameter=2 * RADIUS,
        foot=_FOOT,
        colour=TEST,
    )


def _stack_seeds_by_place(
    dots: TrialResults, x_of: Callable[[float], float]
) -> dict[float, list[int]]:
    """Return the seeds of the dots in each stack. The stacks are a dot's diameter apart."""
    columns: dict[float, list[int]] = {}
    for dot in sorted(dots.results, key=lambda dot: (dot.accuracy, dot.seed)):
        columns.setdefault(x_of(dot.accuracy) // (2 * RADIUS), []).append(dot.seed)
    return columns


def _accuracy_axis_ends(accuracies: list[float]) -> tuple[float, float]:
    """Return whole percentages below and above all accuracies, at least one point apart."""
    low = floor(100 * min(accuracies)) / 100
    high = ceil(100 * max(accuracies)) / 100
    if high - low < 0.02:
        low = low - 0.01
        high = high + 0.01
    return max(low, 0.0), min(high, 1.0)
