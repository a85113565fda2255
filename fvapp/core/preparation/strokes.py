"""Strokes of a pen: read from the canvas and from strokes files, checked before use."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fvapp.core.errors import StrokesError

MOST_STROKES = 200
MOST_POINTS = 20_000
MOST_BYTES = 20_000_000  # of a strokes file, which may hold thousands of drawings
MOST_COORDINATE = 100_000.0
SMALLEST_SIZE = 0.001  # of the square; points that far apart beside it are no drawing
CANVAS_SIZE = 280
DEFAULT_PEN = 20

_CURVE_SAMPLES = np.linspace(0.25, 1.0, 4)[:, None]  # of a quadratic curve; its start is there already
_ORIGINS_X = {"left": 0.0, "center": 0.5, "right": 1.0}
_ORIGINS_Y = {"top": 0.0, "center": 0.5, "bottom": 1.0}


@dataclass(frozen=True)
class Strokes:
    """A drawing as the ways of a pen.

    Attributes:
        strokes: each `float` [points, 2], x to the right and y downwards.
        pen: the pen's width, in the same unit.
        size: side of the square it was drawn on, in the same unit.
        shade: how light the ink is on the dark image, above 0 and up to 1.
    """

    strokes: tuple[np.ndarray, ...] = field(repr=False)
    pen: float = DEFAULT_PEN
    size: float = CANVAS_SIZE
    shade: float = 1.0


def parse_canvas(json_data: object, shade: float = 1.0) -> Strokes | None:
    """Read the canvas's ``json_data``: Fabric.js paths.

    Returns:
        None for an empty canvas.

    Raises:
        StrokesError: not such data, too many strokes or points, numbers that are not finite.
    """
    if json_data is None:
        return None
    objects = _get(json_data, "objects", list)
    if len(objects) > MOST_STROKES:
        raise StrokesError("too_many_strokes", most=MOST_STROKES)
    if not objects:
        return None
    strokes, pens, budget = [], [], MOST_POINTS
    for path in objects:
        points = _fabric_path(path, budget)
        budget -= len(points)
        strokes.append(points)
        pens.append(_number(path.get("strokeWidth", DEFAULT_PEN)))
    pen = float(np.median(pens))
    if not 0 < pen <= CANVAS_SIZE:
        raise StrokesError("bad_strokes")
    return Strokes(tuple(strokes), pen, CANVAS_SIZE, shade)


def parse_strokes_file(data: bytes) -> list[Strokes | StrokesError]:
    """Read a strokes file: ``{"strokes": [[[x, y], ...], ...], "pen": 20, "size": 280}`` or a list of such.

    Returns:
        One entry a drawing; a bad one is the error that says why, the others stay good.

    Raises:
        StrokesError: the file as a whole is too large or no such JSON.
    """
    if len(data) > MOST_BYTES:
        raise StrokesError("strokes_file_too_large", most=MOST_BYTES // 1_000_000)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise StrokesError("bad_strokes_file") from None
    drawings = content if isinstance(content, list) else [content]
    return [_read_or_error(drawing) for drawing in drawings]


def read_drawing(drawing: object) -> Strokes:
    """Read one drawing of a strokes file.

    Without a `size` the drawing's own extent stands for it.

    Raises:
        StrokesError: as :func:`parse_canvas`; ``blank_drawing`` when there is no point in it.
    """
    rows = _get(drawing, "strokes", list)
    if len(rows) > MOST_STROKES:
        raise StrokesError("too_many_strokes", most=MOST_STROKES)
    budget, strokes = MOST_POINTS, []
    for row in rows:
        if not isinstance(row, list):
            raise StrokesError("bad_strokes")
        budget -= len(row)
        if budget < 0:
            raise StrokesError("too_many_points", most=f"{MOST_POINTS:,}")
        if row:
            strokes.append(np.array([_point(point) for point in row]))
    if not strokes:
        raise StrokesError("blank_drawing")
    size = _number(drawing["size"]) if drawing.get("size") is not None else _extent(strokes)
    pen = _number(drawing["pen"]) if drawing.get("pen") is not None else DEFAULT_PEN * size / CANVAS_SIZE
    if not SMALLEST_SIZE <= size <= MOST_COORDINATE or not 0 < pen <= size:
        raise StrokesError("bad_strokes")
    return Strokes(tuple(strokes), pen, size)


def _read_or_error(drawing: object) -> Strokes | StrokesError:
    try:
        return read_drawing(drawing)
    except StrokesError as error:
        return error


def _extent(strokes: Sequence[np.ndarray]) -> float:
    return max(1.0, float(np.concatenate(strokes).max()))


def _fabric_path(path: object, budget: int) -> np.ndarray:
    """Return the points of one path where they stand on the canvas."""
    commands = _get(path, "path", list)
    if len(commands) > budget // len(_CURVE_SAMPLES):
        raise StrokesError("too_many_points", most=f"{MOST_POINTS:,}")
    points = np.array(list(_follow(commands)))
    if not len(points):
        raise StrokesError("bad_strokes")
    return _placed(points, path)


def _follow(commands: Sequence[object]) -> Iterator[np.ndarray]:
    """Yield points along a path of M, L and Q commands, as a pen of Fabric.js writes them."""
    here = None
    for command in commands:
        if not isinstance(command, list) or not command or len(command) > 7:
            raise StrokesError("bad_strokes")
        letter, *numbers = command
        values = [_number(number) for number in numbers]
        if letter in ("M", "L") and len(values) == 2:
            here = np.array(values)
            yield here
        elif letter == "Q" and len(values) == 4 and here is not None:
            control, end = np.array(values[:2]), np.array(values[2:])
            share = _CURVE_SAMPLES
            yield from (1 - share) ** 2 * here + 2 * share * (1 - share) * control + share**2 * end
            here = end
        else:
            raise StrokesError("bad_strokes")


def _middle(commands: Sequence[Sequence[object]]) -> np.ndarray:
    """Return the middle of a path's bounds as Fabric.js takes them (7.4.0, ``getBoundsOfCurve``).

    It takes a quadratic curve for a cubic one with its control point twice, and so its bounds for a little too wide.
    """
    here, corners = np.zeros(2), []
    for letter, *numbers in commands:
        end = np.array(numbers[-2:], float)
        corners.append(end)
        if letter == "Q":
            control = np.array(numbers[:2], float)
            out, back = control - here, end - control
            # Where out * (1 - t)^2 + back * t^2, the slope, is 0.
            turns = out * back < 0
            roots = np.sqrt(np.abs([out, back]))
            t = roots[0] / np.where(turns, roots.sum(axis=0), 1)
            corners.append(np.where(turns, (1 - t) ** 3 * here + 3 * (1 - t) * t * control + t**3 * end, end))
        here = end
    return (np.min(corners, axis=0) + np.max(corners, axis=0)) / 2


def _placed(points: np.ndarray, path: Mapping[str, object]) -> np.ndarray:
    """Apply what the toolbar's editing did to a path: moved, scaled, mirrored, turned.

    Fabric.js draws a path around the centre of its own bounds; `left` and `top` say where its origin point lies, and
    its outer size includes the pen. An untouched path stays where it is.
    """
    if not all(name in path for name in ("left", "top", "width", "height")):
        return points
    pen = _number(path.get("strokeWidth", DEFAULT_PEN))
    scale = np.array([_number(path.get("scaleX", 1)), _number(path.get("scaleY", 1))])
    size = (np.array([_number(path["width"]), _number(path["height"])]) + pen) * scale
    origin = np.array([_origin(path, "originX", _ORIGINS_X), _origin(path, "originY", _ORIGINS_Y)])
    angle = math.radians(_number(path.get("angle", 0)))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corner = np.array([_number(path["left"]), _number(path["top"])])
    centre = corner + turn @ ((0.5 - origin) * size)
    middle = _middle(path["path"])
    mirror = np.where([path.get("flipX") is True, path.get("flipY") is True], -1, 1)
    return centre + ((points - middle) * scale * mirror) @ turn.T


def _origin(path: Mapping[str, object], name: str, origins: Mapping[str, float]) -> float:
    """Return where in a path's box, from 0 to 1, the point lies that `left` or `top` gives; at first when not said."""
    origin = path.get(name, next(iter(origins)))
    if not isinstance(origin, str) or origin not in origins:
        raise StrokesError("bad_strokes")
    return origins[origin]


def _get(mapping: object, name: str, kind: type):
    if not isinstance(mapping, Mapping) or not isinstance(mapping.get(name), kind):
        raise StrokesError("bad_strokes")
    return mapping[name]


def _point(point: object) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) != 2:
        raise StrokesError("bad_strokes")
    return _number(point[0]), _number(point[1])


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise StrokesError("bad_strokes")
    # Compared as it is: an enormous whole number has no float.
    if not -MOST_COORDINATE <= value <= MOST_COORDINATE:
        raise StrokesError("bad_strokes")
    return float(value)
