"""The images that the shipped models learn from, prepared as the app prepares images."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fvapp.bench.drawings import place_drawing, render_photo
from fvapp.build.strangers import draw_strangers, make_noise_image, rotation_matrix
from fvapp.build.wardrobe import LEARNED, OTHER, draw_row
from fvapp.core.datasets import Dataset
from fvapp.core.errors import DatasetError, FvappError
from fvapp.core.preparation import Photo, Strokes, prepare_source
from fvapp.core.preparation.strokes import CANVAS_SIZE, read_drawing

PEN_DIGITS = "pen_digits_train.json"
HELD_OUT_WRITERS = 3
"""Number of writers held out, the last by number; their digits calibrate temperature and doubt."""

VALIDATION_IMAGES = 5_000
"""Number of a data set's last training images held out to calibrate temperature and doubt."""

_HOLLOW = 0.1  # share of drawn outlines that are left unfilled


@dataclass(frozen=True)
class ModelExamples:
    """The data a model learns from, and the data kept to calibrate it.

    Attributes:
        images, labels: uint8 [n, 28, 28] and [n].
        strange_images: uint8 [n, 28, 28], images of no class.
        held_out_by_source: images and labels not trained on, by source.
        late_examples: images, labels and strange images that only the stages with ``late`` add.
    """

    images: np.ndarray
    labels: np.ndarray
    strange_images: np.ndarray
    held_out_by_source: dict[str, tuple[np.ndarray, np.ndarray]]
    late_examples: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class PenDigits:
    """Digits written with a pen on a tablet, and their writers."""

    drawings: Sequence[Strokes]
    labels: np.ndarray
    writers: np.ndarray


def read_pen_digits(file: Path) -> PenDigits:
    """Read pen digits from a JSON file: ``[{"label", "writer", "strokes"}, ...]``.

    Raises:
        DatasetError: the file is missing or has another format.
    """
    try:
        rows = json.loads(file.read_bytes())
        return PenDigits(
            [read_drawing(row) for row in rows],
            np.array([row["label"] for row in rows], np.uint8),
            np.array([row["writer"] for row in rows]),
        )
    except (OSError, ValueError, KeyError, TypeError, FvappError):
        raise DatasetError("source_unusable", file=file.name) from None


def make_digit_examples(
    mnist: Dataset, fashion: Dataset, pens: PenDigits, strange: int, seed: int
) -> ModelExamples:
    """Return MNIST, the pen digits of most writers, and non-digits: clothes, figures, noise.

    Each pen digit appears once as it was written, and twice redrawn as if by another hand. Every
    third one also appears as canvas pixels of random size and pen; only every third, because
    preparing pixels takes twenty times as long.

    Args:
        strange: number of images of no class.
    """
    rng = np.random.default_rng(seed)
    writers = np.unique(pens.writers)
    first_held_out = writers[max(1, len(writers) - HELD_OUT_WRITERS)]
    known: list[int] = np.flatnonzero(pens.writers < first_held_out).tolist()
    others = np.setdiff1d(np.arange(len(pens.labels)), known)
    rendered = [
        *(prepare_source(pens.drawings[i], "mnist").image for i in known),
        *(
            prepare_source(_redraw_in_other_hand(pens.drawings[i], rng), "mnist").image
            for _ in range(2)
            for i in known
        ),
        *(
            prepare_source(_draw_canvas_pixels(pens.drawings[i], rng), "mnist").image
            for i in known[::3]
        ),
    ]
    images, held_out_images = _split_off_last(mnist.x_train)
    labels, held_out_labels = _split_off_last(mnist.y_train)
    return ModelExamples(
        np.concatenate([images, rendered]),
        np.concatenate([labels, np.tile(pens.labels[known], 3), pens.labels[known[::3]]]),
        _make_non_digits(fashion, strange, rng),
        {
            "mnist": (held_out_images, held_out_labels),
            "pen_digits": (
                np.array([prepare_source(pens.drawings[i], "mnist").image for i in others]),
                pens.labels[others],
            ),
        },
    )


def collect_clothes_model_examples(
    fashion: Dataset, mnist: Dataset, strange: int, seed: int, drawings: int
) -> ModelExamples:
    """Return Fashion-MNIST, things that are not clothes (digits, figures, noise), and drawings.

    Args:
        drawings: number of drawings of clothes; half as many drawings of other things are added.
            One outline of each class is held out.
    """
    rng = np.random.default_rng(seed)
    images, held_out_images = _split_off_last(fashion.x_train)
    labels, held_out_labels = _split_off_last(fashion.y_train)
    digits = mnist.x_train[: strange // 2]
    drawn = [
        prepare_source(drawing, "mnist").image for drawing in draw_strangers(strange // 4, rng)
    ]
    chance = [make_noise_image(rng) for _ in range(strange - len(digits) - len(drawn))]
    return ModelExamples(
        images,
        labels,
        np.concatenate([digits, np.array(drawn + chance)]),
        {
            "fashion_mnist": (held_out_images, held_out_labels),
            "drawings": _draw_clothes(
                [outlines[:1] for outlines in LEARNED.values()], drawings // 10, rng
            ),
        },
        (
            *_draw_clothes([outlines[1:] for outlines in LEARNED.values()], drawings, rng),
            _draw_things(drawings // 2, rng),
        ),
    )


def _draw_clothes(
    outlines: Sequence[Sequence[str]], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of clothes drawn in many hands; some outlines are left unfilled."""
    labels = np.arange(count) % len(outlines)
    of_labels = [outlines[label] for label in labels.tolist()]
    rows = [drawings[int(rng.integers(len(drawings)))] for drawings in of_labels]
    hollow = [{"fill"} if rng.random() < _HOLLOW else set() for _ in labels]
    images = [
        prepare_source(_draw_in_any_hand(row, rng), "fashion_mnist", off).image
        for row, off in zip(rows, hollow, strict=True)
    ]
    return np.array(images), labels.astype(np.uint8)


def _draw_things(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return drawings that are not clothes: half are other objects, half figures and scribbles."""
    things = list(OTHER.values())
    drawings = [
        _draw_in_any_hand(things[i % len(things)], rng) for i in range(count // 2)
    ] + draw_strangers(count // 2, rng)
    return np.array([prepare_source(drawing, "fashion_mnist").image for drawing in drawings])


def _draw_in_any_hand(row: str, rng: np.random.Generator) -> Strokes:
    """Draw a row of the wardrobe with a random pen and unsteadiness, half of the time mirrored."""
    drawing = draw_row(row, rng, rng.uniform(5, 20), rng.uniform(0.5, 3.5))
    if rng.random() < 0.5:
        return drawing
    return replace(
        drawing, strokes=tuple([CANVAS_SIZE, 0] + stroke * [-1, 1] for stroke in drawing.strokes)
    )


def checksum_arrays(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of arrays, one after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _split_off_last(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split off the last rows of an array for calibration, at most a tenth."""
    kept = min(VALIDATION_IMAGES, len(array) // 10)
    return array[:-kept], array[-kept:]


def _make_non_digits(fashion: Dataset, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return non-digits: 2/5 clothes, 2/5 drawings, 1/5 noise; some are prepared like photos."""
    clothes = list(fashion.x_train[: 2 * count // 5])
    drawn = [
        prepare_source(drawing, "mnist").image for drawing in draw_strangers(2 * count // 5, rng)
    ]
    chance = [make_noise_image(rng) for _ in range(count - len(clothes) - len(drawn))]
    uploaded = [_prepare_as_photo(image) for image in clothes[::4] + chance[::4]]
    clothes[::4] = uploaded[: len(clothes[::4])]
    chance[::4] = uploaded[len(clothes[::4]) :]
    return np.array(clothes + chance + drawn)


def _prepare_as_photo(image: np.ndarray) -> np.ndarray:
    """Return an image prepared like a photo, or unchanged if the preparation finds nothing."""
    try:
        return prepare_source(Photo(np.repeat(image[..., None], 3, axis=2)), "mnist").image
    except FvappError:
        return image


def _redraw_in_other_hand(drawing: Strokes, rng: np.random.Generator) -> Strokes:
    """Turn, slant, stretch and slightly bend a drawing, as if by another hand."""
    points = np.concatenate(drawing.strokes)
    middle = points.mean(axis=0)
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    turn = rotation_matrix(rng.uniform(-12, 12))
    slant = np.array([[1, 0], [rng.uniform(-0.3, 0.3), 1]])
    stretch = np.array([rng.uniform(0.65, 1.3), 1])
    bend = rng.normal(0, 0.03 * extent, (2, 2, 2))
    phases = rng.uniform(0, 2 * np.pi, (2, 2))

    def move_stroke(stroke: np.ndarray) -> np.ndarray:
        stroke = (stroke - middle) @ slant @ turn * stretch
        waves = (
            np.sin(2 * np.pi * stroke / extent + phases[0]),
            np.cos(3 * np.pi * stroke / extent + phases[1]),
        )
        return (
            stroke
            + waves[0] @ bend[0]
            + waves[1] @ bend[1]
            + rng.normal(0, 0.004 * extent, stroke.shape)
            + middle
        )

    return Strokes(
        tuple(move_stroke(stroke) for stroke in drawing.strokes),
        drawing.pen_width,
        drawing.canvas_side,
    )


def _draw_canvas_pixels(drawing: Strokes, rng: np.random.Generator) -> Photo:
    """Return a drawing as canvas pixels, white on black or inverted, with random size and pen."""
    pen = rng.uniform(8, 36)
    fill = rng.uniform(max(0.25, 6 * pen / CANVAS_SIZE), 0.95)  # else the pen would close loops
    photo = render_photo(place_drawing(drawing, fill, pen, rng), fine=2)
    return Photo(255 - photo.pixels) if rng.random() < 0.5 else photo
