"""Measure the missions' typical results for teachers: ``python -m fvapp build missions``.

The runs of each mission are trained once, one after another, on all images of the mission's data
set. Missions about a visitor's drawings are left out.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

from fvapp.bench.measuring import main_versions
from fvapp.core.datasets import DATASETS, Dataset, load_dataset
from fvapp.core.events import Event
from fvapp.core.inspection import (
    MOMENTS,
    WeightsFrame,
    frame_at_moment,
    frames_from_bytes,
    network_of_run,
)
from fvapp.core.missions import MISSIONS, Mission, MissionRun, find_error_line
from fvapp.core.missions.typical import (
    FILE,
    TypicalMissionResult,
    TypicalMissionResults,
    make_typical_result,
)
from fvapp.core.places import AppFolders
from fvapp.core.processor import processor_name
from fvapp.core.runs import KerasError, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.engine.processes.machine import available_cores
from fvapp.learn.training import Weights, train

WRITTEN = Path(__file__).parents[1] / "core" / "missions" / FILE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's argument for the output file."""
    parser.add_argument(
        "--out", type=Path, default=WRITTEN, metavar="FILE", help="default: where the app looks"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure all missions, write the results to a file, and return the exit status."""
    places = AppFolders.from_environ()
    # Missions with a visitor's own drawings are left out, because they have no typical result.
    missions = {
        mission.id: measure_mission(mission, places)
        for mission in MISSIONS.values()
        if not (mission.teaching_ways or DATASETS[mission.dataset].is_own)
    }
    typical = TypicalMissionResults(
        date.today().isoformat(),
        available_cores(),
        processor_name(),
        main_versions(),
        seed=RunSettings().seed,
        missions=missions,
    )
    args.out.write_text(typical.to_json(), encoding="utf-8")
    print(f"{args.out.name}: {typical.total_seconds:.0f} s of training")
    return 0


def measure_mission(mission: Mission, places: AppFolders) -> TypicalMissionResult:
    """Train the runs of a mission on its data set, and return the mission's typical result."""
    dataset = load_dataset(mission.dataset, places)
    begin = perf_counter()
    runs = [_train_trial(settings, dataset) for settings in mission.run_settings()]
    seconds = perf_counter() - begin if runs else 0.0
    print(f"{mission.short_name}: {seconds:.1f} s", flush=True)
    if mission.measure is None:
        return make_typical_result(mission.id, [trial for trial, *_ in runs], seconds, dataset.name)
    networks = [
        network_of_run(trial.settings, moment_weights, trial.measured_result.temperature)
        for trial, weights, frames in runs
        for moment_weights in (
            *(
                frame_at_moment(frames, moment).weights
                for moment in [*MOMENTS][:-1]
                if mission.needs_moments
            ),
            weights,
        )
    ]
    second = mission.second_prediction and mission.second_prediction.measure
    verdict = second(dataset, *networks) if second else None
    return TypicalMissionResult(mission.measure(dataset, *networks), verdict, seconds, dataset.name)


def _train_trial(
    settings: RunSettings, dataset: Dataset
) -> tuple[MissionRun, Weights, tuple[WeightsFrame, ...]]:
    """Train a run until it ends or fails; return its result, weights and frames (saved weights)."""
    films: list[bytes] = []
    events: list[Event] = []
    record = RunRecord("", 1, settings)
    weights: Weights = ()
    try:
        outcome = train(
            settings,
            dataset,
            emit=events.append,
            save=lambda *saved: films.extend(filter(None, saved[2:])),
        )
    except Exception as error:  # Keras may raise any exception
        # Only the important line of the message is kept. The other lines name files on this
        # machine.
        found = KerasError.from_exception(error)
        record = replace(
            record,
            state="failed",
            error=replace(found, message=find_error_line(found.message).text),
        )
    else:
        record = replace(
            record,
            state=outcome.state,
            parameters=count_parameters(settings),
            result=outcome.result,
        )
        weights = outcome.weights
    return (
        MissionRun.from_run(record, events),
        weights,
        frames_from_bytes(films[-1]) if films else (),
    )
