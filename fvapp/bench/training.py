"""``python -m fvapp bench training``: trainings through the engine beside the notebook's ``model.fit``.

Fashion-MNIST, 60,000 images, batch 32, Adam, no validation, the page's events on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import count
from statistics import mean

import numpy as np

from fvapp.bench.engine_runs import Trainings, open_trainings, worker_memory
from fvapp.bench.measuring import Measure, alternate, benchmark, seconds_of
from fvapp.bench.notebook import Notebook
from fvapp.core.arithmetic import arithmetic_of_convolutions
from fvapp.core.layers import describe_layers
from fvapp.core.settings import RunSettings, preset_settings

NOTEBOOK = preset_settings("notebook", "fashion_mnist")
CNN = preset_settings("cnn", "fashion_mnist").with_values(validation_split=0.0)
MATRIX = 2_048
IMAGES = 60_000
EPOCH_ROUNDS = 7  # a shared machine may be half as fast for a minute
SEEDS = range(1, 6)
_LONGEST_CHILD = 300  # seconds

TEN_NETWORKS = tuple(
    RunSettings(dataset=dataset, epochs=1, **network)
    for dataset in ("fashion_mnist", "mnist")
    for network in (
        {"hidden": (64,)},
        {"hidden": (512,)},
        {"hidden": (512, 256), "dropout": 0.2},
        {"hidden": (128, 64), "activation": "tanh", "optimizer": "rmsprop"},
        {"network": "cnn", "batch_size": 128, "train_images": 1_000},
    )
)


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    with open_trainings(home) as trainings:
        for hidden, must, aim in (((128,), 8, 12), ((512,), 3.5, 5), ((512, 256), 3, 5)):
            measure = _epochs(trainings, home, hidden, must, aim)
            yield measure
            if hidden == (128,):
                yield _matrix_share(measure)
        yield _click_to_test(trainings, home)
        yield _second_run(trainings)
        yield _own_examples(trainings)
        yield _same_accuracy(trainings, home)
        yield _cnn(trainings, home)
    yield _twelve_images()
    yield _memory(home)


add_arguments, run = benchmark("training", measure_all)


def flop_per_image(settings: RunSettings) -> int:
    """Count 2 x inputs x outputs of each layer for forward and weight gradient, and the input gradient of all but one.

    The first layer with weights needs no gradient of its input.
    """
    layers = [layer.multiply_adds for layer in describe_layers(settings) if layer.parameters]
    return 2 * (3 * sum(layers) - layers[0])


def matrix_speed() -> float:
    """Return the machine's speed in GFLOP/s: a product of two 2,048 x 2,048 float32 matrices, the best of five."""
    a = np.random.default_rng(0).random((MATRIX, MATRIX), dtype="float32")
    return 2 * MATRIX**3 / min(seconds_of(lambda: a @ a) for _ in range(5)) / 1e9


def _epochs(trainings: Trainings, home: str, hidden: tuple[int, ...], must: float, aim: float) -> Measure:
    settings = NOTEBOOK.with_values(hidden=hidden, epochs=2)
    name = f"one epoch, Dense {' + '.join(map(str, hidden))}"
    with Notebook(hidden, home) as notebook:
        # The second epoch: the first of a warm-up compiles, on both sides.
        sides = {"ours": lambda: trainings.run(settings).epoch_seconds[1], "other": notebook.epoch}
        return Measure(name, "s", must=must, aim=aim, **alternate(sides, EPOCH_ROUNDS))


def _matrix_share(epoch: Measure) -> Measure:
    speed = matrix_speed()
    work = flop_per_image(NOTEBOOK) * IMAGES / 1e9
    shares = [100 * work / seconds / speed for seconds in epoch.ours]
    notes = {"matrix_gflops": round(speed, 1), "gflop_an_epoch": round(work, 1)}
    return Measure("Dense 128, share of the matrix speed", "%", shares, (), 30, 45, more_is_better=True, notes=notes)


def _click_to_test(trainings: Trainings, home: str) -> Measure:
    name = "5 epochs of Dense 128, click to test accuracy"
    with Notebook((128,), home) as notebook:
        sides = {"ours": lambda: trainings.run(NOTEBOOK).total, "other": partial(notebook.ask, "five_epochs_and_test")}
        return Measure(name, "s", must=5, aim=8, **alternate(sides, warm_ups=0))


def _second_run(trainings: Trainings) -> Measure:
    seeds = count(2)

    def first_block() -> float:
        seed = next(seeds)
        changed = NOTEBOOK.with_values(
            hidden=(192,), seed=seed, learning_rate=0.001 * seed, epochs=1 + seed % 3, dropout=0.1 + seed / 50
        )
        return trainings.run(changed).first_block

    first = first_block()
    numbers = [first_block() for _ in range(5)]
    notes = {"first_run": round(first, 3)}
    return Measure("second run, start to first block", "s", numbers, (), 0.4, 0.15, notes=notes)


def _own_examples(trainings: Trainings) -> Measure:
    """Compare epochs with 500 own examples added, a fourth of which is held back, and without."""
    images = np.random.default_rng(1).integers(0, 256, (500, 28, 28), np.uint8)
    for number, image in enumerate(images):
        trainings.engine.examples.keep(trainings.token, NOTEBOOK.dataset, image, number % 10)
    ways = {"ours": NOTEBOOK.with_values(epochs=3, examples="added"), "other": NOTEBOOK.with_values(epochs=3)}
    sides = {name: lambda way=way: min(trainings.run(way).epoch_seconds) for name, way in ways.items()}
    name = "one epoch, Dense 128, with 500 own examples added, beside without"
    return Measure(name, "s", must=1 / 1.05, aim=1 / 1.02, **alternate(sides, rounds=15))


def _same_accuracy(trainings: Trainings, home: str) -> Measure:
    """Compare the mean test accuracies of some seeds: the seeds give other initial weights on both sides."""
    with Notebook((128,), home) as notebook:
        ours = [100 * trainings.run(NOTEBOOK.with_values(seed=seed)).test_accuracy for seed in SEEDS]
        other = [100 * notebook.ask(f"accuracy {seed}") for seed in SEEDS]
    notes = {"ours_percent": ours, "notebook_percent": other}
    name, distance = "mean test accuracy of 5 seeds, distance from the notebook's", abs(mean(ours) - mean(other))
    return Measure(name, "points", [distance], must=0.7, notes=notes)


def _cnn(trainings: Trainings, home: str) -> Measure:
    settings = CNN.with_values(epochs=1)
    with Notebook("cnn", home, CNN.batch_size) as notebook:
        sides = {"ours": lambda: trainings.run(settings).epoch_seconds[0], "other": notebook.epoch}
        must, aim = (1.5, 2) if arithmetic_of_convolutions(os.environ) == "bfloat16" else (1, 1.5)
        return Measure("one epoch, small CNN, batch 128", "s", must=must, aim=aim, **alternate(sides))


def _twelve_images() -> Measure:
    """Compare epochs with guesses for the twelve test images and without: of a test set that does not reach so far."""
    command = [sys.executable, "-c", _WITH_AND_WITHOUT, json.dumps(NOTEBOOK.with_values(epochs=3).to_json())]
    environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as a worker has it
    found = json.loads(subprocess.check_output(command, env=environ, timeout=_LONGEST_CHILD))
    name = "one epoch, Dense 128, with the twelve test images, beside without"
    return Measure(name, "s", must=1 / 1.03, aim=1 / 1.01, **found)


_WITH_AND_WITHOUT = """
import json, os, sys
from dataclasses import replace
from fvapp.bench.measuring import alternate
from fvapp.core.datasets import load_dataset
from fvapp.core.events import EpochEnded
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train

settings = RunSettings.from_json(json.loads(sys.argv[1]))
whole = load_dataset(settings.dataset, Places.from_environ(os.environ))
few = replace(whole, x_test=whole.x_test[:100], y_test=whole.y_test[:100])

def epoch(dataset):
    events = []
    train(settings, dataset, emit=events.append)
    return min(event.seconds for event in events if isinstance(event, EpochEnded))

print(json.dumps(alternate({"ours": lambda: epoch(whole), "other": lambda: epoch(few)}, rounds=15)))
"""


def _memory(home: str) -> Measure:
    with open_trainings(home, workers=1) as trainings:
        for settings in TEN_NETWORKS:
            trainings.run(settings)
        return Measure("VmHWM of a worker after ten networks", "MB", [worker_memory()], (), 1_150, 900)
