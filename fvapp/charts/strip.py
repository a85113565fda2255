"""A network at a glance: an image, what fires in the last hidden layer, the ten shares, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

from fvapp.charts.colours import QUIET, TRAINING, VALIDATION
from fvapp.charts.images import MOST_CELLS, cell_columns, cell_pixels, png_address

_LINES = 26
_SIDE = 28  # of what a line's two ends are counted in


@dataclass(frozen=True)
class Strip:
    """What is drawn.

    Attributes:
        image: uint8 [28, 28].
        cells: values of hidden units, [n], none below 0; empty without a hidden layer.
        arriving: what each pixel gives to each cell, [cells, 784], or None where no weight joins the two.
        leaving: what each cell gives to each class, [cells, classes]; without cells, each row of pixels.
        shares: [classes].
        label: the true class in words, where it is known; alt: all of it in words.
    """

    image: np.ndarray = field(repr=False)
    cells: np.ndarray = field(repr=False)
    arriving: np.ndarray | None = field(repr=False)
    leaving: np.ndarray = field(repr=False)
    shares: np.ndarray = field(repr=False)
    names: Sequence[str]
    answer: str
    share: str
    label: str
    alt: str


def strip_html(strip: Strip, is_new: bool) -> str:
    """Return the row; one that `is_new` comes from left to right once."""
    parts = [f'<img src="{png_address(strip.image)}" alt="">']
    if len(strip.cells):
        shown = strip.cells[:MOST_CELLS]
        columns = cell_columns(len(shown))
        rows = np.arange(len(shown)) // columns * _SIDE / max(1, -(-len(shown) // columns))
        if strip.arriving is not None:
            pixels = np.arange(strip.arriving.shape[1]) // _SIDE
            parts.append(_fan(strip.arriving[:MOST_CELLS].T, pixels, rows))
        parts.append(f'<img class="cells" src="{png_address(cell_pixels(shown))}" alt="">')
        leaving = strip.leaving[:MOST_CELLS]
    else:
        leaving, rows = strip.leaving, np.arange(len(strip.leaving))
    classes = np.arange(leaving.shape[1]) * _SIDE / leaving.shape[1]
    parts += [_fan(leaving, rows, classes), _bars(strip)]
    label = escape(strip.alt, quote=True)
    seen = "".join(f"<div>{part}</div>" for part in parts)
    size = ' class="long"' if len(strip.answer) > 3 else ""
    words = f"<strong{size}>{escape(strip.answer)}</strong> <span>{escape(strip.share)}</span>"
    words = f"<p>{words} <small>{escape(strip.label)}</small></p>"
    return f'<div class="strip{" new" * is_new}"><div role="img" aria-label="{label}">{seen}</div>{words}</div>'


def _fan(given: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> str:
    """Draw the strongest of what each of the left gives to each of the right, [left, right]."""
    flat = np.nan_to_num(given).ravel()
    strongest = np.argsort(-np.abs(flat))[:_LINES]
    most = float(np.abs(flat[strongest]).max(initial=0)) or 1.0
    lines = []
    for place in strongest:
        left, right = divmod(int(place), given.shape[1])
        weight = abs(float(flat[place])) / most
        colour = VALIDATION if flat[place] > 0 else TRAINING
        lines.append(
            f'<line x2="12" y1="{begins[left] + 1:.1f}" y2="{ends[right] + 1:.1f}" stroke="{colour}" '
            f'stroke-opacity="{0.15 + 0.75 * weight:.2f}" stroke-width="{0.15 + 0.35 * weight:.2f}"/>'
        )
    return f'<svg class="fan" viewBox="0 0 12 28" preserveAspectRatio="none">{"".join(lines)}</svg>'


def _bars(strip: Strip) -> str:
    count, best = len(strip.shares), int(strip.shares.argmax())
    short = all(len(name) <= 2 for name in strip.names)
    bars = []
    for label, share in enumerate(strip.shares):
        height = 84 * float(share) + 1.5
        colour = TRAINING if label == best else QUIET
        bars.append(
            f'<rect x="{16 * label + 3}" y="{88 - height:.1f}" width="11" height="{height:.1f}" fill="{colour}"/>'
        )
        if short:
            bars.append(f'<text x="{16 * label + 8.5}" y="99">{escape(strip.names[label])}</text>')
    return f'<svg class="bars" viewBox="0 0 {16 * count} 100" preserveAspectRatio="none">{"".join(bars)}</svg>'
