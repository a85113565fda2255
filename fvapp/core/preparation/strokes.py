"""Reads strokes of a pen from the canvas and from files, checks them, and draws them as pixels."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageDraw

from fvapp.core.errors import StrokesError
from fvapp.core.preparation.steps import SIZE

T = TypeVar("T")

MOST_STROKES = 200
MOST_POINTS = 20_000
MOST_BYTES = 20_000_000  # maximum size of a strokes file, which may contain thousands of drawings
MOST_COORDINATE = 100_000.0
SMALLEST_SIZE = 0.001  # minimum side of a strokes file's canvas, in the unit of its coordinates
CANVAS_SIZE = 280
# Side of the browser's canvas, in the canvas's own units. Drawings are sharp if the canvas is at
# most 360 CSS pixels wide and the screen has three device pixels per CSS pixel.
CANVAS_UNITS = 1120
CANVAS_NAME = "drawing_"  # prefix of the server's names for drawings on a page's canvas
_SCALE = CANVAS_SIZE / CANVAS_UNITS
DEFAULT_PEN = 20
FINE = 8  # subpixels per pixel in each direction, which give 64 levels of grey at an edge
# Points may lie at most this far from the image, in subpixels. Points farther away overflow
# Pillow's 32-bit coordinates.
_FARTHEST = 1e6
# First items of the path commands of Fabric.js, each followed by the coordinates of points.
_COMMANDS = (["M"], ["Q"], ["L"])


@dataclass(frozen=True)
class Strokes:
    """A drawing as a list of pen strokes.

    Attributes:
        strokes: the points of each stroke, `float` [points, 2], x to the right and y downwards.
        pen_width: the pen's width, in the unit of the points.
        canvas_side: side of the square canvas, in the unit of the points.
        ink_lightness: how light the ink is on the dark image, above 0 and up to 1.
        pen_widths: the pen's width in each stroke; empty if all strokes have `pen_width`.
    """

    strokes: tuple[np.ndarray, ...] = field(repr=False)
    pen_width: float = DEFAULT_PEN
    canvas_side: float = CANVAS_SIZE
    ink_lightness: float = 1.0
    pen_widths: tuple[float, ...] = field(default=(), repr=False)

    @property
    def stroke_widths(self) -> tuple[float, ...]:
        """The pen's width in each stroke."""
        return self.pen_widths or (self.pen_width,) * len(self.strokes)


def parse_canvas(objects: object, shade: float = 1.0) -> Strokes | None:
    """Return the drawing on the canvas, read from Fabric.js's pen paths.

    Each path has ``path`` and ``strokeWidth``. Parts outside the canvas are left out, so a stroke
    may be split. The result is None if nothing is on the canvas.

    Raises:
        StrokesError: `objects` are not pen paths, there are too many strokes or points, or a number
            is too large or not finite.
    """
    if not objects:
        return None
    if not isinstance(objects, list):
        raise StrokesError("bad_strokes")
    drawn = _read_strokes({"strokes": [_read_path_points(path) for path in objects]})
    widths = [_read_number(path.get("strokeWidth")) * _SCALE for path in objects]
    if not all(0 < width <= CANVAS_SIZE for width in widths):
        raise StrokesError("bad_strokes")

    pieces = [
        (piece, width)
        for points, width in zip(drawn, widths, strict=True)
        for piece in _clip_to_canvas(points * _SCALE)
    ]
    if not pieces:
        return None
    strokes, pens = zip(*pieces, strict=True)

    return Strokes(strokes, float(np.median(pens)), CANVAS_SIZE, shade, pens)


def parse_strokes_file(data: bytes) -> list[Strokes | StrokesError]:
    """Return the drawings in a strokes file, which holds one drawing or a list of drawings.

    A drawing is ``{"strokes": [[[x, y], ...], ...], "pen": 20, "size": 280}``.

    Returns:
        One entry per drawing: its strokes, or an error if the drawing is invalid.

    Raises:
        StrokesError: the file is too large or is not JSON of this form.
    """
    if len(data) > MOST_BYTES:
        raise StrokesError("strokes_file_too_large", most=MOST_BYTES // 1_000_000)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise StrokesError("bad_strokes_file") from None
    drawings = content if isinstance(content, list) else [content]
    return [_read_drawing_or_error(drawing) for drawing in drawings]


def read_drawing(drawing: Any) -> Strokes:
    """Return one drawing of a strokes file as strokes.

    If the drawing has no ``size``, its largest coordinate is taken as the side of its canvas.

    Raises:
        StrokesError: the drawing is invalid, as in :func:`parse_canvas`; ``blank_drawing``: it has
            no points.
    """
    strokes = [stroke for stroke in _read_strokes(drawing) if len(stroke)]
    if not strokes:
        raise StrokesError("blank_drawing")
    extent = max(1.0, float(np.concatenate(strokes).max()))
    size = _read_number(drawing["size"]) if drawing.get("size") is not None else extent
    pen = (
        _read_number(drawing["pen"])
        if drawing.get("pen") is not None
        else DEFAULT_PEN * size / CANVAS_SIZE
    )
    if not SMALLEST_SIZE <= size <= MOST_COORDINATE or not 0 < pen <= size:
        raise StrokesError("bad_strokes")
    return Strokes(tuple(strokes), pen, size)


def _read_drawing_or_error(drawing: object) -> Strokes | StrokesError:
    try:
        return read_drawing(drawing)
    except StrokesError as error:
        return error


def _read_strokes(drawing: object) -> list[np.ndarray]:
    """Return the checked strokes of a drawing, each [points, 2]."""
    rows = _read_typed_item(drawing, "strokes", list)
    if len(rows) > MOST_STROKES:
        raise StrokesError("too_many_strokes", most=MOST_STROKES)
    budget = MOST_POINTS
    strokes = []
    for row in rows:
        if not isinstance(row, list):
            raise StrokesError("bad_strokes")
        budget -= len(row)
        if budget < 0:
            raise StrokesError("too_many_points", most=f"{MOST_POINTS:,}")
        strokes.append(np.array([_read_point_coordinates(point) for point in row]).reshape(-1, 2))
    return strokes


def _read_path_points(path: object) -> list[object]:
    """Return the points of a canvas path: start, control points of the curves, and end."""
    commands = _read_typed_item(path, "path", list)
    if not commands or not all(
        isinstance(command, list) and command[:1] in _COMMANDS for command in commands
    ):
        raise StrokesError("bad_strokes")
    return [[_read_number(number) for number in command[1:]][:2] for command in commands]


def _clip_to_canvas(points: np.ndarray) -> list[np.ndarray]:
    """Return the pieces of a stroke [points, 2] that lie on the canvas."""
    inside = points.clip(0, CANVAS_SIZE)
    outside = (points != inside).any(1)
    edges = np.flatnonzero(outside) + 1
    pieces = zip(np.split(inside, edges), np.split(outside, edges), strict=True)
    return [piece for piece, is_outside in pieces if not is_outside.all()]


def _read_typed_item(mapping: object, name: str, kind: type[T]) -> T:
    if isinstance(mapping, Mapping) and isinstance(found := mapping.get(name), kind):
        return found
    raise StrokesError("bad_strokes")


def _read_point_coordinates(point: object) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) != 2:
        raise StrokesError("bad_strokes")
    return _read_number(point[0]), _read_number(point[1])


def _read_number(value: object) -> float:
    # The value is compared before conversion, because a huge integer does not fit into a float.
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise StrokesError("bad_strokes")
    if not -MOST_COORDINATE <= value <= MOST_COORDINATE:
        raise StrokesError("bad_strokes")
    return float(value)


def draw_strokes(
    strokes: Sequence[np.ndarray], pen: float, size: int = SIZE, fine: int = FINE
) -> np.ndarray:
    """Return an anti-aliased image of strokes drawn with a round pen.

    Args:
        strokes: each [points, 2], in pixels of the image. Pixel (0, 0) covers the coordinates from
            0 to 1.
        pen: the pen's width in pixels.
        size: side of the image in pixels.

    Returns:
        `float` [size, size], from 0 on the background to 1 in the ink.
    """
    image = Image.new("L", (size * fine, size * fine))
    draw = ImageDraw.Draw(image)
    width = max(1, round(pen * fine))
    radius = width / 2
    for stroke in strokes:
        # The centre of Pillow's pixel i is at the coordinate i + 0.5.
        points = [
            tuple(point) for point in np.clip(stroke * fine - 0.5, -_FARTHEST, _FARTHEST).tolist()
        ]
        if len(points) > 1:
            draw.line(points, fill=255, width=width)
        # Draw round ends and joints, because Pillow's own joints leave gaps at sharp bends.
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(fine)) / 255.0
