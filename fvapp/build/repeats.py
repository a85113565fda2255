"""Measure how far trainings scatter that differ in the seed alone: ``python -m fvapp build repeats``.

For each data set and number of images the network of the notebook is trained with ten seeds for 30 epochs, a tenth of
the images set aside for validation. The verdicts take their margins from what is written here.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from fvapp.build.versions import versions
from fvapp.core.datasets import DATASETS, Dataset, load_dataset
from fvapp.core.events import Event
from fvapp.core.lessons import Trial
from fvapp.core.places import Places
from fvapp.core.results.repeats import EPOCHS, FILE, SEEDS, SHORT, SIZES, MeasuredRepeats, Repeat, write_repeats
from fvapp.core.runs import RunRecord
from fvapp.core.settings import PRESETS, RunSettings
from fvapp.learn.training import train

WRITTEN = Path(__file__).parents[1] / "core" / "results" / FILE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where the file goes."""
    parser.add_argument("--out", type=Path, default=WRITTEN, metavar="FILE", help="default: where the app looks")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Train everything, write the file, and return the exit status."""
    places = Places.from_environ(os.environ)
    measured = {}
    for name in DATASETS:
        dataset = load_dataset(name, places)
        for images in SIZES:
            settings = RunSettings(name, images, **{**PRESETS["notebook"], "validation_split": 0.1, "epochs": EPOCHS})
            measured[name, images] = [_repeat(settings.with_values(seed=seed), dataset) for seed in SEEDS]
            print(f"{name}, {images or 'all'} images", flush=True)
    args.out.write_text(
        write_repeats(MeasuredRepeats(date.today().isoformat(), versions(), measured)), encoding="utf-8"
    )
    return 0


def _repeat(settings: RunSettings, dataset: Dataset) -> Repeat:
    """Train once; the test set is looked at after `SHORT` epochs too."""
    events: list[Event] = []
    short = train(settings, dataset, epochs=SHORT, emit=events.append)
    last = train(settings, dataset, checkpoint=short.checkpoint, emit=events.append)
    trial = Trial.from_run(replace(RunRecord("", 1, settings), state="done", result=last.result), events)
    columns = zip(*((one.loss, one.accuracy, one.val_loss, one.val_accuracy) for one in trial.epochs), strict=True)
    return Repeat(settings.seed, *columns, test_accuracy=short.result.test_accuracy)
