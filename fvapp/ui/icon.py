"""The app's icon: a pullover in seven by seven pixels. Streamlit's own icons would be fetched from the internet."""

from functools import cache

import numpy as np
from PIL import Image

_ROWS = (
    ".##.##.",
    "#######",
    "#######",
    "#.###.#",
    "#.###.#",
    "..###..",
    "..###..",
)


@cache
def app_icon() -> Image.Image:
    """Return the icon, 56 pixels a side."""
    pixels = np.array([[255 if mark == "#" else 30 for mark in row] for row in _ROWS], np.uint8)
    return Image.fromarray(np.kron(pixels, np.ones((8, 8), np.uint8)))
