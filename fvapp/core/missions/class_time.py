"""How long a class trains: so many pairs on one computer, by the estimate that the engine itself
uses.
"""

from collections.abc import Iterable, Sequence

from fvapp.core.datasets import count_split
from fvapp.core.limits import estimate_seconds
from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import MISSIONS
from fvapp.core.settings import RunSettings

LESSON = tuple(mission.id for mission in MISSIONS.values() if mission.lesson)
"""What 45 minutes are enough for: the first three together, of the others two a pair."""


def pair_seconds(mission: Mission) -> float:
    """Return how long the runs of one pair take, one after the other."""
    return sum(map(_seconds, mission.trainings()))


def class_seconds(missions: Iterable[Mission], pairs: int, workers: int) -> float:
    """Return how long a class waits in all: every pair trains every mission once.

    Args:
        workers: runs that train at the same time. No run is shared among them, so nothing ends
            before its longest.
    """
    runs = [_seconds(settings) for mission in missions for settings in mission.trainings()]
    return max(pairs * sum(runs) / workers, max(runs, default=0.0))


def _seconds(settings: RunSettings) -> float:
    # drawings that a mission asks for
    return estimate_seconds(settings, count_split(settings)[0] or 27)


def seconds_left(
    runs: Sequence[RunSettings], ways: Sequence[float], seconds: Sequence[float | None]
) -> list[float | None]:
    """Return how long each run still trains.

    Args:
        ways: the share of each that is done.
        seconds: that an epoch of each takes, None where none has ended.

    Returns:
        Of a run without an epoch: as the estimate says, at the pace of those that have one; None
            while none has.
    """
    guessed = [_seconds(run) / run.epochs for run in runs]
    known = [(real, guess) for real, guess in zip(seconds, guessed, strict=True) if real]
    if not known:
        return [None] * len(runs)
    pace = sum(real for real, _ in known) / sum(guess for _, guess in known)
    rows = zip(runs, ways, seconds, guessed, strict=True)
    return [(1 - way) * run.epochs * (real or pace * guess) for run, way, real, guess in rows]
