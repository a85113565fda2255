"""``python -m fvapp bench serving``: the time from a drawing to the engine's answer.

For comparison, the time of ``model.predict`` in a warm process is measured. That process is given
the prepared 28x28 array. Our side also decodes and prepares the PNG of a 280x280 canvas. Both sides
are measured while nobody trains, and again while all workers train.
"""

import argparse
import io
import timeit
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from fvapp.bench.engine_runs import open_engine, train_one_run, wait_until
from fvapp.bench.measuring import Measurement, make_benchmark, measure_sides_in_turn
from fvapp.bench.notebook import Ask, run_notebook
from fvapp.core.preparation import load_image, prepare_drawing_or_photo
from fvapp.core.settings import RunSettings, preset_settings

CALLS = 30  # number of calls in each round; their median time is the round's result
ROUNDS = 5
# A run that trains until the measurement has ended.
LONG = RunSettings(hidden=(512,), epochs=100, batch_size=128)


def measure_all(home: str, args: argparse.Namespace) -> Iterator[Measurement]:
    """Yield the results of all measurements."""
    with open_engine(home) as (engine, token), run_notebook((128,), home) as script:
        model = train_one_run(
            engine, token, preset_settings("standard", "mnist").with_values(epochs=2)
        )
        canvas = draw_seven()

        def classify_canvas() -> None:
            image = prepare_drawing_or_photo(load_image(canvas), "mnist").image
            engine.answers.classify_images(token, model, [np.asarray(image, np.uint8)])

        yield _measure_app_against_script(
            "canvas PNG to answer, nobody training", classify_canvas, script, must=5, aim=8
        )
        for _ in range(engine.engine_status().worker_count):
            engine.runs.submit_runs(token, [LONG])
        wait_until(
            lambda: (
                engine.engine_status().training_worker_count == engine.engine_status().worker_count
            )
        )
        yield _measure_app_against_script(
            "the same while all workers train", classify_canvas, script, must=2, aim=4
        )


add_arguments, run = make_benchmark("serving", measure_all)


def draw_seven() -> bytes:
    """Return a PNG of a 7 drawn on a 280x280 canvas, black on white."""
    picture = Image.new("RGB", (280, 280), "white")
    ImageDraw.Draw(picture).line(
        [(80, 70), (190, 75), (130, 220)], fill="black", width=20, joint="curve"
    )
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _measure_app_against_script(
    name: str, ask: Callable[[], None], script: Ask, must: float, aim: float
) -> Measurement:
    sides = {
        "ours": lambda: 1_000 * median(timeit.repeat(ask, number=1, repeat=CALLS)),
        "other": lambda: 1_000 * median(script("predict") for _ in range(CALLS)),
    }
    numbers = measure_sides_in_turn(sides, rounds=ROUNDS)
    return Measurement(
        name, "ms", numbers["ours"], numbers["other"], required_level=must, desired_level=aim
    )
