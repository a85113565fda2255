"""How long a class trains: so many pairs on one computer, by the estimate that the engine itself uses."""

from __future__ import annotations

from collections.abc import Iterable

from fvapp.core.datasets import DATASETS, split_validation
from fvapp.core.lessons.table import Mission
from fvapp.core.limits import estimate_seconds
from fvapp.core.settings import RunSettings


def pair_seconds(mission: Mission, base: RunSettings = RunSettings()) -> float:
    """Return how long the runs of one pair take, one after the other.

    Args:
        base: what a teacher's link sets, such as fewer images.
    """
    return sum(map(_seconds, mission.settings(base)))


def class_seconds(missions: Iterable[Mission], pairs: int, workers: int, base: RunSettings = RunSettings()) -> float:
    """Return how long a class waits in all: every pair trains every mission once.

    Args:
        workers: runs that train at the same time. No run is shared among them, so nothing ends before its longest.
    """
    runs = [_seconds(settings) for mission in missions for settings in mission.settings(base)]
    return max(pairs * sum(runs) / workers, max(runs, default=0.0))


def _seconds(settings: RunSettings) -> float:
    images = settings.train_images or DATASETS[settings.dataset].train_images
    training, _ = split_validation(images, settings.validation_split)
    return estimate_seconds(settings, training)
