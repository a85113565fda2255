"""``python -m fvapp bench inside``: what looking into a network costs, with nobody training and with all workers busy.

Each time is the median of several; of what is kept after the first time, the first time is measured, on a run of its
own. NumPy has one thread, as in the server's process.

The page is measured in Chromium, for which the test requirements are needed: ``pip install -r tests/requirements.txt``,
and Debian's package chromium.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fvapp.bench.engine_runs import open_engine, train_one, wait_until
from fvapp.bench.inside_page import measure_page
from fvapp.bench.measuring import Measure, benchmark, seconds_of
from fvapp.core.answers import shares
from fvapp.core.datasets import load_dataset
from fvapp.core.inspection.fewest import fewest_pixels
from fvapp.core.inspection.frames import frames_from_bytes
from fvapp.core.inspection.mistakes import read_answers
from fvapp.core.inspection.questions import CHUNK, TRAINING_CHUNK, ChangedAccuracy, NearestTraining, TestLogits
from fvapp.core.inspection.robustness import CHANGES
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.learn.film import Film
from fvapp.learn.training import train

DATASET = "fashion_mnist"
DENSE = RunSettings(epochs=1, validation_split=0.1)
CNN = RunSettings(network="cnn", batch_size=128, epochs=1)
ROUNDS = 3
IMAGES = 20  # test images whose answers are changed
BUSY = RunSettings(network="cnn", epochs=20)


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield every measure, one after the other.

    Raises:
        FvappError: Playwright or Chromium is not installed.
    """
    if not args.page:
        with threadpool_limits(1, "blas"):
            with open_engine(home) as (engine, token):
                yield from _Inside(engine, token, home).measures()
            yield from _film(home)
    yield from measure_page(home)


def _add_own(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--page", action="store_true", help="measure the page in Chromium alone")


add_arguments, run = benchmark("inside", measure_all, _add_own)


class _Inside:
    """An engine with a few runs to look into."""

    def __init__(self, engine: EmbeddedEngine, token: str, home: str) -> None:
        self._engine, self._token = engine, token
        self._data = load_dataset(DATASET, Places(Path(home)))
        self._count = len(self._data.x_test)

    def measures(self) -> Iterator[Measure]:
        dense, cnn = (
            [train_one(self._engine, self._token, network.with_values(seed=seed)) for seed in range(1, ROUNDS + 1)]
            for network in (DENSE, CNN)
        )
        yield from self._answers(dense[0], cnn[0], "nobody training")
        yield self._timed("mistakes of the test set, first time, Dense 128", self._mistakes, dense, 0.2, 0.1)
        yield self._timed("mistakes of the test set, first time, small CNN", self._mistakes, cnn, 1.5, 0.6)
        yield self._timed("mistakes of the test set, first time, ready-made", self._mistakes, [DATASET], 3, 1.5)
        yield self._fewest("fewest pixels, Dense 128", dense[0], 50, 20)
        yield self._fewest("fewest pixels, small CNN", cnn[0], 100, 40)
        yield self._timed("robustness, 72 points, Dense 128, 10,000 images", self._robustness, dense, 4, 2)
        yield self._timed("robustness, 72 points, small CNN, 2,000 images", self._robustness, cnn, 20, 10)
        yield self._timed("neighbours, Dense 128, 54,000 images", lambda run: self._near(run, 54_000), dense, 0.6, 0.3)
        yield self._timed("neighbours, small CNN, 10,000 images", lambda run: self._near(run, 10_000), cnn, 1, 0.5)
        busy = self._engine.submit(self._token, [BUSY] * self._engine.status().workers)
        wait_until(lambda: all(self._engine.run(self._token, record.id).epoch for record in busy))
        yield from self._answers(dense[0], cnn[0], "all workers training")
        for record in busy:
            self._engine.stop(self._token, record.id)

    def _answers(self, dense: str, cnn: str, when: str) -> Iterator[Measure]:
        for name, model, must, aim in (
            ("Dense 128", dense, 1, 0.2),
            ("small CNN with all maps", cnn, 3, 0.5),
            ("ready-made", DATASET, 5, 1),
        ):
            network = self._engine.network(self._token, model)
            times = [1_000 * seconds_of(partial(network.passed, image[None])) for image in self._data.x_test[:200]]
            yield Measure(f"NumPy answer for one image, {name}, {when}", "ms", times, must=must, aim=aim)

    def _timed(
        self, name: str, ask: Callable[[str], object], models: Sequence[str], must: float, aim: float
    ) -> Measure:
        seconds = []
        for model in models:
            self._engine.network(self._token, model)
            seconds.append(seconds_of(partial(ask, model)))
        return Measure(name, "s", seconds, must=must, aim=aim)

    def _mistakes(self, model: str) -> object:
        parts = [
            self._engine.inspect(self._token, model, TestLogits(self._count, begin))
            for begin in range(0, self._count, CHUNK)
        ]
        answers = read_answers(shares(np.concatenate(parts)), self._data.y_test, 10)
        return answers.confusion(), answers.wrong, answers.least_sure

    def _robustness(self, model: str) -> object:
        questions = [ChangedAccuracy(self._count, name, each) for name, row in CHANGES.items() for each in row]
        return [self._engine.inspect(self._token, model, question) for question in questions]

    def _near(self, model: str, end: int) -> object:
        pixels = self._data.x_test[7].tobytes()
        return [
            self._engine.inspect(self._token, model, NearestTraining(self._count, begin, end, pixels))
            for begin in range(0, end, TRAINING_CHUNK)
        ]

    def _fewest(self, name: str, model: str, must: float, aim: float) -> Measure:
        network = self._engine.network(self._token, model)
        times, counts = [], []
        for image in self._data.x_test[:IMAGES]:
            begin = time.perf_counter()
            changed = fewest_pixels(network, np.asarray(image))
            times.append(1_000 * (time.perf_counter() - begin))
            counts += [len(changed.pixels)] if changed else []
        return Measure(name, "ms", times, must=must, aim=aim, notes={"pixels": counts})


def _film(home: str) -> Iterator[Measure]:
    """Measure what taking frames costs a training of 30 epochs, by the time spent in it."""
    spent = [0.0]
    record = Film.record_if_planned

    def timed(self: Film, *arguments: object) -> None:
        spent[0] += seconds_of(partial(record, self, *arguments))

    dataset = load_dataset(DATASET, Places(Path(home)))
    Film.record_if_planned = timed
    try:
        begin = time.perf_counter()
        outcome = train(RunSettings(epochs=30), dataset, emit=lambda event: None)
        seconds = time.perf_counter() - begin
    finally:
        Film.record_if_planned = record
    frames = {"frames": len(frames_from_bytes(outcome.frames))}
    yield Measure(
        "snapshots of 30 epochs, Dense 128: share of the training", "%", [100 * spent[0] / seconds], must=1, aim=0.3
    )
    yield Measure("snapshots of 30 epochs, Dense 128: bytes", "MB", [len(outcome.frames) / 1e6], must=4, notes=frames)
