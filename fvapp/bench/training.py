"""``python -m fvapp bench training``: the time for training in the engine and in the notebook.

Both sides train on the 60,000 images of Fashion-MNIST with Adam and without validation: the
notebook's networks in batches of 32, the small CNN in batches of 128. The engine also emits the
page's events. The time per epoch is also compared with Keras' ``fit`` tuned for speed, and with the
theoretical minimum.
"""

import argparse
import os
import timeit
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from statistics import mean

import numpy as np

from fvapp.bench.engine_runs import TimedTrainings, open_timed_trainings, peak_worker_memory_mb
from fvapp.bench.measuring import Measurement, Side, make_benchmark, measure_sides_in_turn
from fvapp.bench.notebook import Ask, run_notebook
from fvapp.core.arithmetic import choose_convolution_arithmetic
from fvapp.core.layer import Layer
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.core.stack import describe_layers

NOTEBOOK = preset_settings("notebook", "fashion_mnist")
CNN = preset_settings("cnn", "fashion_mnist").with_values(validation_split=0.0)
IMAGES = 60_000
# Number of measured epochs, which is high because a shared machine may be slow for a minute.
EPOCH_ROUNDS = 7
SEEDS = range(1, 6)
_TIMES = 200  # number of calls of an operation that are timed together
# Bytes that a step of Adam moves for each weight. Adam reads the weight, its gradient and both
# moments, and writes the weight and both moments, each of them 4 bytes long.
_BYTES_A_WEIGHT = 4 * (4 + 3)

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


OpenNotebook = Callable[..., AbstractContextManager[Ask]]


@dataclass(frozen=True)
class BenchNetwork:
    """A network whose training epochs are timed.

    Attributes:
        required_ratio, desired_ratio: required and desired speed of the app, as multiples of the
            speed of ``fit`` in the course notebook.
        tuned_notebooks: variants of :func:`run_notebook` in which Keras is tuned for speed, by
            name.
    """

    name: str
    settings: RunSettings
    required_ratio: float
    desired_ratio: float
    tuned_notebooks: Mapping[str, OpenNotebook] = field(default_factory=dict)


FIT = "the notebook's `fit`"
JIT: Mapping[str, OpenNotebook] = {
    "Keras `fit`, `jit_compile`, 64 steps an execution": partial(
        run_notebook, jit_compile=True, steps_per_execution=64
    )
}
BFLOAT16: Mapping[str, OpenNotebook] = {
    "Keras `fit`, policy `mixed_bfloat16`": partial(run_notebook, policy="mixed_bfloat16")
}


def networks_to_measure() -> tuple[BenchNetwork, ...]:
    """Return the networks to time on this machine, with the speeds required of the app."""
    must, aim = (1.5, 2) if choose_convolution_arithmetic(os.environ) == "bfloat16" else (1, 1.5)
    return (
        BenchNetwork("Dense 128", NOTEBOOK.with_values(epochs=2), 8, 12, JIT),
        BenchNetwork("Dense 512", NOTEBOOK.with_values(hidden=(512,), epochs=2), 3.5, 5, JIT),
        BenchNetwork("Dense 512 + 256", NOTEBOOK.with_values(hidden=(512, 256), epochs=2), 3, 5),
        BenchNetwork("small CNN", CNN.with_values(epochs=2), must, aim, BFLOAT16),
    )


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measurement]:
    """Yield the results of all measurements."""
    with open_timed_trainings(home) as trainings:
        for network in networks_to_measure():
            yield from _measure_epochs(trainings, network, home, args.rounds)
        yield _measure_click_to_test(trainings, home)
        yield _measure_second_run(trainings)
        yield _measure_accuracy_distance(trainings, home)
    yield _measure_worker_memory(home)


def _add_training_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=EPOCH_ROUNDS, help="epochs of each side")


add_arguments, run = make_benchmark("training", measure_all, _add_training_arguments)


def _measure_epochs(
    trainings: TimedTrainings, network: BenchNetwork, home: str, rounds: int
) -> Iterator[Measurement]:
    """Compare an epoch's time in the app with that in notebooks and the theoretical minimum."""
    settings = network.settings
    layers = "cnn" if settings.is_convolutional else settings.hidden
    # The second epoch of each run is measured, because the first epoch includes compiling on all
    # sides.
    sides: dict[str, Side] = {"ours": lambda: trainings.time_run(settings).epoch_seconds[1]}
    with ExitStack() as opened:
        for name, variant in {FIT: run_notebook, **network.tuned_notebooks}.items():
            ask = opened.enter_context(variant(layers, home, settings.batch_size))
            sides[name] = partial(ask, "epoch")
        numbers = measure_sides_in_turn(sides, rounds)
    ours = numbers.pop("ours")
    for name, seconds in numbers.items():
        yield Measurement(
            f"one epoch, {network.name}, beside {name}",
            "s",
            ours,
            seconds,
            required_level=network.required_ratio if name == FIT else None,
            desired_level=network.desired_ratio if name == FIT else None,
        )
    if len(settings.hidden) == 1 and not settings.is_convolutional:
        yield _measure_epoch_minimum(network)


def _measure_click_to_test(trainings: TimedTrainings, home: str) -> Measurement:
    name = "5 epochs of Dense 128, click to test accuracy"
    with run_notebook((128,), home) as ask:
        sides: dict[str, Side] = {
            "ours": lambda: trainings.time_run(NOTEBOOK).total_seconds,
            "other": partial(ask, "five_epochs_and_test"),
        }
        numbers = measure_sides_in_turn(sides, warm_ups=0)
        return Measurement(
            name, "s", numbers["ours"], numbers["other"], required_level=5, desired_level=8
        )


def _measure_second_run(trainings: TimedTrainings) -> Measurement:
    seeds = count(2)

    def seconds_to_first_block() -> float:
        seed = next(seeds)
        changed = NOTEBOOK.with_values(
            hidden=(192,),
            seed=seed,
            learning_rate=0.001 * seed,
            epochs=1 + seed % 3,
            dropout=0.1 + seed / 50,
        )
        return trainings.time_run(changed).first_block_seconds

    first = seconds_to_first_block()
    numbers = [seconds_to_first_block() for _ in range(5)]
    notes = {"first_run": round(first, 3)}
    return Measurement("second run, start to first block", "s", numbers, (), 0.4, 0.15, notes=notes)


def _measure_accuracy_distance(trainings: TimedTrainings, home: str) -> Measurement:
    """Compare the app's and the notebook's mean test accuracies over several seeds.

    The same seed gives the two sides different initial weights.
    """
    with run_notebook((128,), home) as ask:
        ours = [
            100 * trainings.time_run(NOTEBOOK.with_values(seed=seed)).test_accuracy
            for seed in SEEDS
        ]
        other = [100 * ask(f"accuracy {seed}") for seed in SEEDS]
    notes = {"ours_percent": ours, "notebook_percent": other}
    name = "mean test accuracy of 5 seeds, distance from the notebook's"
    distance = abs(mean(ours) - mean(other))
    return Measurement(name, "points", [distance], required_level=0.7, notes=notes)


def _measure_worker_memory(home: str) -> Measurement:
    with open_timed_trainings(home, workers=1) as trainings:
        for settings in TEN_NETWORKS:
            trainings.time_run(settings)
        return Measurement(
            "VmHWM of a worker after ten networks", "MB", [peak_worker_memory_mb()], (), 1_150, 900
        )


def _measure_epoch_minimum(network: BenchNetwork) -> Measurement:
    """Return the minimum duration of an epoch: its matrix products plus Adam's memory traffic.

    Both times follow from rates measured on this machine, as in the roofline model (Williams et al.
    2009, doi:10.1145/1498765.1498785).
    """
    (width,) = network.settings.hidden
    batch = network.settings.batch_size
    layers = describe_layers(network.settings)
    weights = sum(layer.parameter_count for layer in layers)
    a = np.ones((batch, 784), "float32")
    b = np.ones((784, width), "float32")
    flops = 2 * batch * 784 * width / _seconds_per_call(lambda: a @ b)
    arrays = [np.ones(weights, "float32") for _ in range(3)]
    rate = 3 * 4 * weights / _seconds_per_call(lambda: np.add(arrays[0], arrays[1], out=arrays[2]))
    products = _count_flop_per_image(layers) * IMAGES / flops
    optimizer = _BYTES_A_WEIGHT * weights * (IMAGES / batch) / rate
    notes = {
        "gflops": round(flops / 1e9, 1),
        "gb_a_second": round(rate / 1e9, 1),
        "products": round(products, 3),
    }
    return Measurement(
        f"one epoch, {network.name}, the least it takes", "s", [products + optimizer], notes=notes
    )


def _count_flop_per_image(layers: Sequence[Layer]) -> int:
    """Return the floating-point operations of a training step per image.

    Each multiply-add in the matrix products of the layers counts as two operations. Each layer with
    weights has three products: forward pass, weight gradient and input gradient. The first layer
    with weights needs no input gradient.
    """
    products = [layer.multiply_add_count for layer in layers if layer.parameter_count]
    return 2 * (3 * sum(products) - products[0])


def _seconds_per_call(work: Callable[[], object]) -> float:
    """Return the seconds per call of `work`, from the fastest of five series of calls."""
    return min(timeit.repeat(work, number=_TIMES)) / _TIMES
