"""Train the models that ship: ``python -m fvapp build models DATA_FOLDER``."""

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.special import softmax

from fvapp.build.examples import (
    PEN_DIGITS,
    ModelExamples,
    PenDigits,
    checksum_arrays,
    collect_clothes_model_examples,
    make_digit_examples,
    read_pen_digits,
)
from fvapp.core.datasets import ARRAYS, Dataset, load_dataset
from fvapp.core.inspection import class_evidence, cross_entropy
from fvapp.core.places import AppFolders
from fvapp.core.results.calibration import calibration_error
from fvapp.engine.workers.versions import installed_versions

SHIPPED = Path(__file__).parents[1] / "models"
STRANGE = {"mnist": 15_000, "fashion_mnist": 6_000}
"""Data set -> number of images that belong to no class; from them, its network learns to doubt.

These are a sixth of all training images for MNIST, and a tenth for Fashion-MNIST.
"""

DRAWINGS = 8_000
"""Number of drawings of clothes that are added to the photos only in the last stage of training."""

ACCEPTED = 0.98
"""Share of held-out images from each of `DECIDING_SOURCES` that must count as familiar."""

DECIDING_SOURCES = {"mnist": ("mnist", "pen_digits"), "fashion_mnist": ("fashion_mnist",)}
"""Data set -> sources whose held-out images determine its network's threshold of doubt.

An image below the threshold counts as unlike the training images. Drawings of clothes are not among
the sources, because an unsteady hand makes some of them unrecognisable.
"""

DECIDING = ("keras", "numpy", "pillow", "scipy", "tensorflow")
"""Packages whose versions affect the trained model; the model's JSON file records the versions."""

KEEP_FREE = 5  # Unix niceness of training, which uses all cores for half an hour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the data folder and for training a small trial model."""
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER", help=f"folder with {PEN_DIGITS}")
    parser.add_argument(
        "--dataset", choices=tuple(STRANGE), action="append", help="only this one (default: both)"
    )
    parser.add_argument(
        "--images", type=int, metavar="N", help="train on so many images of each source"
    )
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="of each stage, instead of the recipe's"
    )
    parser.add_argument(
        "--out", type=Path, default=SHIPPED, metavar="FOLDER", help="default: where the app looks"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write ``<data set>.keras`` and ``.json`` for each data set, and return the exit status.

    Raises:
        DatasetError: a file is missing in the data folder.
    """
    places = AppFolders.from_environ()
    datasets = {
        name: _take_first_images(load_dataset(name, places), args.images) for name in STRANGE
    }
    pens = _first_pen_digits(read_pen_digits(args.data / PEN_DIGITS), args.images)
    args.out.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "nice"):  # Windows has no niceness
        os.nice(KEEP_FREE)
    for name in args.dataset or STRANGE:
        build_model(name, datasets, pens, args, t)
    return 0


def build_model(
    name: str,
    datasets: Mapping[str, Dataset],
    pens: PenDigits,
    args: argparse.Namespace,
    t: Callable[..., str],
) -> None:
    """Train, calibrate, measure and write the model of one data set."""
    # Imported here because importing Keras takes seconds, and wrong arguments should fail at once.
    from fvapp.learn.recipe import RECIPES, calibrate_model, predict_logits, train_network

    recipe = RECIPES[name]
    if args.epochs is not None:
        recipe = replace(
            recipe, stages=tuple(replace(stage, epochs=args.epochs) for stage in recipe.stages)
        )
    examples = make_model_examples(name, datasets, pens, args.images, recipe.seed)
    kept_images, kept_labels = (
        np.concatenate(arrays) for arrays in zip(*examples.held_out_by_source.values(), strict=True)
    )
    begin = perf_counter()

    def print_epoch(epoch: int, numbers: dict[str, float]) -> None:
        shown = "  ".join(f"{key} {number:.4f}" for key, number in numbers.items())
        print(
            t(
                "commandline.epoch",
                epoch=epoch,
                numbers=shown,
                seconds=f"{perf_counter() - begin:.0f}",
            ),
            flush=True,
        )

    learned = (examples.images, examples.labels, examples.strange_images)
    model = train_network(
        recipe, *learned, (kept_images, kept_labels), print_epoch, late=examples.late_examples
    )
    temperature = calibrate_model(model, kept_images, kept_labels)
    # The limit is the lowest of the sources' quantiles, so that at least the share `ACCEPTED` of
    # each source's held-out images is accepted.
    unlike_below = min(
        float(
            np.quantile(
                class_evidence(predict_logits(model, examples.held_out_by_source[source][0])),
                1 - ACCEPTED,
            )
        )
        for source in DECIDING_SOURCES[name]
    )
    dataset = datasets[name]
    logits = predict_logits(model, dataset.x_test)
    measured = {
        "test_accuracy": float((logits.argmax(axis=1) == dataset.y_test).mean()),
        "test_loss": float(cross_entropy(logits, dataset.y_test).mean()),
        "test_calibration_error": calibration_error(softmax(logits, axis=1), dataset.y_test),
    }
    about = {
        "dataset": name,
        "made_by": "python -m fvapp build models",
        "date": datetime.now(UTC).date().isoformat(),
        "recipe": asdict(recipe),
        "parameters": model.count_params(),
        "images": {
            "train": len(examples.images),
            "strange": len(examples.strange_images),
            "late": sum(len(images) for images in (examples.late_examples or ())[::2]),
            "held_out": {
                source: len(images) for source, (images, _) in examples.held_out_by_source.items()
            },
        },
        "sha256": data_checksums(datasets, args.data),
        "temperature": temperature,
        "doubt": {"accepted_of_held_out": ACCEPTED, "unlike_below": unlike_below},
        **measured,
        "versions": installed_versions(*DECIDING),
    }
    model.save(args.out / f"{name}.keras")
    text = json.dumps(about, indent=1, sort_keys=True)
    (args.out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    accuracy = f"{100 * measured['test_accuracy']:.2f}%"
    loss = f"{measured['test_loss']:.4f}"
    print(f"{name}: {t('commandline.result', accuracy=accuracy, loss=loss)}", flush=True)


def make_model_examples(
    name: str, datasets: Mapping[str, Dataset], pens: PenDigits, images: int | None, seed: int
) -> ModelExamples:
    """Return the examples for a data set's model; at most `images` of them belong to no class."""
    strange = STRANGE[name] if images is None else min(STRANGE[name], images)
    mnist = datasets["mnist"]
    fashion = datasets["fashion_mnist"]
    if name == "mnist":
        return make_digit_examples(mnist, fashion, pens, strange, seed)
    return collect_clothes_model_examples(
        fashion, mnist, strange, seed, DRAWINGS if images is None else min(DRAWINGS, images)
    )


def data_checksums(datasets: Mapping[str, Dataset], folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each data set's arrays and of the file with pen digits."""
    sums = {
        name: checksum_arrays(data.x_train, data.y_train, data.x_test, data.y_test)
        for name, data in datasets.items()
    }
    return sums | {PEN_DIGITS: hashlib.sha256((folder / PEN_DIGITS).read_bytes()).hexdigest()}


def _take_first_images(dataset: Dataset, images: int | None) -> Dataset:
    return replace(dataset, **{array: getattr(dataset, array)[:images] for array in ARRAYS})


def _first_pen_digits(pens: PenDigits, images: int | None) -> PenDigits:
    """Return about `images` pen digits, spread evenly over the file and so over its writers."""
    step = 1 if images is None else max(1, len(pens.drawings) // images)
    return PenDigits(pens.drawings[::step], pens.labels[::step], pens.writers[::step])
