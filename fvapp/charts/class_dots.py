"""The accuracies of a class as dots on one axis, with mean and spread: every network another seed, another number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from html import escape
from math import ceil, floor

from fvapp.charts.colours import TEST
from fvapp.core.classroom.results import Dots
from fvapp.core.wording import Translate, percent, points

WIDTH = 640  # of one run, on a projector or paper
WIDE = 1_100  # of several, which are to fit on a projector
RADIUS = 8.0  # of a dot, where they do not stand too high
_LINE, _FOOT = 20, 26  # of the words above, of the numbers below
_HIGHEST, _LEAST = 140, 24  # of the dots of all runs together, and of one


def dots_svg(runs: Sequence[tuple[str, Dots]], t: Translate, width: int = WIDTH) -> str:
    """Draw a dot for each result, those that would overlap on top of each other; all runs above one axis.

    Args:
        runs: each with its label, which is empty where there is one only.
        width: of the drawing in units of which the letters are 15 high: about the pixels of its column on a screen.

    Returns:
        an ``<svg>`` element that scales with its column and is described in words.
    """
    low, high = _ends([dot.accuracy for _, dots in runs for dot in dots.dots])
    x_of = partial(_x, low=low, high=high, width=width)
    stacks = [_stacks(dots, x_of) for _, dots in runs]
    highest = [max(map(len, columns.values())) for columns in stacks]
    step = min(2 * RADIUS, max(_HIGHEST / len(runs), _LEAST) / max(highest))
    beside = len(runs) > 1 and width >= WIDTH  # mean and spread, to save a line
    parts, said, ground = [], [], 0.0
    for (label, dots), columns, most in zip(runs, stacks, highest, strict=True):
        words = t("classroom.results.spread", mean=percent(dots.mean), spread=points(dots.spread))
        head = " · ".join(filter(None, (label, t("classroom.results.count", n=len(dots.dots)))))
        said.append(f"{head}, {words}")
        place = f'x="{width}" y="{ground + 18:.1f}" text-anchor="end"' if beside else f'x="0" y="{ground + 38:.1f}"'
        parts.append(f'<text x="0" y="{ground + 18:.1f}" font-weight="600">{escape(head)}</text>')
        parts.append(f"<text {place}>{escape(words)}</text>")
        top = ground + (1 if beside else 2) * _LINE + 8
        ground = top + most * step + 4
        middle = x_of(dots.mean)
        spread = x_of(dots.mean + dots.spread) - middle
        parts.append(
            f'<rect x="{middle - spread:.1f}" y="{top:.1f}" width="{2 * spread:.1f}" height="{ground - top:.1f}" '
            f'fill="currentColor" opacity="0.08"/>'
            f'<path d="M{middle:.1f} {top:.1f}V{ground:.1f}M0 {ground:.1f}H{width}" stroke="currentColor" fill="none"/>'
        )
        parts += _circles(columns, ground, step, t)
        ground += 8 * (len(runs) > 1)
    for x, value, anchor in ((0, low, "start"), (width, high, "end")):
        parts.append(f'<text x="{x}" y="{ground + 18:.1f}" text-anchor="{anchor}">{percent(value, 0)}</text>')
    alt = escape(t("classroom.results.alt", words="; ".join(said)), quote=True)
    return (
        f'<svg viewBox="0 0 {width} {ground + _FOOT:.0f}" role="img" aria-label="{alt}" width="100%" '
        f'font-family="inherit" font-size="15" fill="currentColor">{"".join(parts)}</svg>'
    )


def _stacks(dots: Dots, x_of: Callable[[float], float]) -> dict[int, list[int]]:
    """Return the seeds of the dots stacked at each place on the axis, which is counted in diameters."""
    columns: dict[int, list[int]] = {}
    for dot in sorted(dots.dots, key=lambda dot: (dot.accuracy, dot.seed)):
        columns.setdefault(round(x_of(dot.accuracy) / (2 * RADIUS)), []).append(dot.seed)
    return columns


def _circles(columns: Mapping[int, Sequence[int]], ground: float, step: float, t: Translate) -> Iterator[str]:
    for column, seeds in columns.items():
        for place, seed in enumerate(seeds):
            title = escape(f"{t('classroom.results.seed')} {seed}")
            yield (
                f'<circle cx="{2 * RADIUS * column:.1f}" cy="{ground - 2 - step * (place + 0.5):.1f}" '
                f'r="{step / 2 - 0.5:.1f}" fill="{TEST}"><title>{title}</title></circle>'
            )


def _ends(accuracies: list[float]) -> tuple[float, float]:
    """Return whole per cents around all accuracies, at least two apart."""
    low, high = floor(100 * min(accuracies)) / 100, ceil(100 * max(accuracies)) / 100
    if high - low < 0.02:
        low, high = low - 0.01, high + 0.01
    return max(low, 0.0), min(high, 1.0)


def _x(accuracy: float, low: float, high: float, width: int) -> float:
    return RADIUS + (width - 2 * RADIUS) * (accuracy - low) / (high - low)
