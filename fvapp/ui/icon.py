"""Draws the app's icon from its logo, since Streamlit loads its own icons from the internet."""

from functools import cache

import numpy as np
from PIL import Image, ImageColor

from fvapp.core.colours import FIXED, WHITE
from fvapp.core.pixel_art import read_pixel_art

_ENLARGED = 8
_INKS = {".": FIXED["screen"], "#": WHITE, "o": FIXED["lit"]}


@cache
def app_icon() -> Image.Image:
    """Return the icon, 72 pixels a side: the logo of 7 x 7 squares and a border one square wide."""
    mark = np.array(
        [[ImageColor.getrgb(_INKS[ink]) for ink in row] for row in read_pixel_art()["mark"]],
        np.uint8,
    )
    pixels = np.full((9, 9, 3), ImageColor.getrgb(_INKS["."]), np.uint8)
    pixels[1:-1, 1:-1] = mark
    return Image.fromarray(np.kron(pixels, np.ones((_ENLARGED, _ENLARGED, 1), np.uint8)))
