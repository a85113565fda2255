"""Shows images of a data set to visitors, as tables of numbers and in rows."""

from collections.abc import Sequence

import numpy as np

from fvapp.core.templates import render_template

GAP = 2  # gap between two images in a row, in pixels
# Lowest grey value on which text is black. Black text on these pixels, and white text on darker
# pixels, has a contrast of at least 4.5:1.
_DARK_TEXT_FROM = 118


def pixel_table(image: np.ndarray, label: str, hint: str, divisor: int = 1) -> str:
    """Return an HTML table of an image's pixel values, with cells in the pixels' shades of grey.

    Args:
        image: `uint8` [rows, columns].
        label: description of the table for screen readers.
        hint: text shown below the table if its numbers are too small to read. The CSS class
            ``near`` enlarges the table.
        divisor: divisor of each value, such as 255 for normalised values.

    Returns:
        HTML that is styled by the page's style sheet and is at most as wide as its container.
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
    """Return images side by side with transparent gaps, enlarged by the factor `scale`.

    Returns:
        `uint8` [height, width, 2], with a grey and an alpha channel.
    """
    grey = np.kron(images, np.ones((1, scale, scale), np.uint8))
    tiles = np.stack([grey, np.full_like(grey, 255)], axis=-1)
    gaps = ((0, 0), (0, 0), (0, GAP * scale), (0, 0))
    return np.concatenate(np.pad(tiles, gaps), axis=1)[:, : -GAP * scale]
