"""Reads missions' typical results, which the developers measured once and ship with the app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from fvapp.core.events import EpochEnded
from fvapp.core.missions.table import MISSIONS
from fvapp.core.missions.trials import MissionRun, MissionRuns
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.schema import read_as_type
from fvapp.core.settings import RunSettings

FILE = "typical.json"
_DIGITS = 5  # decimals of stored losses, accuracies and seconds


@dataclass(frozen=True)
class TypicalMissionResult:
    """The typical result of one mission.

    Attributes:
        verdict: verdict on the mission's claim.
        second_verdict: verdict on the mission's second claim, or None.
        training_seconds: wall-clock seconds of all its runs, one after another; 0 without training.
        dataset: name of the full data set on which the result was measured.
        trials: its runs; empty if the verdict is about images or answers instead of runs.
    """

    verdict: MissionVerdict
    second_verdict: MissionVerdict | None
    training_seconds: float
    dataset: str
    trials: tuple[MissionRun, ...] = ()


@dataclass(frozen=True)
class TypicalMissionResults:
    """The typical results of all missions, measured one after another on one computer.

    Attributes:
        date: the day of the measurement, such as ``2026-11-24``.
        cores: number of processor cores that training could use.
        processor: name of the processor, as reported by the computer; empty if unknown.
        versions: package -> version used for the measurement.
    """

    date: str
    cores: int
    processor: str
    versions: Mapping[str, str]
    seed: int
    missions: Mapping[str, TypicalMissionResult]

    @property
    def total_seconds(self) -> float:
        return sum(mission.training_seconds for mission in self.missions.values())

    def to_json(self) -> str:
        """Return the text of the file that :func:`typical_results` reads."""
        head = {name: value for name, value in vars(self).items() if name != "missions"}
        missions = {name: _typical_result_to_json(result) for name, result in self.missions.items()}
        return json.dumps({**head, "missions": missions}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> TypicalMissionResults:
        kept = json.loads(text)
        missions = {
            name: _read_typical_result(name, result)
            for name, result in kept.pop("missions").items()
        }
        return cls(**kept, missions=missions)


def make_typical_result(
    mission: str, trials: MissionRuns, seconds: float, dataset: str
) -> TypicalMissionResult:
    """Return the typical result of a mission: the verdict on its measured runs."""
    return TypicalMissionResult(
        *MISSIONS[mission].judge_both_claims(trials), seconds, dataset, tuple(trials)
    )


def _typical_result_to_json(result: TypicalMissionResult) -> dict[str, object]:
    kept: dict[str, object] = {
        "seconds": round(result.training_seconds, 1),
        "dataset": result.dataset,
    }
    if result.trials:
        return kept | {"runs": [_trial_to_json(trial) for trial in result.trials]}
    return (
        kept
        | result.verdict.to_json()
        | ({"second": result.second_verdict.to_json()} if result.second_verdict else {})
    )


def _trial_to_json(trial: MissionRun) -> dict[str, object]:
    plain = RunSettings().to_json()
    return {
        "settings": {
            name: value for name, value in trial.settings.to_json().items() if value != plain[name]
        },
        "state": trial.state,
        "parameters": trial.parameters,
        # Each epoch is one string, to take only one line of the file: loss, accuracy, validation
        # loss, validation accuracy and seconds.
        "epochs": [
            json.dumps([_round_float(number) for number in astuple(epoch)[1:]])
            for epoch in trial.epochs
        ],
        "result": {name: _round_float(value) for name, value in asdict(trial.result).items()}
        if trial.result
        else None,
        "error": asdict(trial.error) if trial.error else None,
    }


def _round_float(value: object) -> object:
    return round(value, _DIGITS) if isinstance(value, float) else value


def _read_typical_result(mission: str, kept: Mapping[str, Any]) -> TypicalMissionResult:
    if "runs" in kept:
        return make_typical_result(
            mission, [_read_trial(run) for run in kept["runs"]], kept["seconds"], kept["dataset"]
        )
    second = read_as_type(MissionVerdict, kept["second"]) if "second" in kept else None
    return TypicalMissionResult(
        read_as_type(MissionVerdict, kept), second, kept["seconds"], kept["dataset"]
    )


def _read_trial(kept: Mapping[str, Any]) -> MissionRun:
    epochs = (
        EpochEnded(number, *json.loads(epoch))
        for number, epoch in enumerate(kept["epochs"], start=1)
    )
    return replace(read_as_type(MissionRun, {**kept, "epochs": ()}), epochs=tuple(epochs))


@cache
def typical_results() -> TypicalMissionResults:
    """Return the typical results of all missions, which ship with the app."""
    return TypicalMissionResults.from_json(
        (files("fvapp.core.missions") / FILE).read_text(encoding="utf-8")
    )
