"""Estimates how long a run will still take."""

from statistics import fmean

from fvapp.core.results.curves import Curves

_LEAST_WATCHED = 0.1  # epochs to watch before the first estimate, as earlier ones would jump about

SLOW_FIRST_PART = 0.1
"""Share of the first epoch in which compiling makes training about five times slower."""


def estimate_time_left(
    curves: Curves, epochs: int, seconds_watched: float, watched_from: float = 0.0
) -> float | None:
    """Return the estimated seconds that a run needs to reach `epochs`, None if too little is known.

    The estimate uses the mean time of the last three epochs.

    Args:
        curves: curves of the run so far.
        epochs: how many epochs the run is to reach.
        seconds_watched: how long the run has been watched; used until its first epoch has ended.
        watched_from: position in epochs at which watching began.
    """
    positions = curves.blocks.epoch_positions
    position = float(positions[-1]) if len(positions) else float(len(curves.epochs.epoch))
    left = max(0.0, epochs - position)
    if seconds := [
        epoch_seconds for epoch_seconds in curves.epochs.seconds[-3:] if epoch_seconds is not None
    ]:
        return left * fmean(seconds)
    done = position - watched_from
    return left * seconds_watched / done if done > _LEAST_WATCHED else None
