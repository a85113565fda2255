"""Estimates the time until a training run is finished."""

from statistics import fmean

from fvapp.core.results.curves import LearningCurves

# Number of epochs to observe before the first estimate, because earlier estimates vary too much.
_LEAST_WATCHED = 0.1

SLOW_FIRST_PART = 0.1
"""Share of the first epoch during which compilation makes training about five times slower."""


def estimate_time_left(
    curves: LearningCurves, epochs: int, seconds_watched: float, watched_from: float = 0.0
) -> float | None:
    """Return the estimated seconds until a run reaches `epochs`; None if it is too early to tell.

    The estimate is based on the mean duration of the last three epochs.

    Args:
        curves: the curves of the run so far.
        epochs: number of epochs after which the run ends.
        seconds_watched: number of seconds for which the run has been observed. Until the first
            epoch has ended, the estimate is based on this number.
        watched_from: the position, in epochs, at which the observation began.
    """
    positions = curves.block_points.epoch_positions
    position = float(positions[-1]) if len(positions) else float(len(curves.epoch_points.epoch))
    left = max(0.0, epochs - position)
    if seconds := [
        epoch_seconds
        for epoch_seconds in curves.epoch_points.seconds[-3:]
        if epoch_seconds is not None
    ]:
        return left * fmean(seconds)
    done = position - watched_from
    return left * seconds_watched / done if done > _LEAST_WATCHED else None
