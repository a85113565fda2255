"""Makes canvas drawings of any size and pen width, and the messages that the canvas sends."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from fvapp.core.preparation import Photo, Strokes, parse_canvas
from fvapp.core.preparation.strokes import CANVAS_SIZE, CANVAS_UNITS, draw_strokes


def place_drawing(drawing: Strokes, fill: float, pen: float, rng: np.random.Generator) -> Strokes:
    """Return a drawing that is scaled and put at a random place on the canvas.

    Args:
        fill: the drawing's longer side, pen included, as a share of the canvas's side.
        pen: width of the pen in canvas pixels.
    """
    points = np.concatenate(drawing.strokes)
    low = points.min(axis=0)
    sides = np.ptp(points, axis=0)
    scale = (fill * CANVAS_SIZE - pen) / max(float(sides.max()), 1.0)
    corner = pen / 2 + rng.random(2) * (CANVAS_SIZE - pen - sides * scale)
    return Strokes(
        tuple((stroke - low) * scale + corner for stroke in drawing.strokes), pen, CANVAS_SIZE
    )


def render_photo(drawing: Strokes, fine: int = 4) -> Photo:
    """Return a picture of the canvas with a drawing in white on black.

    Args:
        fine: number of subpixels along each side of a pixel, for antialiasing.
    """
    grey = np.rint(
        255 * draw_strokes(drawing.strokes, drawing.pen_width, CANVAS_SIZE, fine)
    ).astype(np.uint8)
    return Photo(np.repeat(grey[..., None], 3, axis=2))


def read_back_from_canvas(drawing: Strokes) -> Strokes:
    """Return a drawing with its strokes as the browser's canvas would send them to the server."""
    drawn = parse_canvas(canvas_json(drawing)["objects"])
    if drawn is None:
        raise ValueError("nothing is on the canvas")
    return drawn


def canvas_json(drawing: Strokes) -> dict[str, object]:
    """Return the canvas's message for a drawing: Fabric.js paths, points at least a pixel apart."""
    return {
        "objects": [
            stroke_to_canvas_path(_thin_points(stroke), drawing.pen_width)
            for stroke in drawing.strokes
        ]
    }


def stroke_to_canvas_path(
    points: Sequence[Sequence[float]] | np.ndarray, pen: float
) -> dict[str, object]:
    """Return a stroke as a Fabric.js path, with curves between the midpoints of its points."""
    fine = CANVAS_UNITS / CANVAS_SIZE
    corners = [[value * fine for value in point] for point in points]
    middles = [[(a + b) / 2 for a, b in zip(*pair, strict=True)] for pair in pairwise(corners)]
    curves = [
        ["Q", *corner, *middle] for corner, middle in zip(corners[1:-1], middles[1:], strict=True)
    ]
    return {
        "type": "Path",
        "strokeWidth": pen * fine,
        "path": [["M", *corners[0]], *curves, ["L", *corners[-1]]],
    }


def draw_random_scribble(rng: np.random.Generator) -> Strokes:
    """Draw a random scribble: a line that keeps changing its direction."""
    turning = np.cumsum(rng.normal(0, 0.35, 150)) + rng.choice([0.0, 0.15, -0.15])
    heading = np.cumsum(np.clip(turning, -1.2, 1.2) * 0.6)
    way = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
    return place_drawing(Strokes((way,), 1, 50), rng.uniform(0.4, 0.9), 20, rng)


def _thin_points(points: np.ndarray) -> np.ndarray:
    kept = [points[0]]
    for point in points[1:]:
        if np.hypot(*(point - kept[-1])) >= 1:
            kept.append(point)
    return np.array(kept)
