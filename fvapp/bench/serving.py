"""``python -m fvapp bench serving``: from a drawing to its answer through the engine, beside
``model.predict``.

Our side takes the PNG of a 280x280 canvas: decoding and preparation are counted. The
other side has its 28x28 array ready, in a warm process. Both once while nobody trains and once
while all workers do.
"""

import argparse
import io
import timeit
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from fvapp.bench.engine_runs import open_engine, train_one, wait_until
from fvapp.bench.measuring import Measure, alternate, benchmark
from fvapp.bench.notebook import Ask, notebook
from fvapp.core.preparation import load_image, prepare_source
from fvapp.core.settings import RunSettings, preset_settings

CALLS = 30  # in each round, whose result is their median
ROUNDS = 5
LONG = RunSettings(hidden=(512,), epochs=100, batch_size=128)  # trains through all the rounds


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measure]:
    """Yield all measures in turn."""
    with open_engine(home) as (engine, token), notebook((128,), home) as script:
        model = train_one(engine, token, preset_settings("standard", "mnist").with_values(epochs=2))
        canvas = draw_seven()

        def ask() -> None:
            image = prepare_source(load_image(canvas), "mnist").image
            engine.answers.classify(token, model, [np.asarray(image, np.uint8)])

        yield _pair("canvas PNG to answer, nobody training", ask, script, must=5, aim=8)
        for _ in range(engine.status().workers):
            engine.runs.submit(token, [LONG])
        wait_until(lambda: engine.status().training == engine.status().workers)
        yield _pair("the same while all workers train", ask, script, must=2, aim=4)


add_arguments, run = benchmark("serving", measure_all)


def draw_seven() -> bytes:
    """Return a PNG of a 7 drawn on a 280x280 canvas, black on white."""
    picture = Image.new("RGB", (280, 280), "white")
    ImageDraw.Draw(picture).line(
        [(80, 70), (190, 75), (130, 220)], fill="black", width=20, joint="curve"
    )
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _pair(name: str, ask: Callable[[], None], script: Ask, must: float, aim: float) -> Measure:
    sides = {
        "ours": lambda: 1_000 * median(timeit.repeat(ask, number=1, repeat=CALLS)),
        "other": lambda: 1_000 * median(script("predict") for _ in range(CALLS)),
    }
    numbers = alternate(sides, rounds=ROUNDS)
    return Measure(name, "ms", numbers["ours"], numbers["other"], must=must, aim=aim)
