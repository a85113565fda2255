"""Estimates how long a class that works in pairs waits for training runs on one computer."""

from collections.abc import Iterable, Sequence

from fvapp.core.datasets import run_split_sizes
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import MISSIONS
from fvapp.core.settings import RunSettings

LESSON = tuple(mission.id for mission in MISSIONS.values() if mission.is_in_lesson)
"""Ids of the missions suggested for a 45-minute lesson.

The whole class does the first three missions. Then each pair of students does two more missions.
"""


def estimate_pair_training_seconds(mission: Mission) -> float:
    """Return the estimated training time, in seconds, of all runs of a mission for one pair."""
    return sum(map(_training_seconds, mission.training_settings()))


def class_waiting_seconds(missions: Iterable[Mission], pairs: int, workers: int) -> float:
    """Return the estimated seconds that a class waits if every pair trains every mission once.

    Args:
        workers: number of runs that train at the same time. A run is never split among workers, so
            the class waits at least as long as its longest run.
    """
    runs = [
        _training_seconds(settings)
        for mission in missions
        for settings in mission.training_settings()
    ]
    return max(pairs * sum(runs) / workers, max(runs, default=0.0))


def _training_seconds(settings: RunSettings) -> float:
    # The number of a visitor's own drawings is unknown, so assume the number of mission 15, which
    # asks for 36 drawings and trains on 27 of them.
    return estimate_training_seconds(settings, run_split_sizes(settings)[0] or 27)


def training_seconds_left(
    runs: Sequence[RunSettings], ways: Sequence[float], seconds: Sequence[float | None]
) -> list[float | None]:
    """Return how many more seconds each of the given runs will take to train.

    Args:
        ways: the share of each run that is already trained, from 0 to 1.
        seconds: duration of an epoch of each run; None until its first epoch has ended.

    Returns:
        For each run, the seconds left; None for all runs until one run has finished an epoch. The
            estimate for a run without a finished epoch is scaled by how much longer than estimated
            the epochs of the other runs take.
    """
    guessed = [_training_seconds(run) / run.epochs for run in runs]
    known = [(real, guess) for real, guess in zip(seconds, guessed, strict=True) if real]
    if not known:
        return [None] * len(runs)
    pace = sum(real for real, _ in known) / sum(guess for _, guess in known)
    rows = zip(runs, ways, seconds, guessed, strict=True)
    return [(1 - way) * run.epochs * (real or pace * guess) for run, way, real, guess in rows]
