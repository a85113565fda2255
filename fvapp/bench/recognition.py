"""``python -m fvapp bench recognition DATA_FOLDER``: how well drawings and pictures are recognised, and doubted.

The folder holds ``pen_digits_check.json`` (digits by writers no model was trained on),
``drawn/<label>/`` (digits drawn on a screen) and ``clothes/phone/<class>/`` (photos). What is missing is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from pathlib import Path

import numpy as np

from fvapp.bench.drawings import LETTERS, as_bitmap, letter, place, read_digits, scribble, through_canvas, upload
from fvapp.bench.measuring import Measure, report
from fvapp.core.answers import Answer
from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.errors import FvappError
from fvapp.core.places import Places
from fvapp.core.preparation import Photo, Strokes, load_image, prepare
from fvapp.core.results.calibration import calibration_error
from fvapp.core.settings import RunSettings
from fvapp.learn.answerers import Answerer, answer_shipped, answer_with
from fvapp.learn.training import train

SEED = 6
SIZES = ((0.3, 10), (0.5, 10), (0.7, 20), (0.9, 36))
"""Share of the canvas that a digit fills, and pen in its pixels."""

OWN_CNN = RunSettings(dataset="mnist", network="cnn", augmentation=True, batch_size=128, epochs=8, dropout=0.3)
"""What a student can train on MNIST alone in a few minutes."""

CLOTHES = {"t-shirt": 0, "trouser": 1, "dress": 3, "coat": 4, "shirt": 6}
"""Labels of Fashion-MNIST for the folders of photos."""

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where the data is, and how much of it to take."""
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--bitmaps", type=int, default=500, metavar="N", help="canvas bitmaps of each size (500)")
    parser.add_argument(
        "--epochs", type=int, default=OWN_CNN.epochs, metavar="N", help="of the bench's own CNN; 0: none"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure, print, and return the exit status.

    Raises:
        FvappError: a data set or a model that ships is damaged.
    """
    places = Places.from_environ(os.environ)
    mnist, fashion = load_dataset("mnist", places), load_dataset("fashion_mnist", places)
    measures = []
    for measure in measure_all(args, mnist, fashion):
        print(f"{measure.name}: {measure.ours[0]:.2f} {measure.unit}", file=sys.stderr, flush=True)
        measures.append(measure)
    report("recognition", measures, args.json)
    return 0


def measure_all(args: argparse.Namespace, mnist: Dataset, fashion: Dataset) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    digits, clothes = answer_shipped("mnist"), answer_shipped("fashion_mnist")
    pen_file = args.data / "pen_digits_check.json"
    if pen_file.exists():
        drawings, labels = read_digits(pen_file)
        images = _prepared(drawings, "mnist")
        yield _share("pen digits of other writers, as strokes", digits(images), labels, 97.5, 99)
        if args.epochs:
            own = OWN_CNN.with_values(epochs=args.epochs)
            weights = train(own, mnist, emit=lambda event: None).weights
            yield _share("the same, CNN on MNIST alone", answer_with(own, weights)(images), labels, 93, 96)
        yield from _on_canvas(digits, pen_file, args.bitmaps)
    if (args.data / "drawn").is_dir():
        files, drawn_labels = _labelled_files(args.data / "drawn", {str(label): label for label in range(10)})
        pictures = _prepared([load_image(file.read_bytes()) for file in files], "mnist")
        yield _share("digits drawn on a screen, as pictures", digits(pictures), drawn_labels, 95, 98)
    for dataset, answerer, must, aim in ((mnist, digits, 99.3, 99.5), (fashion, clothes, 92.5, 94)):
        answers = answerer(dataset.x_test)
        yield _share(f"{dataset.name}, test images", answers, dataset.y_test, must, aim)
        error = 100 * calibration_error(np.array([each.probabilities for each in answers]), dataset.y_test)
        yield Measure(f"{dataset.name}, calibration error on test images", "%", [error], must=1.5, aim=1)
    yield from _accepted("MNIST's test images", digits(mnist.x_test))
    if pen_file.exists():
        yield from _accepted("pen digits of other writers", digits(images))
    yield from _not_a_digit(digits, fashion)
    if (args.data / "clothes" / "phone").is_dir():
        yield from _photos(clothes, args.data / "clothes" / "phone")


def _on_canvas(digits: Answerer, pen_file: Path, count: int) -> Iterator[Measure]:
    """Draw the same digits small and large, with thin and thick pens, and read pixels and strokes of the canvas."""
    rng = np.random.default_rng(SEED)
    drawings, labels = read_digits(pen_file, count)
    shares = []
    for fill, pen in SIZES:
        placed = [place(drawing, fill, pen, rng) for drawing in drawings]
        strokes = digits(_prepared([through_canvas(drawing) for drawing in placed], "mnist"))
        shares.append(100 * float(np.mean([each.label for each in strokes] == labels)))
        answers = digits(_prepared([as_bitmap(drawing) for drawing in placed], "mnist"))
        yield _share(f"canvas bitmaps, digit {fill:.0%} of it, pen {pen}", answers, labels, 96, 98.5)
    spread = max(shares) - min(shares)
    yield Measure(
        "the same as the canvas's strokes, best less worst", "points", [spread], must=1, aim=0, notes={"shares": shares}
    )


def _not_a_digit(digits: Answerer, fashion: Dataset) -> Iterator[Measure]:
    """Show what is no digit, and count what is told to look like nothing in the training set."""
    rng = np.random.default_rng(SEED)
    pictures = [*fashion.x_test[:100], *rng.integers(0, 256, (25, 28, 28), dtype=np.uint8)]
    drawn = [scribble(rng) for _ in range(25)] + [letter(list(LETTERS)[i % len(LETTERS)], rng) for i in range(50)]
    drawn_images = _prepared(drawn, "mnist")
    kinds = {
        "clothes": slice(0, 100),
        "noise": slice(100, 125),
        "scribbles": slice(125, 150),
        "letters": slice(150, 200),
    }
    for name, images in (
        ("what is no digit, told so", np.array(pictures)),
        ("the same, clothes and noise uploaded as pictures", _prepared([upload(each) for each in pictures], "mnist")),
    ):
        unlike = np.array([each.unlike for each in digits(np.concatenate([images, drawn_images]))])
        notes = {kind: round(100 * float(unlike[part].mean()), 1) for kind, part in kinds.items()}
        yield Measure(name, "%", [100 * float(unlike.mean())], must=80, aim=95, more_is_better=True, notes=notes)


def _accepted(name: str, answers: Sequence[Answer]) -> Iterator[Measure]:
    share = 100 * (1 - float(np.mean([each.unlike for each in answers])))
    yield Measure(f"{name}, taken for digits", "%", [share], must=95, more_is_better=True)


def _photos(clothes: Answerer, folder: Path) -> Iterator[Measure]:
    """Classify photos of clothes, the highest share and the three highest."""
    files, labels = _labelled_files(folder, CLOTHES)
    answers = clothes(_prepared([load_image(file.read_bytes()) for file in files], "fashion_mnist"))
    order = np.argsort([each.probabilities for each in answers], axis=1)[:, ::-1]
    for most, aim in ((1, 60), (3, 85)):
        hits = (order[:, :most] == labels[:, None]).any(axis=1)
        yield _counted(f"photos of clothes, top {most}", hits, None, aim)


def _share(name: str, answers: Sequence[Answer], labels: np.ndarray, must: float | None, aim: float) -> Measure:
    return _counted(name, np.array([each.label for each in answers]) == labels, must, aim)


def _counted(name: str, hits: np.ndarray, must: float | None, aim: float) -> Measure:
    """Return the share of hits, with the interval of Wilson (1927) in which it lies with 95%."""
    share, n, z = float(hits.mean()), len(hits), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    notes = {"images": n, "interval_95": [round(100 * (middle - half), 2), round(100 * (middle + half), 2)]}
    return Measure(name, "%", [100 * share], must=must, aim=aim, more_is_better=True, notes=notes)


def _prepared(sources: Sequence[Strokes | Photo], dataset: str) -> np.ndarray:
    """Prepare drawings or pictures; what is taken for blank becomes a black image, which counts as a miss."""
    images = np.zeros((len(sources), 28, 28), np.uint8)
    for image, source in zip(images, sources, strict=True):
        try:
            image[:] = prepare(source, dataset).image
        except FvappError:
            continue
    return images


def _labelled_files(folder: Path, classes: dict[str, int]) -> tuple[list[Path], np.ndarray]:
    """Return the pictures of the folders named as `classes`, and their labels."""
    found = [
        (file, label)
        for name, label in classes.items()
        for file in sorted((folder / name).glob("*"))
        if file.suffix.lower() in SUFFIXES
    ]
    return [file for file, _ in found], np.array([label for _, label in found])
