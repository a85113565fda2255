"""Measure how much results vary between seeds: ``python -m fvapp build repeats``.

Each network is trained with ten seeds for 30 epochs, with a tenth of the images set aside for
validation. The verdicts of missions take their margins of error from the file that this command
writes.
"""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from fvapp.bench.measuring import main_versions
from fvapp.core.datasets import SHIPPED, Dataset, load_dataset
from fvapp.core.events import EpochEnded, Event
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.places import AppFolders
from fvapp.core.results import repeats as shipped
from fvapp.core.results.repeats import MeasuredRun
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train

WRITTEN = Path(__file__).parents[1] / "core" / "results" / shipped.FILE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the output file, and for completing an existing file."""
    parser.add_argument(
        "--out", type=Path, default=WRITTEN, metavar="FILE", help="default: where the app looks"
    )
    parser.add_argument(
        "--missing", action="store_true", help="keep what FILE holds and measure the rest"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Train the missing runs, write the file after every ten runs, and return the exit status."""
    places = AppFolders.from_environ()
    measured = (
        dict(shipped.read_measured_runs(args.out.read_text(encoding="utf-8")))
        if args.missing
        else {}
    )
    for settings in settings_to_measure():
        if settings not in measured:
            dataset = load_dataset(settings.dataset, places)
            measured[settings] = [
                _train_measured_run(settings.with_values(seed=seed), dataset)
                for seed in shipped.SEEDS
            ]
            written = shipped.write_measured_runs(
                measured, date.today().isoformat(), main_versions()
            )
            args.out.write_text(written, encoding="utf-8")
            print(settings.to_query(), flush=True)
    return 0


def settings_to_measure() -> list[RunSettings]:
    """Return the settings of the runs to measure, the quickest first."""
    plain = [
        RunSettings(name, images, epochs=shipped.EPOCHS)
        for images in shipped.SIZES
        for name in SHIPPED
    ]
    changed = [
        settings.with_values(**changes)
        for settings in plain
        for changes in shipped.CHANGES
        if settings.train_images in (1_000, 5_000)
        or (not settings.train_images and "network" not in changes)
    ]
    return sorted(plain + changed, key=estimate_training_seconds)


def _train_measured_run(settings: RunSettings, dataset: Dataset) -> MeasuredRun:
    """Train a run for all epochs; its test accuracy is measured after the first `SHORT` epochs."""
    events: list[Event] = []
    short = train(settings, dataset, epochs=shipped.SHORT, emit=events.append)
    train(settings, dataset, checkpoint=short.checkpoint, emit=events.append)
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    columns = {
        name: tuple(getattr(epoch, name) for epoch in epochs)
        for name in ("loss", "accuracy", "val_loss", "val_accuracy")
    }
    return MeasuredRun(settings.seed, **columns, test_accuracy=short.measured_result.test_accuracy)
