"""Images of a data set for people: their numbers as a grid, and rows of examples."""

from collections.abc import Sequence

import numpy as np

from fvapp.core.templates import render

GAP = 2  # pixels between the examples of a row
_DARK_TEXT_FROM = (
    118  # grey value from which black figures have a contrast of 4.5:1; white ones have it to 118
)


def pixel_table(image: np.ndarray, label: str, hint: str, divisor: int = 1) -> str:
    """Write the numbers of an image as a table whose cells are as grey as their pixels.

    Args:
        image: `uint8` [rows, columns].
        label: what the table shows, read aloud.
        hint: shown below it where the table is too small to be read; there a class ``near`` makes
            it large.
        divisor: what each number is divided by, such as 255 to normalise it.

    Returns:
        HTML for which the style of the pages has rules; as wide as its place, or less.
    """
    return render(
        "fvapp.charts",
        "pixels.html",
        label=label,
        hint=hint,
        rows=image.tolist(),
        divisor=divisor,
        dark_text_from=_DARK_TEXT_FROM,
    )


def example_row(images: Sequence[np.ndarray], scale: int) -> np.ndarray:
    """Put images side by side, each pixel `scale` wide, with transparent gaps.

    Returns:
        `uint8` [height, width, 2]: grey and opacity.
    """
    grey = np.kron(images, np.ones((1, scale, scale), np.uint8))
    tiles = np.stack([grey, np.full_like(grey, 255)], axis=-1)
    gaps = ((0, 0), (0, 0), (0, GAP * scale), (0, 0))
    return np.concatenate(np.pad(tiles, gaps), axis=1)[:, : -GAP * scale]
