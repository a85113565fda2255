"""Measure the typical results of the missions that the teacher's page shows: ``python -m fvapp build missions``.

Every mission's runs are trained once, one after the other, on all images of the mission's data set.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from fvapp.bench.measuring import versions
from fvapp.core.answers import Answer, shares
from fvapp.core.datasets import DATASETS, Dataset, load_dataset
from fvapp.core.errors import Term
from fvapp.core.events import Event
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.mistakes import read_answers
from fvapp.core.inspection.surgery import parts_of
from fvapp.core.layers import count_parameters
from fvapp.core.missions import MISSIONS, Mission, Trial, Verdict, mark_error
from fvapp.core.missions.table.confusion import judge_shirts
from fvapp.core.missions.table.inside_neuron import judge_one_neuron
from fvapp.core.missions.table.look import judge_pixels
from fvapp.core.missions.table.outputs import judge_answer
from fvapp.core.missions.typical import FILE, Typical, TypicalMission, judged
from fvapp.core.places import Places
from fvapp.core.runs import KerasError, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.processes.machine import available_cores, processor_name
from fvapp.learn.build import build_model
from fvapp.learn.training import Weights, train

WRITTEN = Path(__file__).parents[1] / "core" / "missions" / FILE
LOOKED_AT = 42  # the training image of mission A
ASKED = 0  # the test image of mission 1
LOOKED_INTO = 61  # that of mission 9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where the file goes."""
    parser.add_argument("--out", type=Path, default=WRITTEN, metavar="FILE", help="default: where the app looks")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure all missions, write the file, and return the exit status."""
    places = Places.from_environ(os.environ)
    # What a network forgets depends on the drawings: there is nothing typical.
    missions = {one.id: measure(one, places) for one in MISSIONS.values() if one.kind != "taught"}
    machine = {"cores": available_cores(), "processor": processor_name()}
    typical = Typical(
        date.today().isoformat(), **machine, versions=versions(), seed=RunSettings().seed, missions=missions
    )
    args.out.write_text(typical.to_json(), encoding="utf-8")
    print(f"{args.out.name}: {typical.seconds:.0f} s of training")
    return 0


def measure(mission: Mission, places: Places) -> TypicalMission:
    """Train the runs of a mission on its data set and judge them."""
    dataset = load_dataset(mission.dataset, places)
    begin = perf_counter()
    runs = [_train(settings, dataset) for settings in mission.settings()]
    seconds = perf_counter() - begin if runs else 0.0
    print(f"{mission.mark}: {seconds:.1f} s", flush=True)
    if mission.kind == "pictures":
        return TypicalMission(judge_pixels(LOOKED_AT, np.asarray(dataset.x_train[LOOKED_AT])), None, 0.0, dataset.name)
    if mission.kind == "answers":
        [(trial, weights)] = runs
        keys = DATASETS[dataset.name].class_names
        answer = _ask(trial.settings, weights, np.asarray(dataset.x_test[ASKED]))
        verdict = judge_answer(answer, int(dataset.y_test[ASKED]), lambda label: Term(keys[label]))
        return TypicalMission(verdict, None, seconds, dataset.name)
    if mission.kind == "inside":
        [(trial, weights)] = runs
        return TypicalMission(_look_inside(mission, trial, weights, dataset), None, seconds, dataset.name)
    return judged(mission.id, [trial for trial, _ in runs], seconds, dataset.name)


def _train(settings: RunSettings, dataset: Dataset) -> tuple[Trial, Weights]:
    """Train one run to its end, or to the error that a mission is about."""
    events: list[Event] = []
    record = RunRecord("", 1, settings)
    weights: Weights = ()
    try:
        outcome = train(settings, dataset, emit=events.append)
    except Exception as error:  # as the worker does: whatever Keras raises is what the student is to read
        # Only the line that matters: the rest names files of the machine it was measured on.
        found = KerasError.of(error)
        record = replace(record, state="failed", error=replace(found, message=mark_error(found.message).line))
    else:
        record = replace(record, state=outcome.state, parameters=count_parameters(settings), result=outcome.result)
        weights = outcome.weights
    return Trial.from_run(record, events), weights


def _ask(settings: RunSettings, weights: Weights, image: np.ndarray) -> Answer:
    model = build_model(settings)
    model.set_weights(weights)
    shares = model.predict(image[np.newaxis] / 255, verbose=0)[0]
    return Answer(tuple(map(float, shares)))


def _look_inside(mission: Mission, trial: Trial, weights: Weights, dataset: Dataset) -> Verdict:
    """Judge the inside of a network as the mission's page does."""
    network = network_of_run(trial.settings, weights, trial.result.temperature)
    keys, labels = DATASETS[dataset.name].class_names, np.asarray(dataset.y_test)
    if mission.id == "inside_neuron":
        label = int(labels[LOOKED_INTO])
        return judge_one_neuron(parts_of(network, network.features(dataset.x_test), labels), label, Term(keys[label]))
    answers = read_answers(shares(network.logits(dataset.x_test), network.temperature), labels)
    return judge_shirts(answers.confusion(), lambda label: Term(keys[label]))
