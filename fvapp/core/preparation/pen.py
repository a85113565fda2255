"""Draw strokes as anti-aliased pixels, at the size and place that is wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from fvapp.core.preparation.steps import SIZE

FINE = 8  # fine pixels a side for one pixel: 64 levels of grey at an edge
_FARTHEST = 1e6  # fine pixels from the image: Pillow counts them in 32 bits


def draw_strokes(strokes: Sequence[np.ndarray], pen: float, size: int = SIZE, fine: int = FINE) -> np.ndarray:
    """Draw strokes with a round pen.

    Args:
        strokes: each [points, 2], in pixels of the image; pixel (0, 0) reaches from 0 to 1.
        pen: the pen's width in pixels.
        size: pixels a side of the image.

    Returns:
        `float` [size, size], 0 on the ground to 1 in the ink.
    """
    image = Image.new("L", (size * fine, size * fine))
    draw = ImageDraw.Draw(image)
    width = max(1, round(pen * fine))
    radius = width / 2
    for stroke in strokes:
        # Pillow's fine pixel i has its centre at i + 0.5.
        points = [tuple(point) for point in np.clip(stroke * fine - 0.5, -_FARTHEST, _FARTHEST).tolist()]
        if len(points) > 1:
            draw.line(points, fill=255, width=width)
        # Round ends and joints; Pillow's own joints leave gaps at sharp bends.
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(fine)) / 255.0
