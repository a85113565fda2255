"""Draws pictures that show no digit, so that networks learn to doubt: figures, scribbles, noise.

A network that is trained to spread its shares evenly for these pictures also doubts its answers for
other things it was not trained on (Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with
Outlier Exposure", 2019). Shapes that people might take for a digit (a square, a Z, an upturned T)
are left out, and so are the letters on which recognition is measured.
"""

import numpy as np
from scipy import ndimage

from fvapp.core.preparation import Strokes
from fvapp.core.tables import read_toml_table

_STROKES = read_toml_table(__file__, "strokes.toml")
FIGURES: dict[str, str] = _STROKES["figures"]
LETTERS: dict[str, str] = _STROKES["letters"]
"""`FIGURES` and `LETTERS`: name of a figure or letter -> its strokes on a grid of 5 x 5 points.

Networks learn from the figures. The letters are used only to measure recognition.
"""


def parse_strokes(strokes: str) -> list[np.ndarray]:
    """Return the strokes in a text like those in ``FIGURES``, each with points float [n, 2]."""
    return [
        np.array([[float(place) for place in point] for point in stroke.split()])
        for stroke in strokes.split(";")
    ]


def draw_unsteady_figure(name: str, rng: np.random.Generator) -> Strokes:
    """Draw one of the figures in ``FIGURES`` with an unsteady hand."""
    rounded = rng.random() < 0.5
    return _place_strokes_on_canvas(
        [_shake_stroke(stroke, rounded, rng) for stroke in parse_strokes(FIGURES[name])], rng
    )


def draw_letter_like_tangle(rng: np.random.Generator) -> Strokes:
    """Draw four to seven random lines and arcs that look like a letter of an unknown script."""
    strokes = []
    for _ in range(rng.integers(4, 8)):
        begin, end = rng.integers(0, 5, (2, 2)).astype(float)
        if np.abs(begin - end).sum() < 2:
            end = (begin + 2) % 5
        bow = (
            (end - begin)[::-1] * np.array([1, -1]) * rng.choice([0.0, 0.0, 0.25, -0.25, 0.4, -0.4])
        )
        strokes.append(_shake_stroke(np.array([begin, (begin + end) / 2 + bow, end]), True, rng))
    return _place_strokes_on_canvas(strokes, rng)


def draw_wavy_line(rng: np.random.Generator) -> Strokes:
    """Draw a long line made of a few horizontal and vertical waves."""
    time = np.linspace(0, 1, 120)
    waves = rng.uniform(1.5, 6.0, (2, 3))
    phases = rng.uniform(0, 2 * np.pi, (2, 3))
    sizes = rng.uniform(0.3, 1.0, (2, 3))
    way = (sizes[..., None] * np.sin(2 * np.pi * waves[..., None] * time + phases[..., None])).sum(
        axis=1
    )
    return _place_strokes_on_canvas(
        [way.T + rng.choice([0.0, 3.0]) * np.stack([time, np.zeros_like(time)], 1)], rng
    )


def make_noise_image(rng: np.random.Generator) -> np.ndarray:
    """Return a random noise image, `uint8` [28, 28].

    The noise ranges from single pixels to soft patches. Some images are partly masked.
    """
    image = ndimage.gaussian_filter(rng.random((28, 28)), rng.choice([0.0, 0.0, 0.7, 1.5, 3.0]))
    image = (image - image.min()) / (image.max() - image.min())
    match rng.integers(4):
        case 0:
            image = image > rng.uniform(0.3, 0.9)
        case 1:
            image = image * (rng.random((28, 28)) < rng.uniform(0.05, 0.6))
        case 2:
            top, left = rng.integers(0, 16, 2)
            height, width = rng.integers(6, 28, 2)
            window = np.zeros((28, 28))
            window[top : top + height, left : left + width] = 1
            image = image * window
    return np.rint(255 * rng.uniform(0.5, 1.0) * image).astype(np.uint8)


def draw_non_digit_pictures(count: int, rng: np.random.Generator) -> list[Strokes]:
    """Draw pictures that show no digit: half are shapes, a quarter tangles, a quarter waves."""
    names = list(FIGURES)

    def draw_non_digit_picture(number: int) -> Strokes:
        if number % 4 < 2:
            return draw_unsteady_figure(names[rng.integers(len(names))], rng)
        return draw_letter_like_tangle(rng) if number % 4 == 2 else draw_wavy_line(rng)

    return [draw_non_digit_picture(number) for number in range(count)]


def _shake_stroke(stroke: np.ndarray, rounded: bool, rng: np.random.Generator) -> np.ndarray:
    """Return a stroke with each point moved a little, and with rounded corners if `rounded`."""
    stroke = stroke + rng.normal(0, 0.15, stroke.shape)
    return cut_corners(stroke) if rounded else stroke


def cut_corners(stroke: np.ndarray) -> np.ndarray:
    """Return a stroke [n, 2] with its corners rounded by Chaikin's method, applied twice."""
    for _ in range(2):
        cut = np.stack(
            [0.75 * stroke[:-1] + 0.25 * stroke[1:], 0.25 * stroke[:-1] + 0.75 * stroke[1:]], 1
        )
        stroke = np.concatenate([stroke[:1], cut.reshape(-1, 2), stroke[-1:]])
    return stroke


def rotation_matrix(degrees: float) -> np.ndarray:
    """Return the matrix M with which ``points @ M`` rotates points [n, 2]."""
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _place_strokes_on_canvas(strokes: list[np.ndarray], rng: np.random.Generator) -> Strokes:
    """Rotate strokes by up to 12 degrees, stretch them, and put them on a canvas of 280 pixels."""
    turn = rotation_matrix(rng.uniform(-12, 12))
    stretch = rng.uniform(0.7, 1.3, 2)
    strokes = [stroke @ turn * stretch for stroke in strokes]
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    extent = np.ptp(points, axis=0).max()
    size = rng.uniform(60, 240)
    corner = rng.uniform(20, 260 - size, 2)
    return Strokes(
        tuple((stroke - low) * size / extent + corner for stroke in strokes),
        pen_width=rng.uniform(8, 30),
        canvas_side=280,
    )
