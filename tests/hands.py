"""Made-up drawings in the canvas's format: digits, clothes, and awkward strokes."""

from collections.abc import Iterator, Sequence

import numpy as np

from fvapp.bench.drawings import place_drawing, stroke_to_canvas_path
from fvapp.core.preparation import Strokes

Objects = list[dict[str, object]]


def _arc(
    x: float, y: float, wide: float, tall: float, begin: float, end: float
) -> list[tuple[float, float]]:
    """Return points on an ellipse between two angles, in degrees clockwise from the right."""
    angles = np.radians(np.linspace(begin, end, 24))
    return list(zip(x + wide * np.cos(angles), y + tall * np.sin(angles), strict=True))


# Each digit as people write it: strokes in a box 2 wide and 3 high.
DIGITS: Sequence[Sequence[Sequence[tuple[float, float]]]] = (
    [_arc(1, 1.5, 1, 1.5, -90, 270)],
    [[(0.4, 0.7), (1.1, 0), (1.1, 3)]],
    [[*_arc(1, 0.9, 0.9, 0.9, 180, 390), (0, 3), (2, 3)]],
    [_arc(0.8, 0.8, 0.9, 0.8, 200, 450), _arc(0.8, 2.2, 1, 0.8, -90, 160)],
    [[(0.9, 0), (0, 2), (2, 2)], [(1.4, 1), (1.4, 3)]],
    [[(1.8, 0), (0.3, 0), (0.2, 1.3), *_arc(0.8, 2.1, 1, 0.9, -110, 150)]],
    [[(1.5, 0), (0.4, 1.4), *_arc(0.9, 2.2, 0.8, 0.8, 200, 560)]],
    [[(0, 0), (2, 0), (0.8, 3)], [(0.5, 1.5), (1.7, 1.5)]],
    [[*_arc(1, 0.7, 0.7, 0.7, -60, -420), *_arc(1, 2.2, 0.9, 0.8, -90, 270)]],
    [[*_arc(1, 0.8, 0.8, 0.8, 0, -360), (1.7, 3)]],
)


def digits(count: int, rng: np.random.Generator) -> Iterator[tuple[int, Objects]]:
    """Yield labels and drawn digits.

    Each digit is slanted, stretched and shaky, in a random pen width and place.
    """
    for number in range(count):
        label = number % 10
        lean = rng.normal(0, 0.15)
        tremble = rng.uniform(0, 0.05)
        stretch = rng.uniform(0.7, 1.3, 2)
        strokes = []
        for stroke in DIGITS[label]:
            points = (np.array(stroke) + rng.normal(0, tremble, (len(stroke), 2))) * stretch * 50
            strokes.append(points + np.outer(points[:, 1], [-lean, 0]))
        drawing = place_drawing(
            Strokes(tuple(strokes)), rng.uniform(0.25, 0.98), float(rng.choice([12, 20, 30])), rng
        )
        yield (
            label,
            [
                stroke_to_canvas_path(stroke.tolist(), drawing.pen_width)
                for stroke in drawing.strokes
            ],
        )


def clothes(count: int, rng: np.random.Generator) -> Iterator[Objects]:
    """Yield drawings with outlines, areas and strokes beyond the canvas, in three wide brushes."""
    for _ in range(count):
        objects = []
        for _ in range(rng.integers(1, 5)):
            way = np.cumsum(rng.normal(0, 25, (rng.integers(1, 30), 2)), axis=0) + rng.uniform(
                0, 280, 2
            )
            points = np.concatenate([way, way[:1]]) if rng.random() < 0.5 else way
            objects.append(stroke_to_canvas_path(points.tolist(), float(rng.choice([16, 30, 50]))))
        yield objects


def awkward(count: int, pens: Sequence[float], rng: np.random.Generator) -> Iterator[Objects]:
    """Yield dots, straight lines, zigzags beyond the edge and shaky strokes.

    The first drawing has 10,000 points.
    """
    many = np.abs(np.cumsum(rng.normal(0, 3, (10_000, 2)), axis=0)) % 280
    yield [stroke_to_canvas_path(many.tolist(), pens[0])]
    for number in range(count - 1):
        objects = []
        for _ in range(rng.integers(1, 6)):
            n = int(rng.integers(1, 40))
            place_at = rng.uniform(-50, 330, 2)
            x, y = place_at
            far = rng.uniform(-225, 225)
            points = (
                np.full((n, 2), place_at),
                rng.uniform(-75, 350, (n, 2)),
                np.round(np.cumsum(rng.normal(0, 10, (n, 2)), axis=0) + place_at),
                np.stack([np.linspace(x, x + far, n), np.full(n, y)], 1),
                np.stack([np.full(n, round(x)), np.linspace(y, y + far, n)], 1),
                np.cumsum(rng.normal(0, 2, (n, 2)), axis=0) + place_at,
            )[number % 6]
            objects.append(stroke_to_canvas_path(points.tolist(), float(rng.choice(pens))))
        yield objects


def placed_digit(label: int) -> list[list[tuple[float, float]]]:
    """Return a digit's strokes as shares of a canvas's width and height."""
    return [[(0.3 + 0.2 * x, 0.2 + 0.2 * y) for x, y in stroke] for stroke in DIGITS[label]]


def draw_digit(page, label: int) -> None:
    """Draw a digit on the canvas of a take-home page."""
    page.locator(".paper").scroll_into_view_if_needed()
    box = page.locator(".paper canvas").bounding_box()
    for stroke in placed_digit(label):
        points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()
