"""Draws a network at a glance: image, activations of the last hidden layer, shares and answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fvapp.charts.images import MOST_CELLS, draw_cell_grid, grid_column_count, png_data_url
from fvapp.core import colours
from fvapp.core.templates import render_template

_LINES = 26
_SIDE = 28  # height of the drawn network, in the units of its lines' coordinates


@dataclass(frozen=True)
class StripData:
    """The data of a small picture that shows at a glance how a network arrives at its answer.

    Attributes:
        image: the image, uint8 [28, 28].
        cell_activations: activations of the units in the last hidden layer, [n], all 0 or above.
            Empty without a hidden layer.
        pixel_contributions: what each pixel adds to each unit (cell), [cells, 784]; None if no
            weights connect pixels and units.
        class_contributions: what each unit adds to each class, [cells, classes]; without a hidden
            layer, what each row of pixels adds.
        class_shares: the share (probability) that the network gives each class, [classes].
        true_class_text: the true class in words, if known.
        alt_text: a description of the picture for screen readers.
        text_line: the text in the image, if the image was made from text.
    """

    image: np.ndarray = field(repr=False)
    cell_activations: np.ndarray = field(repr=False)
    pixel_contributions: np.ndarray | None = field(repr=False)
    class_contributions: np.ndarray = field(repr=False)
    class_shares: np.ndarray = field(repr=False)
    class_names: Sequence[str]
    answer_text: str
    share_text: str
    true_class_text: str
    alt_text: str
    text_line: str = ""


def strip_html(strip: StripData, is_new: bool) -> str:
    """Return the small picture as HTML; if `is_new`, it is revealed from left to right once."""
    cells = ""
    arriving = None
    leaving = strip.class_contributions
    rows: np.ndarray = np.arange(len(strip.class_contributions))
    if len(strip.cell_activations):
        shown = strip.cell_activations[:MOST_CELLS]
        leaving = strip.class_contributions[:MOST_CELLS]
        cells = png_data_url(draw_cell_grid(shown))
        columns = grid_column_count(len(shown))
        rows = np.arange(len(shown)) // columns * _SIDE / max(1, -(-len(shown) // columns))
        if strip.pixel_contributions is not None:
            pixels = np.arange(strip.pixel_contributions.shape[1]) // _SIDE
            arriving = _strongest_connections(
                strip.pixel_contributions[:MOST_CELLS].T, pixels, rows
            )
    classes = np.arange(leaving.shape[1]) * _SIDE / leaving.shape[1]
    return render_template(
        "fvapp.charts",
        "strip.html",
        strip=strip,
        is_new=is_new,
        colours=colours,
        image=png_data_url(strip.image),
        cells=cells,
        best=int(strip.class_shares.argmax()),
        arriving=arriving,
        leaving=_strongest_connections(leaving, rows, classes),
    )


def _strongest_connections(
    given: np.ndarray, begins: np.ndarray, ends: np.ndarray
) -> list[tuple[float, ...]]:
    """Return lines for the strongest contributions in the array `given`, [left, right].

    Returns:
        For each line, its start, its end, the contribution, and its strength relative to the
        strongest contribution.
    """
    given = np.nan_to_num(given)
    left, right = np.unravel_index(np.argsort(-np.abs(given), axis=None)[:_LINES], given.shape)
    found = given[left, right]
    strength = np.abs(found) / (np.abs(found).max(initial=0) or 1.0)
    return np.stack([begins[left], ends[right], found, strength], axis=1).tolist()
