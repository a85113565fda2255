"""Decisions about runs: who gives way, who is paused. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from fvapp.core.events import EpochEnded, Event, Started
from fvapp.engine.timing import Timing

WORTH_MB = 100.0
"""The least a replacement must free. A worker may exceed the limit from the start."""


@dataclass(frozen=True)
class Training:
    """What the rules need to know about a run in training.

    Attributes:
        seconds_left: None if it cannot be estimated yet.
        since: when its worker started on it.
        seen: the visitor's last sign of life.
        told: whether it has already been told to stop, pause or give way.
    """

    run: str
    workspace: str
    seconds_left: float | None
    since: float
    seen: float
    told: bool


def seconds_left(events: Sequence[Event], epochs: int, epoch: int, step: int) -> float | None:
    """Estimate the training time left from the last three epochs; None before the end of the first epoch."""
    seconds = [event.seconds for event in events if isinstance(event, EpochEnded)][-3:]
    if not seconds:
        return None
    steps = next((event.steps_per_epoch for event in events if isinstance(event, Started)), 0)
    return (epochs - epoch - (step / steps if steps else 0.0)) * fmean(seconds)


def who_gives_way(
    waiting: Iterable[tuple[str, float]], training: Sequence[Training], timing: Timing, now: float
) -> tuple[str, ...]:
    """Return the runs that must make room because others have waited long.

    There is one long run for each workspace that has waited `gives_way_after`, the longest first. A run never makes
    room for its own workspace, nor if it will soon be done or has only just begun. Runs already told to end count.

    Args:
        waiting: the workspace of each waiting run, and since when it has been waiting.
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
    """Return the runs to pause because nobody has looked at them for long and they will not be done soon."""
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
    """Return the worker to replace: the largest one above the limit that has also grown, or None.

    A replacement costs some seconds of a core, so while anything trains or waits, a worker may exceed the limit by a
    tenth.

    Args:
        quiet: whether nothing is training or waiting.
    """
    most = limit_mb if quiet else 1.1 * limit_mb
    grown = [each for each in workers if each.mb > most and each.mb - each.warm_mb >= WORTH_MB]
    return max(grown, key=lambda each: each.mb).worker if grown else None
