"""Who gives way, who is paused: decisions about runs. Pure: time comes in as an argument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from fvapp.core.events import EpochEnded, Event, Started
from fvapp.engine.timing import Timing

WORTH_MB = 100.0
"""What a replacement frees at least. A worker may be larger than the limit from the beginning."""


@dataclass(frozen=True)
class Training:
    """What the rules look at of a run that trains.

    Attributes:
        seconds_left: None when nobody can tell yet.
        since: when its worker began with it.
        seen: the visitor's last sign of life.
        told: whether it was already told to stop, pause or give way.
    """

    run: str
    workspace: str
    seconds_left: float | None
    since: float
    seen: float
    told: bool


def seconds_left(events: Sequence[Event], epochs: int, epoch: int, step: int) -> float | None:
    """Estimate how long a run still trains, from its last three epochs; None before its first epoch has ended."""
    seconds = [event.seconds for event in events if isinstance(event, EpochEnded)][-3:]
    if not seconds:
        return None
    steps = next((event.steps_per_epoch for event in events if isinstance(event, Started)), 0)
    return (epochs - epoch - (step / steps if steps else 0.0)) * fmean(seconds)


def who_gives_way(
    waiting: Iterable[tuple[str, float]], training: Sequence[Training], timing: Timing, now: float
) -> tuple[str, ...]:
    """Return the runs that are to make room because others have waited long.

    One long run for each workspace that waited `gives_way_after`, the longest first; never for the same workspace's
    own runs, and never one that would soon be done or has only begun. Runs already told to end count as given.

    Args:
        waiting: workspace of each run that waits, and since when.
    """
    patient: dict[str, float] = {}
    for workspace, since in waiting:
        patient[workspace] = min(since, patient.get(workspace, since))
    patient = {workspace: since for workspace, since in patient.items() if now - since >= timing.gives_way_after}
    owed = len(patient) - sum(each.told for each in training)
    long = [each for each in training if not each.told and _is_long(each, timing, now)]
    long.sort(key=lambda each: float("inf") if each.seconds_left is None else each.seconds_left, reverse=True)
    chosen = [each.run for each in long if patient.keys() - {each.workspace}]
    return tuple(chosen[: max(0, owed)])


def who_is_unwatched(training: Sequence[Training], timing: Timing, now: float) -> tuple[str, ...]:
    """Return the runs to pause because nobody has looked for long and they would not be done soon."""
    return tuple(
        each.run
        for each in training
        if not each.told
        and now - each.seen >= timing.unwatched_after
        and (each.seconds_left is None or each.seconds_left > timing.finishes_within)
    )


def _is_long(each: Training, timing: Timing, now: float) -> bool:
    left = each.seconds_left
    return now - each.since >= timing.stays_at_least and (left is None or left > timing.long_from)


@dataclass(frozen=True)
class Weight:
    """Resident memory of a worker's process in MB, now and when it had just become warm."""

    worker: str
    mb: float
    warm_mb: float


def who_has_outgrown(workers: Iterable[Weight], limit_mb: float, quiet: bool) -> str | None:
    """Return the worker to replace: the largest above the limit that has also grown, if any.

    A replacement takes some seconds of a core, so while somebody trains or waits one is left to grow by a tenth more.

    Args:
        quiet: nothing trains or waits.
    """
    most = limit_mb if quiet else 1.1 * limit_mb
    grown = [each for each in workers if each.mb > most and each.mb - each.warm_mb >= WORTH_MB]
    return max(grown, key=lambda each: each.mb).worker if grown else None
