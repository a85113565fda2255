"""Images of a data set for visitors to look at: as tables of numbers, and in rows."""

from collections.abc import Sequence

import numpy as np

from fvapp.core.templates import render_template

GAP = 2  # pixels between the images of a row
# Grey value from which black text has a contrast of 4.5:1; below, white text has it.
_DARK_TEXT_FROM = 118


def pixel_table(image: np.ndarray, label: str, hint: str, divisor: int = 1) -> str:
    """Write the numbers of an image as a table whose cells are as grey as its pixels.

    Args:
        image: `uint8` [rows, columns].
        label: describes the table, for screen readers.
        hint: text below tables that are too small to read; the CSS class ``near`` enlarges these.
        divisor: what to divide each number by, such as 255 to normalise it.

    Returns:
        HTML for the pages' style sheet; at most as wide as its container.
    """
    return render_template(
        "fvapp.charts",
        "pixels.html",
        label=label,
        hint=hint,
        rows=image.tolist(),
        divisor=divisor,
        dark_text_from=_DARK_TEXT_FROM,
    )


def image_row(images: Sequence[np.ndarray] | np.ndarray, scale: int) -> np.ndarray:
    """Put images side by side, each pixel enlarged to `scale`, with transparent gaps.

    Returns:
        `uint8` [height, width, 2]: grey and alpha.
    """
    grey = np.kron(images, np.ones((1, scale, scale), np.uint8))
    tiles = np.stack([grey, np.full_like(grey, 255)], axis=-1)
    gaps = ((0, 0), (0, 0), (0, GAP * scale), (0, 0))
    return np.concatenate(np.pad(tiles, gaps), axis=1)[:, : -GAP * scale]
