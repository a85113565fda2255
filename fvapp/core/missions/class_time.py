"""How long the pairs of a class train on one computer, by the engine's own estimate."""

from collections.abc import Iterable, Sequence

from fvapp.core.datasets import run_split_sizes
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import MISSIONS
from fvapp.core.settings import RunSettings

LESSON = tuple(mission.id for mission in MISSIONS.values() if mission.is_in_lesson)
"""Missions of a 45-minute lesson: the first three together, then two of the others per pair."""


def pair_training_seconds(mission: Mission) -> float:
    """Return how many seconds the runs of one pair take, one after the other."""
    return sum(map(_training_seconds, mission.training_settings()))


def class_waiting_seconds(missions: Iterable[Mission], pairs: int, workers: int) -> float:
    """Return how many seconds a class waits in all if every pair trains every mission once.

    Args:
        workers: how many runs train at the same time. A run is never split among workers, so the
            class waits at least as long as its longest run.
    """
    runs = [
        _training_seconds(settings)
        for mission in missions
        for settings in mission.training_settings()
    ]
    return max(pairs * sum(runs) / workers, max(runs, default=0.0))


def _training_seconds(settings: RunSettings) -> float:
    # A visitor's own drawings have no fixed count: assume as many as a mission asks for.
    return estimate_training_seconds(settings, run_split_sizes(settings)[0] or 27)


def training_seconds_left(
    runs: Sequence[RunSettings], ways: Sequence[float], seconds: Sequence[float | None]
) -> list[float | None]:
    """Return how many more seconds each run will train.

    Args:
        ways: the fraction of each run that is done.
        seconds: how long an epoch of each run takes, None before the first has ended.

    Returns:
        A run without a finished epoch gets the estimate, scaled by the pace of the runs with a
            finished epoch. Before any run has finished an epoch, all are None.
    """
    guessed = [_training_seconds(run) / run.epochs for run in runs]
    known = [(real, guess) for real, guess in zip(seconds, guessed, strict=True) if real]
    if not known:
        return [None] * len(runs)
    pace = sum(real for real, _ in known) / sum(guess for _, guess in known)
    rows = zip(runs, ways, seconds, guessed, strict=True)
    return [(1 - way) * run.epochs * (real or pace * guess) for run, way, real, guess in rows]
