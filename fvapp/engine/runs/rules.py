"""Decides which training runs count as hung, give way to waiting runs, or are paused."""

from collections.abc import Iterable, Sequence

from fvapp.core.events import EpochEnded
from fvapp.core.limits import estimate_training_seconds
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.runs.queue import LEAST_SECONDS
from fvapp.engine.timing import Timing

FEWEST_IN_EPOCH = 6
TIMES = 10
"""A run counts as hung if a block of steps takes this many times as long as expected.

A worker reports at least `FEWEST_IN_EPOCH` blocks per epoch.
"""


def is_run_hung(run: Run, timing: Timing, now: float) -> bool:
    """Return whether a run in training has been silent for so long that it counts as hung.

    A run that was asked to end counts as hung after `max_silent_seconds`, because the run only has
    to finish its block of steps and the evaluation on the test set.
    """
    silence = now - run.last_heard_at
    if silence < timing.max_silent_seconds or run.last_requested_action != "run":
        return silence >= timing.max_silent_seconds
    stated = estimate_training_seconds(run.record.settings) / run.record.settings.epochs
    measured = [event.seconds for event in run.events or () if isinstance(event, EpochEnded)]
    return silence >= TIMES * max(stated, *measured[-3:], 0.0) / FEWEST_IN_EPOCH


def runs_to_give_way(
    waiting: Iterable[Run], training: Sequence[Run], timing: Timing, now: float
) -> list[Run]:
    """Return the training runs that must make room because other workspaces have waited long.

    For each workspace that has waited `waiting_seconds_until_displacing`, one long run makes room,
    the longest run first. A run does not make room for its own workspace, nor if the run is nearly
    finished or has only just begun. Runs that were already asked to end count as making room. All
    the shortest waiting runs together count as one, as in the queue, because one worker is enough
    for all of them.
    """
    waited = [
        run for run in waiting if now - run.waiting_since >= timing.waiting_seconds_until_displacing
    ]
    shortest = [run for run in waited if run.estimated_seconds <= LEAST_SECONDS]
    patient = {run.workspace.id for run in waited if run not in shortest[1:]}
    owed = len(patient) - sum(run.last_requested_action != "run" for run in training)
    left = {run: float("inf") if run.seconds_left is None else run.seconds_left for run in training}
    long = [
        run
        for run in training
        if run.last_requested_action == "run"
        and now - run.training_since >= timing.min_training_seconds
        and left[run] > timing.long_run_seconds
        and patient - {run.workspace.id}
    ]
    return sorted(long, key=left.__getitem__, reverse=True)[: max(0, owed)]


def runs_to_pause(training: Iterable[Run], timing: Timing, now: float) -> list[Run]:
    """Return the runs in training that will not end soon and that nobody has watched lately."""
    return [
        run
        for run in training
        if run.last_requested_action == "run"
        and now - run.workspace.seen_at >= timing.unwatched_seconds_until_pause
        and (run.seconds_left is None or run.seconds_left > timing.nearly_finished_seconds)
    ]
