"""Draws clothes and other things as people do: outlines, seams and laces in an unsteady hand.

Models learn from the drawings described in ``wardrobe.toml``, and from the photos of Fashion-MNIST.
The drawings described in ``drawn.toml`` are used only to measure recognition.
"""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np

from fvapp.bench.drawings import place_drawing, read_back_from_canvas
from fvapp.build.strangers import cut_corners, rotation_matrix
from fvapp.core.preparation import BRUSHES, Strokes

_LEARNED_FROM, _MEASURED_ON = (
    tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for name in ("wardrobe.toml", "drawn.toml")
)
LEARNED: dict[str, list[str]] = _LEARNED_FROM["learned"]
OTHER: dict[str, str] = _LEARNED_FROM["other"]
HANDS: dict[str, dict[str, str]] = _MEASURED_ON["hands"]
THINGS: dict[str, str] = _MEASURED_ON["things"]

# Distance between neighbouring points of a stroke, in hundredths of the drawing's square.
_APART = 2.5


def draw_wardrobe_row(
    row: str, rng: np.random.Generator, pen: float, unsteady: float = 1.0
) -> Strokes:
    """Return the drawing that a row of a wardrobe table describes, at a random size and place.

    Args:
        pen: the pen's width in canvas pixels.
        unsteady: how unsteady the hand is. With 1, corners move by a hundredth of the drawing's
            square and the drawing is rotated by 3 degrees (standard deviations).
    """
    chosen = [stroke for stroke in row.split(";") if "?" not in stroke or rng.random() < 0.5]
    strokes = [_draw_stroke_by_hand(stroke.strip(" ?"), rng, unsteady) for stroke in chosen]
    turn = rotation_matrix(rng.normal(0, 3 * unsteady))
    lean = np.array([[1, 0], [rng.normal(0, 0.05 * unsteady), 1]])
    stretch = rng.uniform(1 - 0.12 * unsteady, 1 + 0.12 * unsteady, 2)
    drawn = Strokes(tuple(stroke @ turn @ lean * stretch for stroke in strokes))
    on_canvas = read_back_from_canvas(place_drawing(drawn, rng.uniform(0.55, 0.95), pen, rng))
    return replace(on_canvas, ink_lightness=BRUSHES["areas"].ink_lightness)


def _draw_stroke_by_hand(stroke: str, rng: np.random.Generator, unsteady: float) -> np.ndarray:
    """Return the points [n, 2] of a stroke as an unsteady hand would draw it."""
    corners = np.array(
        [[float(number) for number in point.split(",")] for point in stroke.strip("|~").split()]
    )
    if stroke.startswith("|"):
        corners = np.concatenate([corners, [100, 0] + corners[::-1] * [-1, 1]])
    corners += rng.normal(0, unsteady, corners.shape)
    if "~" in stroke:
        corners = cut_corners(corners)
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
    places = np.linspace(0, along[-1], max(2, round(along[-1] / _APART)))
    way = np.stack([np.interp(places, along, corners[:, axis]) for axis in (0, 1)], 1)
    return way + rng.normal(0, 0.4 * unsteady, way.shape)
