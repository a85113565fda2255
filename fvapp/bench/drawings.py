"""What the recognition is measured on: real strokes on a canvas of any size and pen, and what is no digit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from fvapp.core.errors import DatasetError, FvappError
from fvapp.core.preparation import Photo, Strokes, parse_canvas
from fvapp.core.preparation.strokes import CANVAS_SIZE, CANVAS_UNITS, read_drawing

LETTERS = {
    "A": "04 20 44;12 32",
    "E": "40 00 04 44;02 32",
    "F": "40 00 04;02 32",
    "H": "00 04;40 44;02 42",
    "K": "00 04;40 02 44",
    "M": "04 00 22 40 44",
    "N": "04 00 44 40",
    "R": "04 00 30 41 32 02;22 44",
    "T": "00 40;20 24",
    "W": "00 14 22 34 40",
    "X": "00 44;40 04",
}
"""Strokes on a grid of 5 x 5 points, each point as its column and row."""


def read_digits(file: Path, most: int | None = None) -> tuple[list[Strokes], np.ndarray]:
    """Read drawings and labels of a JSON file, at most so many, from all over the file.

    Raises:
        DatasetError: the file is missing or something else.
    """
    try:
        rows = json.loads(file.read_bytes())
        if most is not None and len(rows) > most:
            rows = [rows[i] for i in np.linspace(0, len(rows) - 1, most).astype(int)]
        return [read_drawing(row) for row in rows], np.array([row["label"] for row in rows])
    except (OSError, ValueError, KeyError, TypeError, FvappError):
        raise DatasetError("source_unusable", file=file.name) from None


def place(drawing: Strokes, fill: float, pen: float, rng: np.random.Generator) -> Strokes:
    """Put a drawing at a random place of the canvas.

    Args:
        fill: share of the canvas's side that its longer side takes, pen included.
        pen: width in the canvas's pixels.
    """
    points = np.concatenate(drawing.strokes)
    low, sides = points.min(axis=0), np.ptp(points, axis=0)
    scale = (fill * CANVAS_SIZE - pen) / max(float(sides.max()), 1.0)
    corner = pen / 2 + rng.random(2) * (CANVAS_SIZE - pen - sides * scale)
    return Strokes(tuple((stroke - low) * scale + corner for stroke in drawing.strokes), pen, CANVAS_SIZE)


def as_bitmap(drawing: Strokes) -> Photo:
    """Draw a drawing as the canvas shows it: a white pen with round ends on black, anti-aliased."""
    factor = 4
    image = Image.new("L", (CANVAS_SIZE * factor, CANVAS_SIZE * factor))
    draw, radius = ImageDraw.Draw(image), drawing.pen * factor / 2
    for stroke in drawing.strokes:
        points = [tuple(point) for point in stroke * factor]
        draw.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    small = image.resize((CANVAS_SIZE, CANVAS_SIZE), Image.Resampling.BOX)
    return Photo(np.asarray(small.convert("RGB")))


def through_canvas(drawing: Strokes) -> Strokes:
    """Return a drawing as it comes back from the canvas."""
    return parse_canvas(canvas_json(drawing)["objects"])


def canvas_json(drawing: Strokes) -> dict[str, object]:
    """Return what the canvas sends for a drawing: paths of Fabric.js, no two points within a pixel."""
    return {"objects": [canvas_path(_thinned(stroke), drawing.pen) for stroke in drawing.strokes]}


def canvas_path(points: Sequence[Sequence[float]], pen: float) -> dict[str, object]:
    """Return a stroke as the canvas's pen describes it: curves from middle to middle of its points."""
    fine = CANVAS_UNITS / CANVAS_SIZE
    corners = [[value * fine for value in point] for point in points]
    middles = [[(a + b) / 2 for a, b in zip(*pair, strict=True)] for pair in pairwise(corners)]
    curves = [["Q", *corner, *middle] for corner, middle in zip(corners[1:-1], middles[1:], strict=True)]
    return {"type": "Path", "strokeWidth": pen * fine, "path": [["M", *corners[0]], *curves, ["L", *corners[-1]]]}


def letter(name: str, rng: np.random.Generator) -> Strokes:
    """Draw one of ``LETTERS`` with an unsteady hand."""
    stretch = np.array([rng.uniform(0.7, 1.0), 1.0])
    grid = [np.array([[float(column), float(row)] for column, row in s.split()]) for s in LETTERS[name].split(";")]
    strokes = [(points + rng.normal(0, 0.12, points.shape)) * stretch for points in grid]
    return place(Strokes(tuple(strokes), 0.3, 5), rng.uniform(0.4, 0.9), 20, rng)


def scribble(rng: np.random.Generator) -> Strokes:
    """Draw a way that turns now this way, now that way, as a bored hand does."""
    turning = np.cumsum(rng.normal(0, 0.35, 150)) + rng.choice([0.0, 0.15, -0.15])
    heading = np.cumsum(np.clip(turning, -1.2, 1.2) * 0.6)
    way = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
    return place(Strokes((way,), 1, 50), rng.uniform(0.4, 0.9), 20, rng)


def upload(image: np.ndarray) -> Photo:
    """Return an image `uint8` [28, 28] as a picture that somebody uploads: ten times as large."""
    large = Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC)
    return Photo(np.asarray(large.convert("RGB")))


def _thinned(points: np.ndarray) -> np.ndarray:
    kept = [points[0]]
    for point in points[1:]:
        if np.hypot(*(point - kept[-1])) >= 1:
            kept.append(point)
    return np.array(kept)
