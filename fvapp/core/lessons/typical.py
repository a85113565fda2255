"""Typical results of the missions, measured once and shipped with the app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fvapp.core.errors import Term
from fvapp.core.lessons.verdict import Outcome, Verdict

FILE = "typical.json"


@dataclass(frozen=True)
class TypicalMission:
    """What one mission came to.

    Attributes:
        seconds: wall-clock time of all its trainings one after the other; 0 without training.
        dataset: on which it was measured.
    """

    verdict: Verdict
    seconds: float
    dataset: str


@dataclass(frozen=True)
class Typical:
    """All missions, measured one after the other on one computer.

    Attributes:
        date: as ``2026-11-24``.
        cores: processor cores the training could use.
        versions: name of a package -> its version.
    """

    date: str
    cores: int
    versions: Mapping[str, str]
    seed: int
    missions: Mapping[str, TypicalMission]

    @property
    def seconds(self) -> float:
        return sum(mission.seconds for mission in self.missions.values())

    def to_json(self) -> str:
        """Return the text of the file that :func:`typical_results` reads."""
        missions = {
            name: {
                "outcome": one.verdict.outcome,
                "values": {
                    key: {"term": value} if isinstance(value, Term) else value
                    for key, value in one.verdict.values.items()
                },
                "seconds": round(one.seconds, 1),
                "dataset": one.dataset,
            }
            for name, one in self.missions.items()
        }
        head = {"date": self.date, "cores": self.cores, "versions": dict(self.versions), "seed": self.seed}
        return json.dumps({**head, "missions": missions}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Typical:
        kept = json.loads(text)
        missions = {name: _read_mission(one) for name, one in kept.pop("missions").items()}
        return cls(**kept, missions=missions)


def _read_mission(kept: Mapping) -> TypicalMission:
    values = {key: Term(value["term"]) if isinstance(value, dict) else value for key, value in kept["values"].items()}
    outcome: Outcome = kept["outcome"]
    return TypicalMission(Verdict(outcome, values), kept["seconds"], kept["dataset"])


@cache
def typical_results() -> Typical:
    """Return the results that ship."""
    return Typical.from_json((files("fvapp.core.lessons") / FILE).read_text(encoding="utf-8"))
