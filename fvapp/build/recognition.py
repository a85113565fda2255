"""``python -m fvapp build recognition DATA_FOLDER``: how well models recognise or doubt pictures.

The folder holds ``pen_digits_check.json`` (digits by writers no model was trained on),
``drawn/<label>/`` (digits drawn on a screen) and ``clothes/phone/<class>/`` (photos).
Measurements whose files are missing are left out.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from fvapp.bench.drawings import (
    draw_random_scribble,
    place_drawing,
    read_back_from_canvas,
    render_photo,
)
from fvapp.bench.measuring import Measurement, make_benchmark
from fvapp.build.examples import PenDigits, read_pen_digits
from fvapp.build.strangers import LETTERS, parse_strokes
from fvapp.build.wardrobe import HANDS, THINGS, draw_wardrobe_row
from fvapp.core.answers import Answer
from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.errors import FvappError
from fvapp.core.inspection import Network, answer_images, load_shipped_model, network_of_run
from fvapp.core.places import AppFolders
from fvapp.core.preparation import BRUSHES, Photo, Strokes, load_image, prepare_drawing_or_photo
from fvapp.core.results.calibration import calibration_error
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train

Answerer = Callable[[np.ndarray], Sequence[Answer]]
"""A function that takes images, uint8 [n, 28, 28], and returns an answer for each image."""

SEED = 6
WOBBLES = 12  # number of drawings of each outline, each with different random shaking of the hand
SIZES = ((0.3, 10), (0.5, 10), (0.7, 20), (0.9, 36))
"""Sizes of the drawn digits: share of the canvas that a digit fills, and pen width in pixels."""

OWN_CNN = RunSettings(
    dataset="mnist", network="cnn", augmentation=True, batch_size=128, epochs=8, dropout=0.3
)
"""Settings of a network that a student can train in a few minutes, on MNIST alone."""

CLOTHES = {"t-shirt": 0, "trouser": 1, "dress": 3, "coat": 4, "shirt": 6}
"""Name of a folder of photos -> Fashion-MNIST label of the clothes in the photos."""

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measurement]:
    """Yield the results of all measurements.

    Raises:
        FvappError: a data set or a model that ships is damaged.
    """
    mnist, fashion = (
        load_dataset(name, AppFolders(Path(home))) for name in ("mnist", "fashion_mnist")
    )
    digits = _make_answer_function("mnist")
    clothes = _make_answer_function("fashion_mnist")
    pen_file = args.data / "pen_digits_check.json"
    if pen_file.exists():
        pens = read_pen_digits(pen_file)
        images = _prepare_images(pens.drawings, "mnist")
        answers = digits(images)
        yield _measure_correct_answers(
            "pen digits of other writers, as strokes", answers, pens.labels, 97.5, 99
        )
        yield _measure_accepted_share("pen digits of other writers", answers)
        if args.epochs:
            own = OWN_CNN.with_values(epochs=args.epochs)
            weights = train(own, mnist, emit=lambda event: None).weights
            answers = _make_answer_function("mnist", network_of_run(own, weights))(images)
            yield _measure_correct_answers(
                "pen digits, CNN on MNIST alone", answers, pens.labels, 93, 96
            )
        yield from _measure_canvas_digits(digits, pens, args.bitmaps)
    if (args.data / "drawn").is_dir():
        pictures, drawn_labels = _read_labelled_pictures(
            args.data / "drawn", {str(label): label for label in range(10)}
        )
        answers = digits(_prepare_images(pictures, "mnist"))
        yield _measure_correct_answers(
            "digits drawn on a screen, as pictures", answers, drawn_labels, 95, 98
        )
    for dataset, answerer, must, aim in ((mnist, digits, 99.3, 99.5), (fashion, clothes, 92.5, 94)):
        answers = answerer(dataset.x_test)
        yield _measure_correct_answers(
            f"{dataset.name}, test images", answers, dataset.y_test, must, aim
        )
        error = 100 * calibration_error(
            np.array([answer.probabilities for answer in answers]), dataset.y_test
        )
        yield Measurement(
            f"{dataset.name}, calibration error on test images",
            "%",
            [error],
            required_level=1.5,
            desired_level=1,
        )
        if dataset is mnist:
            yield _measure_accepted_share("MNIST's test images", answers)
    yield _measure_non_digits(digits, fashion)
    yield from _measure_drawn_clothes(clothes)
    if (args.data / "clothes" / "phone").is_dir():
        yield from _measure_photos(clothes, args.data / "clothes" / "phone")


def _add_recognition_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument(
        "--bitmaps", type=int, default=500, metavar="N", help="canvas bitmaps of each size (500)"
    )
    parser.add_argument(
        "--epochs",
        type=int,
        default=OWN_CNN.epochs,
        metavar="N",
        help="of a CNN trained here; 0: none",
    )


add_arguments, run = make_benchmark("recognition", measure_all, _add_recognition_arguments)


def _make_answer_function(dataset: str, network: Network | None = None) -> Answerer:
    """Return a function that classifies images with `network`, by default the shipped model."""
    return partial(answer_images, network or load_shipped_model(dataset).network, dataset=dataset)


def _measure_canvas_digits(digits: Answerer, pens: PenDigits, count: int) -> Iterator[Measurement]:
    """Measure accuracy on digits of various sizes and pen widths, as pixels and as strokes."""
    rng = np.random.default_rng(SEED)
    # The digits to measure are spread evenly over the file.
    chosen = np.linspace(0, len(pens.labels) - 1, min(count, len(pens.labels))).astype(int)
    drawings = [pens.drawings[i] for i in chosen]
    labels = pens.labels[chosen]
    shares = []
    for fill, pen in SIZES:
        placed = [place_drawing(drawing, fill, pen, rng) for drawing in drawings]
        strokes = digits(
            _prepare_images([read_back_from_canvas(drawing) for drawing in placed], "mnist")
        )
        shares.append(
            100 * float(np.mean([answer.predicted_label for answer in strokes] == labels))
        )
        answers = digits(_prepare_images([render_photo(drawing) for drawing in placed], "mnist"))
        yield _measure_correct_answers(
            f"canvas bitmaps, digit {fill:.0%} of it, pen {pen}", answers, labels, 96, 98.5
        )
    spread = max(shares) - min(shares)
    yield Measurement(
        "the same as the canvas's strokes, best less worst",
        "points",
        [spread],
        required_level=1,
        desired_level=0,
    )


def _measure_non_digits(digits: Answerer, fashion: Dataset) -> Measurement:
    """Measure the share of non-digits that the model reports as unlike its training set."""
    rng = np.random.default_rng(SEED)
    pictures = [*fashion.x_test[:100], *rng.integers(0, 256, (25, 28, 28), dtype=np.uint8)]
    drawn = [draw_random_scribble(rng) for _ in range(25)] + [
        _draw_letter(list(LETTERS)[i % len(LETTERS)], rng) for i in range(50)
    ]
    answers = digits(np.concatenate([pictures, _prepare_images(drawn, "mnist")]))
    share = 100 * float(np.mean([answer.is_unlike_training for answer in answers]))
    return Measurement(
        "what is no digit, told so",
        "%",
        [share],
        required_level=80,
        desired_level=95,
        is_more_better=True,
    )


def _measure_accepted_share(name: str, answers: Sequence[Answer]) -> Measurement:
    share = 100 * (1 - float(np.mean([answer.is_unlike_training for answer in answers])))
    return Measurement(
        f"{name}, taken for digits", "%", [share], required_level=95, is_more_better=True
    )


def _measure_drawn_clothes(clothes: Answerer) -> Iterator[Measurement]:
    """Measure answers to clothes drawn by hands not used in training, and to other drawings."""
    rng = np.random.default_rng(SEED)
    pen = BRUSHES["areas"].pen_widths[1]
    for name, outlines in HANDS.items():
        labels = np.repeat(np.arange(len(outlines)), WOBBLES)
        drawn = [
            draw_wardrobe_row(row, rng, pen) for row in outlines.values() for _ in range(WOBBLES)
        ]
        answers = clothes(_prepare_images(drawn, "fashion_mnist"))
        yield _measure_correct_answers(f"clothes drawn by the {name} hand", answers, labels, 85, 95)
        doubted = [
            answer.is_unlike_training
            for answer, label in zip(answers, labels, strict=True)
            if answer.predicted_label == label
        ]
        yield Measurement(
            "of those read right, called unlike",
            "%",
            [100 * float(np.mean(doubted))],
            required_level=5,
            desired_level=0,
        )
    things = [draw_wardrobe_row(row, rng, pen) for row in THINGS.values() for _ in range(3)]
    scribbles = [
        replace(
            draw_random_scribble(rng), pen_width=pen, ink_lightness=BRUSHES["areas"].ink_lightness
        )
        for _ in range(60)
    ]
    for name, drawings, must in (("things", things, 90), ("scribbles", scribbles, 85)):
        told = [
            answer.is_unlike_training
            for answer in clothes(_prepare_images(drawings, "fashion_mnist"))
        ]
        yield Measurement(
            f"{name} where clothes were asked for, told so",
            "%",
            [100 * float(np.mean(told))],
            required_level=must,
            is_more_better=True,
        )


def _measure_photos(clothes: Answerer, folder: Path) -> Iterator[Measurement]:
    """Measure how often the top answer, or one of the top three, is correct for clothes photos."""
    pictures, labels = _read_labelled_pictures(folder, CLOTHES)
    answers = clothes(_prepare_images(pictures, "fashion_mnist"))
    order = np.argsort([answer.probabilities for answer in answers], axis=1)[:, ::-1]
    for most, aim in ((1, 60), (3, 85)):
        hits = (order[:, :most] == labels[:, None]).any(axis=1)
        yield _measure_hit_share(f"photos of clothes, top {most}", hits, None, aim)


def _measure_correct_answers(
    name: str, answers: Sequence[Answer], labels: np.ndarray, must: float | None, aim: float
) -> Measurement:
    return _measure_hit_share(
        name, np.array([answer.predicted_label for answer in answers]) == labels, must, aim
    )


def _measure_hit_share(name: str, hits: np.ndarray, must: float | None, aim: float) -> Measurement:
    share = 100 * float(hits.mean())
    return Measurement(
        f"{name} (of {len(hits)})",
        "%",
        [share],
        required_level=must,
        desired_level=aim,
        is_more_better=True,
    )


def _draw_letter(name: str, rng: np.random.Generator) -> Strokes:
    """Draw one of the letters in ``LETTERS`` with an unsteady hand."""
    stretch = np.array([rng.uniform(0.7, 1.0), 1.0])
    strokes = [
        (points + rng.normal(0, 0.12, points.shape)) * stretch
        for points in parse_strokes(LETTERS[name])
    ]
    return place_drawing(Strokes(tuple(strokes), 0.3, 5), rng.uniform(0.4, 0.9), 20, rng)


def _prepare_images(sources: Sequence[Strokes | Photo], dataset: str) -> np.ndarray:
    """Return the prepared images of drawings or pictures; unusable sources give black images."""
    images = np.zeros((len(sources), 28, 28), np.uint8)
    for image, source in zip(images, sources, strict=True):
        try:
            image[:] = prepare_drawing_or_photo(source, dataset).image
        except FvappError:
            continue
    return images


def _read_labelled_pictures(
    folder: Path, classes: dict[str, int]
) -> tuple[list[Photo], np.ndarray]:
    """Return the pictures in the subfolders named in `classes`, and the pictures' labels."""
    found = [
        (load_image(file.read_bytes()), label)
        for name, label in classes.items()
        for file in sorted((folder / name).glob("*"))
        if file.suffix.lower() in SUFFIXES
    ]
    return [picture for picture, _ in found], np.array([label for _, label in found])
