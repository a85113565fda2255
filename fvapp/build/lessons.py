"""Measure the typical results of the missions that the teacher's page shows.

    python -m fvapp.build.lessons

trains every mission's runs once, one after the other, on all images, and writes ``fvapp/core/lessons/typical.json``.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.datasets import DATASETS, Dataset, load_dataset
from fvapp.core.errors import Term
from fvapp.core.events import Event
from fvapp.core.lessons import MISSIONS, Mission, Trial, Verdict
from fvapp.core.lessons.looking import judge_answer, judge_pixels
from fvapp.core.lessons.typical import FILE, Typical, TypicalMission
from fvapp.core.places import Places
from fvapp.core.runs import KerasError, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.learn.build import build_model
from fvapp.learn.training import Weights, train

LOOKED_AT = 42  # the training image of mission A
ASKED = 0  # the test image of mission 1


def main() -> None:
    """Measure all missions and write the file."""
    places = Places.from_environ(os.environ)
    missions = {mission.id: _measure(mission, places) for mission in MISSIONS.values()}
    versions = {
        "Python": ".".join(map(str, sys.version_info[:3])),
        "TensorFlow": _tensorflow(),
        "Keras": version("keras"),
    }
    typical = Typical(date.today().isoformat(), os.cpu_count() or 1, versions, RunSettings().seed, missions)
    path = Path(__file__).parent.parent / "core" / "lessons" / FILE
    path.write_text(typical.to_json(), encoding="utf-8")
    print(f"{path.name}: {typical.seconds:.0f} s of training")


def _measure(mission: Mission, places: Places) -> TypicalMission:
    dataset = load_dataset(mission.dataset, places)
    begin = perf_counter()
    runs = [_train(settings, dataset) for settings in mission.settings()]
    seconds = perf_counter() - begin if runs else 0.0
    print(f"{mission.mark}: {seconds:.1f} s", flush=True)
    return TypicalMission(_verdict(mission, runs, dataset), seconds, dataset.name)


def _train(settings: RunSettings, dataset: Dataset) -> tuple[Trial, Weights]:
    """Train one run to its end, or to the error that a mission is about."""
    events: list[Event] = []
    record = RunRecord("", 1, settings)
    weights: Weights = ()
    try:
        outcome = train(settings, dataset, emit=events.append)
    except Exception as error:  # as the worker does: whatever Keras raises is what the pupil is to read
        record = replace(record, state="failed", error=KerasError.of(error))
    else:
        parameters = events[0].parameters
        record = replace(record, state=outcome.state, parameters=parameters, result=outcome.result)
        weights = outcome.weights
    return Trial.from_run(record, events), weights


def _verdict(mission: Mission, runs: list[tuple[Trial, Weights]], dataset: Dataset) -> Verdict:
    if mission.kind == "pictures":
        return judge_pixels(LOOKED_AT, np.asarray(dataset.x_train[LOOKED_AT]))
    if mission.kind == "answers":
        [(trial, weights)] = runs
        keys = DATASETS[dataset.name].class_names
        answer = _ask(trial.settings, weights, np.asarray(dataset.x_test[ASKED]))
        return judge_answer(answer, int(dataset.y_test[ASKED]), lambda label: Term(keys[label]))
    return mission.judge([trial for trial, _ in runs])


def _ask(settings: RunSettings, weights: Weights, image: np.ndarray) -> Answer:
    model = build_model(settings)
    model.set_weights(weights)
    shares = model.predict(image[np.newaxis] / 255, verbose=0)[0]
    return Answer(tuple(map(float, shares)), int(shares.argmax()), True)


def _tensorflow() -> str:
    try:
        return version("tensorflow")
    except PackageNotFoundError:  # on Linux it is the package without the parts for graphics cards
        return version("tensorflow-cpu")


if __name__ == "__main__":
    main()
