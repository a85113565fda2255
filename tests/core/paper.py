"""Pictures of digits on paper, blackboard and canvas, rendered from strokes."""

import io
from collections.abc import Set

import numpy as np
from PIL import Image, ImageDraw

import hands
from fvapp.core.preparation import Photo, Strokes, prepare_drawing_or_photo

DIGITS = {
    label: [np.array(way) / 3 for way in hands.DIGITS[label]] for label in (1, 2, 3, 4, 5, 7, 8)
}
"""Label of a digit -> ways of writing it, as strokes in a box of height 1."""

LEFT_HALF = [(150, 40), (90, 40), (40, 60), (50, 110), (75, 105), (75, 220)]
RIGHT_HALF = [(165, 220), (165, 105), (190, 110), (200, 60), (150, 40)]
SHIRT = Strokes((np.array(LEFT_HALF + RIGHT_HALF, float),), 24, 280, 0.6)

_FINE = 3


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean absolute difference of two images, as a share of the range 0 to 255."""
    return float(np.abs(one.astype(float) - other.astype(float)).mean() / 255)


def image_of(
    source: Strokes | Photo, dataset: str = "mnist", without: Set[str] = frozenset()
) -> np.ndarray:
    """Return the image that a drawing or photo becomes, uint8 [28, 28]."""
    return prepare_drawing_or_photo(source, dataset, without).image


def strokes_of(
    label: int, size: float, place: tuple[float, float], pen: float, square: float
) -> Strokes:
    """Return a digit as strokes on a square, `size` high, with its top left corner at `place`."""
    ways = tuple(way * size + np.array(place) for way in DIGITS[label])
    return Strokes(ways, pen, square)


def ink_of(drawing: Strokes, width: int, height: int) -> np.ndarray:
    """Return the coverage with ink of each pixel, [height, width], 0 to 1."""
    image = Image.new("L", (width * _FINE, height * _FINE))
    draw = ImageDraw.Draw(image)
    radius = drawing.pen_width * _FINE / 2
    for way in drawing.strokes:
        points = [tuple(point) for point in (way * _FINE).tolist()]
        draw.line(points, fill=255, width=round(2 * radius))
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(_FINE)) / 255.0


def coloured(ink: np.ndarray, paper: tuple[float, ...], pen: tuple[float, ...]) -> np.ndarray:
    """Return a picture [h, w, 3] of this ink on this paper, with floats from 0 to 1."""
    return np.array(paper) + ink[..., None] * (np.array(pen) - np.array(paper))


def ruled(
    picture: np.ndarray,
    every: int,
    thick: int,
    colour: tuple[float, ...],
    tilt: float = 0.0,
    squared=False,
):
    """Print lines below the ink: only pixels lighter than the line's colour get darker."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    on_line = (y - np.tan(np.radians(tilt)) * x) % every < thick
    if squared:
        on_line |= (x + np.tan(np.radians(tilt)) * y) % every < thick
    return np.where(on_line[..., None], np.minimum(picture, np.array(colour)), picture)


def lit(picture: np.ndarray, left: float, right: float, shadow: bool = False) -> np.ndarray:
    """Light a picture unevenly from left to right, with the soft shadow of a hand over a corner."""
    height, width = picture.shape[:2]
    light = np.linspace(left, right, width)[None, :] * np.ones((height, 1))
    if shadow:
        y, x = np.mgrid[0:height, 0:width]
        light = light * (0.55 + 0.45 / (1 + np.exp(-(x / width + y / height - 0.8) / 0.06)))
    return picture * light[..., None]


def grainy(
    picture: np.ndarray, rng: np.random.Generator, noise: float = 0.02, specks: int = 0
) -> np.ndarray:
    """Add a camera sensor's noise, and specks of dirt."""
    height, width = picture.shape[:2]
    picture = picture + rng.normal(0, noise, picture.shape)
    for _ in range(specks):
        y = rng.integers(0, height - 4)
        x = rng.integers(0, width - 4)
        picture[y : y + rng.integers(2, 5), x : x + rng.integers(2, 5)] *= 0.4
    return picture


def framed(picture: np.ndarray, left: int, bottom: int, colour: tuple[float, ...]) -> np.ndarray:
    """Show the table beside the paper, at the left and bottom edges."""
    picture = picture.copy()
    picture[:, :left] = colour
    picture[len(picture) - bottom :] = colour
    return picture


def to_photo(picture: np.ndarray) -> Photo:
    return Photo(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))


def jpeg(picture: np.ndarray, quality: int = 60, orientation: int | None = None) -> bytes:
    """Return a picture as the bytes of a JPEG file."""
    image = Image.fromarray(to_photo(picture).pixels)
    exif = Image.Exif()
    file = io.BytesIO()
    if orientation is not None:
        exif[0x0112] = orientation
    image.save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()
