"""``python -m fvapp bench scaling``: how the cost of a training grows with images, width and runs at once.

Through the engine, Fashion-MNIST, batch 32, Adam, no validation. Reported, with nothing to reach.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from statistics import median

from fvapp.bench.engine_runs import Trainings, open_trainings
from fvapp.bench.measuring import Measure, benchmark, seconds_of
from fvapp.bench.training import IMAGES, NOTEBOOK, flop_per_image, matrix_speed

TRAIN_IMAGES = (1_000, 5_000, 10_000, None)
WIDTHS = (64, 128, 256, 512, 1_024, 2_048)
RUNS_AT_ONCE = (1, 2, 4, 8)
ROUNDS = 3
EPOCHS_TOGETHER = 5


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    with open_trainings(home) as trainings:
        yield from _images(trainings)
        yield from _widths(trainings)
        yield from _together(trainings)


add_arguments, run = benchmark("scaling", measure_all)


def _images(trainings: Trainings) -> Iterator[Measure]:
    for images in TRAIN_IMAGES:
        settings = NOTEBOOK.with_values(train_images=images, epochs=1 + ROUNDS)
        seconds = trainings.run(settings).epoch_seconds[1:]
        yield Measure(f"one epoch, Dense 128, {images or IMAGES:,} images", "s", seconds)


def _widths(trainings: Trainings) -> Iterator[Measure]:
    for width in WIDTHS:
        # Wide networks are slow enough to be measured on fewer images.
        images = IMAGES if width <= 256 else 10_000
        settings = NOTEBOOK.with_values(
            hidden=(width,), train_images=None if images == IMAGES else images, epochs=1 + ROUNDS
        )
        seconds = trainings.run(settings).epoch_seconds[1:]
        speed = matrix_speed()
        share = 100 * flop_per_image(settings) * images / 1e9 / median(seconds) / speed
        notes = {"images": images, "matrix_gflops": round(speed, 1), "share_of_matrix_speed": round(share, 1)}
        yield Measure(f"images a second, width {width}", "/s", [images / each for each in seconds], notes=notes)
        yield Measure(f"share of the matrix speed, width {width}", "%", [share])


def _together(trainings: Trainings) -> Iterator[Measure]:
    for runs in RUNS_AT_ONCE:
        rates = []
        for round_ in range(ROUNDS):
            settings = [
                NOTEBOOK.with_values(seed=1 + 10 * round_ + each, epochs=EPOCHS_TOGETHER) for each in range(runs)
            ]
            rates.append(runs * EPOCHS_TOGETHER / seconds_of(partial(trainings.run_together, settings)))
        yield Measure(f"epochs a second, {runs} runs at once", "/s", rates, more_is_better=True)
