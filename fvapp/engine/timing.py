"""The times by which the engine acts. Tests set them shorter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """All in seconds."""

    same_click: float = 2.0  # between two clicks on the same thing that count as one
    tick: float = 0.25  # between two looks at everything; events are written as often
    gives_way_after: float = 20.0  # waiting of another workspace before a long run gives way
    stays_at_least: float = 10.0  # training before a run gives way again
    long_from: float = 20.0  # what a run must have left to be called long
    unwatched_after: float = 600.0  # without a sign of life of the visitor
    finishes_within: float = 60.0  # what an unwatched run may have left and still finish
    wish_again: float = 1.0  # until a stop or pause that was not followed is said again
    checkpoint_every: float = 0.5  # between two checkpoints fetched from a run that trains
    weighed_every: float = 5.0  # between two looks at how much memory the workers take
    worker_ttl: float = 8.0  # silence after which a worker is lost; noticed within twice as much
    start_within: float = 120.0  # from the start of a worker's process until it answers: a cold disk is slow
    scheduler_within: float = 30.0
    ping_every: float = 3.0  # between two questions to the scheduler whether it is there
    ping_within: float = 5.0  # for its answer; three misses in a row and everything starts anew
    others_follow_after: float = 15.0  # workers after the first, if that one is not warm before
    deaths_within: float = 60.0  # window in which deaths of workers are counted
    deaths_before_rest: int = 3  # in that window, before the next one is started with a delay
    rest: float = 15.0  # that delay, doubled with each further death, up to a minute


DEFAULT_TIMING = Timing()
