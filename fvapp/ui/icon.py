"""The app's icon: a pullover in seven by seven pixels. Streamlit's own icons would be fetched from the internet."""

from __future__ import annotations

import numpy as np

_ROWS = (
    ".##.##.",
    "#######",
    "#######",
    "#.###.#",
    "#.###.#",
    "..###..",
    "..###..",
)


def app_icon() -> np.ndarray:
    """Return the icon, `uint8` [56, 56]."""
    pixels = np.array([[255 if mark == "#" else 30 for mark in row] for row in _ROWS], np.uint8)
    return np.kron(pixels, np.ones((8, 8), np.uint8))
