"""Makes the training images of the shipped models, and prepares them as the app does."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fvapp.bench.drawings import place_drawing, render_photo
from fvapp.build.strangers import draw_non_digit_pictures, make_noise_image, rotation_matrix
from fvapp.build.wardrobe import LEARNED, OTHER, draw_wardrobe_row
from fvapp.core.datasets import Dataset
from fvapp.core.errors import DatasetError, FvappError
from fvapp.core.preparation import Photo, Strokes, prepare_drawing_or_photo
from fvapp.core.preparation.strokes import CANVAS_SIZE, read_drawing

PEN_DIGITS = "pen_digits_train.json"
HELD_OUT_WRITERS = 3
"""Number of pen-digit writers held out of training; their writer numbers are the highest.

Their digits are used to calibrate the softmax temperature and the threshold of doubt, below which
an image counts as unlike the training images.
"""

VALIDATION_IMAGES = 5_000
"""Maximum number of images held out of training, from the end of a data set's training images.

They are used to calibrate the softmax temperature and the threshold of doubt, below which an image
counts as unlike the training images.
"""

_HOLLOW = 0.1  # share of the drawn clothes whose outlines are not filled


@dataclass(frozen=True)
class ModelExamples:
    """The images that a model learns from, and the images held out to calibrate the model.

    Attributes:
        images, labels: the training images, uint8 [n, 28, 28], and their labels, uint8 [n].
        strange_images: images that belong to no class, uint8 [n, 28, 28].
        held_out_by_source: held-out images and labels, by the name of their source.
        late_examples: further images, labels and strange images. Only the training stages whose
            attribute ``late`` is true also use these images.
    """

    images: np.ndarray
    labels: np.ndarray
    strange_images: np.ndarray
    held_out_by_source: dict[str, tuple[np.ndarray, np.ndarray]]
    late_examples: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class PenDigits:
    """Digits written with a pen on a tablet, with their labels and the numbers of their writers."""

    drawings: Sequence[Strokes]
    labels: np.ndarray
    writers: np.ndarray


def read_pen_digits(file: Path) -> PenDigits:
    """Return pen digits from a JSON file, ``[{"label", "writer", "strokes"}, ...]``.

    Raises:
        DatasetError: the file is missing or has a different format.
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
    """Return the examples for a digit model: MNIST, pen digits, and images that are not digits.

    The pen digits of the last three writers are held out. All other pen digits appear once as they
    were written and twice redrawn as if by another hand. Every third pen digit also appears as
    canvas pixels, drawn with a random size and pen. Not all pen digits appear as pixels, because
    preparing pixels takes twenty times as long as preparing strokes.

    Args:
        strange: number of images that are not digits: clothes, figures and noise.
    """
    rng = np.random.default_rng(seed)
    writers = np.unique(pens.writers)
    first_held_out = writers[max(1, len(writers) - HELD_OUT_WRITERS)]
    known: list[int] = np.flatnonzero(pens.writers < first_held_out).tolist()
    others = np.setdiff1d(np.arange(len(pens.labels)), known)
    rendered = [
        *(prepare_drawing_or_photo(pens.drawings[i], "mnist").image for i in known),
        *(
            prepare_drawing_or_photo(_redraw_in_other_hand(pens.drawings[i], rng), "mnist").image
            for _ in range(2)
            for i in known
        ),
        *(
            prepare_drawing_or_photo(_draw_canvas_pixels(pens.drawings[i], rng), "mnist").image
            for i in known[::3]
        ),
    ]
    images, held_out_images = _split_off_calibration_rows(mnist.x_train)
    labels, held_out_labels = _split_off_calibration_rows(mnist.y_train)
    return ModelExamples(
        np.concatenate([images, rendered]),
        np.concatenate([labels, np.tile(pens.labels[known], 3), pens.labels[known[::3]]]),
        _make_non_digits(fashion, strange, rng),
        {
            "mnist": (held_out_images, held_out_labels),
            "pen_digits": (
                np.array(
                    [prepare_drawing_or_photo(pens.drawings[i], "mnist").image for i in others]
                ),
                pens.labels[others],
            ),
        },
    )


def collect_clothes_model_examples(
    fashion: Dataset, mnist: Dataset, strange: int, seed: int, drawings: int
) -> ModelExamples:
    """Return the examples for a model of clothes: Fashion-MNIST, drawings, and other things.

    Args:
        drawings: number of drawings of clothes. Half as many drawings of other things are added.
            Drawings of one outline of each class are held out.
    """
    rng = np.random.default_rng(seed)
    images, held_out_images = _split_off_calibration_rows(fashion.x_train)
    labels, held_out_labels = _split_off_calibration_rows(fashion.y_train)
    digits = mnist.x_train[: strange // 2]
    drawn = [
        prepare_drawing_or_photo(drawing, "mnist").image
        for drawing in draw_non_digit_pictures(strange // 4, rng)
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
            _draw_non_clothes(drawings // 2, rng),
        ),
    )


def _draw_clothes(
    outlines: Sequence[Sequence[str]], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of clothes drawn by random hands, some with unfilled outlines."""
    labels = np.arange(count) % len(outlines)
    of_labels = [outlines[label] for label in labels.tolist()]
    rows = [drawings[int(rng.integers(len(drawings)))] for drawings in of_labels]
    hollow = [{"fill"} if rng.random() < _HOLLOW else set() for _ in labels]
    images = [
        prepare_drawing_or_photo(_draw_in_any_hand(row, rng), "fashion_mnist", off).image
        for row, off in zip(rows, hollow, strict=True)
    ]
    return np.array(images), labels.astype(np.uint8)


def _draw_non_clothes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return drawings that show no clothes: half are other objects, half figures and scribbles."""
    things = list(OTHER.values())
    drawings = [
        _draw_in_any_hand(things[i % len(things)], rng) for i in range(count // 2)
    ] + draw_non_digit_pictures(count // 2, rng)
    return np.array(
        [prepare_drawing_or_photo(drawing, "fashion_mnist").image for drawing in drawings]
    )


def _draw_in_any_hand(row: str, rng: np.random.Generator) -> Strokes:
    """Draw an object of the wardrobe table with a random pen and hand; half are mirrored."""
    drawing = draw_wardrobe_row(row, rng, rng.uniform(5, 20), rng.uniform(0.5, 3.5))
    if rng.random() < 0.5:
        return drawing
    return replace(
        drawing, strokes=tuple([CANVAS_SIZE, 0] + stroke * [-1, 1] for stroke in drawing.strokes)
    )


def checksum_arrays(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of the bytes of several arrays, one array after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _split_off_calibration_rows(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an array's first rows, and its last rows (at most a tenth) for calibration."""
    kept = min(VALIDATION_IMAGES, len(array) // 10)
    return array[:-kept], array[-kept:]


def _make_non_digits(fashion: Dataset, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return images that are not digits: 2/5 clothes, 2/5 drawings and 1/5 noise.

    A quarter of the clothes and of the noise is prepared like photos.
    """
    clothes = list(fashion.x_train[: 2 * count // 5])
    drawn = [
        prepare_drawing_or_photo(drawing, "mnist").image
        for drawing in draw_non_digit_pictures(2 * count // 5, rng)
    ]
    chance = [make_noise_image(rng) for _ in range(count - len(clothes) - len(drawn))]
    uploaded = [_prepare_as_photo(image) for image in clothes[::4] + chance[::4]]
    clothes[::4] = uploaded[: len(clothes[::4])]
    chance[::4] = uploaded[len(clothes[::4]) :]
    return np.array(clothes + chance + drawn)


def _prepare_as_photo(image: np.ndarray) -> np.ndarray:
    """Return an image prepared like a photo, or the unchanged image if the preparation fails."""
    try:
        return prepare_drawing_or_photo(
            Photo(np.repeat(image[..., None], 3, axis=2)), "mnist"
        ).image
    except FvappError:
        return image


def _redraw_in_other_hand(drawing: Strokes, rng: np.random.Generator) -> Strokes:
    """Rotate, slant, stretch and slightly bend a drawing, as if it were drawn by another hand."""
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
    """Return a drawing as pixels of the canvas, drawn with a random size and pen.

    The drawing is white on black or, in half of the cases, black on white.
    """
    pen = rng.uniform(8, 36)
    # The minimum size keeps the pen from closing the loops of small drawings.
    fill = rng.uniform(max(0.25, 6 * pen / CANVAS_SIZE), 0.95)
    photo = render_photo(place_drawing(drawing, fill, pen, rng), fine=2)
    return Photo(255 - photo.pixels) if rng.random() < 0.5 else photo
