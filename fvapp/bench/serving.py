"""``python -m fvapp bench serving``: from a drawing to its answer through the engine, beside ``model.predict``.

Our side takes the PNG of a 280x280 canvas: decoding and preparation are counted. The
other side has its 28x28 array ready, in a warm process. Both once while nobody trains and once while all workers do. So
is teaching measured, from the click that keeps an image and teaches it to the new network's answer.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from fvapp.bench.engine_runs import SECONDS_BETWEEN_LOOKS, open_engine, train_one, wait_until
from fvapp.bench.measuring import Measure, alternate, benchmark, seconds_of
from fvapp.bench.notebook import Notebook
from fvapp.core.examples import Example
from fvapp.core.preparation import load_image, prepare
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.engine.embedded import EmbeddedEngine

CALLS = 30  # in a round; its number is their median
ROUNDS = 5
LONG = RunSettings(hidden=(512,), epochs=100, batch_size=128)  # trains through all the rounds


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield every measure, one after the other."""
    with open_engine(home) as (engine, token), Notebook((128,), home) as notebook:
        dense, cnn = (
            train_one(engine, token, preset_settings(preset, "mnist").with_values(epochs=2))
            for preset in ("standard", "cnn")
        )
        ask, seeds = _asker(engine, token, dense), count()
        yield _pair("canvas PNG to answer, nobody training", ask, notebook, must=5, aim=8)
        yield _taught("Dense 128, nobody training", engine, token, dense, seeds, must=1.0, aim=0.5)
        yield _taught("the small CNN, nobody training", engine, token, cnn, seeds)
        yield Measure("keeping an example", "s", [_keep(engine, token, seeds)[1] for _ in range(50)], (), 0.3, 0.15)
        for _ in range(engine.status().workers):
            engine.submit(token, [LONG])
        wait_until(lambda: engine.status().training == engine.status().workers)
        yield _pair("the same while all workers train", ask, notebook, must=2, aim=4)
        yield _taught("Dense 128, all workers training", engine, token, dense, seeds, must=2.5, aim=1.5)
        yield _taught("the small CNN, all workers training", engine, token, cnn, seeds)


add_arguments, run = benchmark("serving", measure_all)


def draw_seven() -> bytes:
    """Return the PNG of a 7 drawn on a canvas of 280x280, black on white."""
    picture = Image.new("RGB", (280, 280), "white")
    ImageDraw.Draw(picture).line([(80, 70), (190, 75), (130, 220)], fill="black", width=20, joint="curve")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _asker(engine: EmbeddedEngine, token: str, model: str) -> Callable[[], float]:
    canvas = draw_seven()

    def ask() -> None:
        image = prepare(load_image(canvas), "mnist").image
        engine.classify(token, model, [np.asarray(image, np.uint8)])

    return partial(seconds_of, ask)


def _keep(engine: EmbeddedEngine, token: str, seeds: Iterator[int]) -> tuple[Example, float]:
    """Keep the next of endless images that no network knows; return it, and how long that took."""
    image = np.random.default_rng(next(seeds)).integers(0, 256, (28, 28), np.uint8)
    begin = time.perf_counter()
    return engine.examples.keep(token, "mnist", image, 7), time.perf_counter() - begin


def _taught(
    name: str,
    engine: EmbeddedEngine,
    token: str,
    model: str,
    seeds: Iterator[int],
    must: float | None = None,
    aim: float | None = None,
) -> Measure:
    def teach() -> None:
        example, _ = _keep(engine, token, seeds)
        run = engine.examples.teach(token, model, [example.id], mixed=True)
        while (run := engine.run(token, run.id)).state == "running":
            time.sleep(SECONDS_BETWEEN_LOOKS)
        engine.classify(token, run.id, [example.image])

    notes = {"first": round(seconds_of(teach), 3)}  # a worker compiles its step
    seconds = [seconds_of(teach) for _ in range(ROUNDS)]
    return Measure(f"teaching one example to {name}, click to the new answer", "s", seconds, (), must, aim, notes=notes)


def _pair(name: str, ask: Callable[[], float], notebook: Notebook, must: float, aim: float) -> Measure:
    def rounds_of(call: Callable[[], float]) -> Callable[[], float]:
        return lambda: 1_000 * median(call() for _ in range(CALLS))

    sides = {"ours": rounds_of(ask), "other": rounds_of(lambda: notebook.ask("predict"))}
    return Measure(name, "ms", must=must, aim=aim, **alternate(sides, rounds=ROUNDS))
