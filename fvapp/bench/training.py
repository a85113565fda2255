"""``python -m fvapp bench training``: trainings through the engine beside the notebook's ``model.fit``.

Fashion-MNIST, 60,000 images, batch 32, Adam, no validation, the page's events on.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from functools import partial
from itertools import count
from statistics import mean

from fvapp.bench.engine_runs import Trainings, open_trainings, worker_memory
from fvapp.bench.measuring import Measure, alternate, benchmark
from fvapp.bench.notebook import Notebook
from fvapp.core.arithmetic import arithmetic_of_convolutions
from fvapp.core.layers import describe_layers
from fvapp.core.settings import RunSettings, preset_settings

NOTEBOOK = preset_settings("notebook", "fashion_mnist")
CNN = preset_settings("cnn", "fashion_mnist").with_values(validation_split=0.0)
IMAGES = 60_000
EPOCH_ROUNDS = 7  # a shared machine may be half as fast for a minute
SEEDS = range(1, 6)

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
            yield _epochs(trainings, home, hidden, must, aim)
        yield _click_to_test(trainings, home)
        yield _second_run(trainings)
        yield _same_accuracy(trainings, home)
        yield _cnn(trainings, home)
    yield _memory(home)


add_arguments, run = benchmark("training", measure_all)


def flop_per_image(settings: RunSettings) -> int:
    """Count 2 x inputs x outputs of each layer for forward and weight gradient, and the input gradient of all but one.

    The first layer with weights needs no gradient of its input.
    """
    layers = [layer.multiply_adds for layer in describe_layers(settings) if layer.parameters]
    return 2 * (3 * sum(layers) - layers[0])


def _epochs(trainings: Trainings, home: str, hidden: tuple[int, ...], must: float, aim: float) -> Measure:
    settings = NOTEBOOK.with_values(hidden=hidden, epochs=2)
    name = f"one epoch, Dense {' + '.join(map(str, hidden))}"
    with Notebook(hidden, home) as notebook:
        # The second epoch: the first of a warm-up compiles, on both sides.
        sides = {"ours": lambda: trainings.run(settings).epoch_seconds[1], "other": notebook.epoch}
        return Measure(name, "s", must=must, aim=aim, **alternate(sides, EPOCH_ROUNDS))


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


def _memory(home: str) -> Measure:
    with open_trainings(home, workers=1) as trainings:
        for settings in TEN_NETWORKS:
            trainings.run(settings)
        return Measure("VmHWM of a worker after ten networks", "MB", [worker_memory()], (), 1_150, 900)
