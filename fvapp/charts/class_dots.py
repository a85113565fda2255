"""The accuracies of a class as dots on one axis, with mean and spread: every network another seed, another number."""

from __future__ import annotations

from html import escape
from math import ceil, floor

from fvapp.charts.colours import TEST
from fvapp.core.classroom.results import Dots
from fvapp.core.wording import Translate, percent, points

WIDTH = 640  # on a projector or paper
RADIUS = 8.0  # of a dot, where they do not stand too high
_HIGHEST = 140  # of the dots
_HEAD, _FOOT = 54, 26


def dots_svg(dots: Dots, label: str, t: Translate, width: int = WIDTH) -> str:
    """Draw a dot for each result, those that would overlap on top of each other.

    Args:
        label: of the run, empty where there is one only.
        width: of the drawing in units of which the letters are 15 high: about the pixels of its column on a screen.

    Returns:
        an ``<svg>`` element that scales with its column and is described in words.
    """
    found = sorted(dots.dots, key=lambda dot: (dot.accuracy, dot.seed))
    low, high = _ends([dot.accuracy for dot in found])
    columns: dict[int, list[int]] = {}
    for dot in found:
        columns.setdefault(round(_x(dot.accuracy, low, high, width) / (2 * RADIUS)), []).append(dot.seed)
    highest = max(map(len, columns.values()))
    step = min(2 * RADIUS, _HIGHEST / highest)
    ground = _HEAD + highest * step + 4
    words = t("classroom.results.spread", mean=percent(dots.mean), spread=points(dots.spread))
    head = " · ".join(filter(None, (label, t("classroom.results.count", n=len(found)))))
    middle = _x(dots.mean, low, high, width)
    spread = _x(dots.mean + dots.spread, low, high, width) - middle
    parts = [
        f'<text x="0" y="18" font-weight="600">{escape(head)}</text><text x="0" y="38">{escape(words)}</text>',
        f'<rect x="{middle - spread:.1f}" y="{_HEAD}" width="{2 * spread:.1f}" height="{ground - _HEAD:.1f}" '
        'fill="currentColor" opacity="0.08"/>',
        f'<path d="M{middle:.1f} {_HEAD}V{ground:.1f}M0 {ground:.1f}H{width}" stroke="currentColor" fill="none"/>',
    ]
    for column, seeds in columns.items():
        for place, seed in enumerate(seeds):
            y = ground - 2 - step * (place + 0.5)
            title = escape(f"{t('classroom.results.seed')} {seed}")
            parts.append(
                f'<circle cx="{2 * RADIUS * column:.1f}" cy="{y:.1f}" r="{step / 2 - 0.5:.1f}" fill="{TEST}">'
                f"<title>{title}</title></circle>"
            )
    for value, anchor in ((low, "start"), (high, "end")):
        x = 0 if anchor == "start" else width
        parts.append(f'<text x="{x}" y="{ground + 18:.1f}" text-anchor="{anchor}">{percent(value, 0)}</text>')
    alt = escape(t("classroom.results.alt", words=f"{head}, {words}"), quote=True)
    return (
        f'<svg viewBox="0 0 {width} {ground + _FOOT:.0f}" role="img" aria-label="{alt}" width="100%" '
        f'font-family="inherit" font-size="15" fill="currentColor">{"".join(parts)}</svg>'
    )


def _ends(accuracies: list[float]) -> tuple[float, float]:
    """Return whole per cents around all accuracies, at least two apart."""
    low, high = floor(100 * min(accuracies)) / 100, ceil(100 * max(accuracies)) / 100
    if high - low < 0.02:
        low, high = low - 0.01, high + 0.01
    return max(low, 0.0), min(high, 1.0)


def _x(accuracy: float, low: float, high: float, width: int) -> float:
    return RADIUS + (width - 2 * RADIUS) * (accuracy - low) / (high - low)
