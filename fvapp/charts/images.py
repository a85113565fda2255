"""Turns arrays into pictures for HTML and SVG, as data URLs of PNG files."""

from base64 import b64encode
from collections.abc import Collection
from io import BytesIO

import numpy as np
from PIL import Image

# Colours (RGB) of values above and below 0, the same colours as in pictures that the browser draws.
_ABOVE = (213, 94, 0)
_BELOW = (0, 114, 178)
_OFF = (128, 128, 128)
MOST_CELLS = 128
_CELL = 6  # side of a grid cell in pixels, including a gap of one pixel


def png_data_url(pixels: np.ndarray) -> str:
    """Return a picture, uint8 [height, width] or RGBA [height, width, 4], as a PNG data URL."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


def colour_signed_values(values: np.ndarray, under: np.ndarray | None = None) -> np.ndarray:
    """Return values as colours, uint8 [height, width, 4]: orange above 0, and blue below 0.

    A value of 0 is transparent.

    Args:
        under: a picture of the same size, uint8, that shows through the colours.
    """
    share = np.abs(np.nan_to_num(values)) / (np.abs(np.nan_to_num(values)).max(initial=0) or 1)
    ink = np.zeros_like(share) if under is None else 0.35 * under / 255
    opacity = share + ink * (1 - share)
    colours = np.where(values[..., None] > 0, _ABOVE, _BELOW) * share[..., None]
    colours = (colours + 128 * (ink * (1 - share))[..., None]) / np.maximum(opacity, 1e-9)[
        ..., None
    ]
    return np.concatenate([colours, 255 * opacity[..., None]], axis=-1).astype(np.uint8)


def grid_column_count(count: int) -> int:
    """Return how many columns make a grid of `count` cells about twice as wide as it is high."""
    return max(1, round((2 * count) ** 0.5))


def draw_cell_grid(values: np.ndarray, off: Collection[int] = ()) -> np.ndarray:
    """Return a picture of values as a grid of grey cells, uint8 [height, width, 4].

    Args:
        values: [n], all 0 or above. Only the first `MOST_CELLS` values are drawn. The largest value
            is white.
        off: indices of the cells to draw only as outlines.
    """
    values = values[:MOST_CELLS]
    columns = grid_column_count(len(values))
    rows = -(-len(values) // columns)
    grid = np.zeros((rows * columns, _CELL, _CELL, 4), np.uint8)
    grid[: len(values), :-1, :-1, 3] = 255
    grid[: len(values), :-1, :-1, :3] = (255 * values / (values.max(initial=0) or 1))[
        :, None, None, None
    ]
    for unit in (unit for unit in off if unit < len(values)):
        grid[unit, :-1, :-1, :3] = _OFF
        grid[unit, 1:-2, 1:-2, 3] = 0

    return (
        grid.reshape(rows, columns, _CELL, _CELL, 4)
        .swapaxes(1, 2)
        .reshape(rows * _CELL, columns * _CELL, 4)
    )
