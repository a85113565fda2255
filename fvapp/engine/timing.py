"""The engine's intervals and time-outs. Tests use shorter ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

START_SECONDS = 5.0
"""From a cold server to the first block of a training, on one core of its own."""

_OF_PROCESSES = ("worker_ttl", "start_within", "scheduler_within", "ping_within", "silent_at_most")


@dataclass(frozen=True)
class Timing:
    """All in seconds."""

    same_click: float = 2.0  # between two clicks on the same thing that count as one
    tick: float = 0.25  # between two rounds of checks; events are stored as often
    gives_way_after: float = (
        20.0  # that another workspace must have waited before a long run gives way
    )
    stays_at_least: float = 10.0  # of training before a run gives way again
    long_from: float = 20.0  # that a run must have left to count as long
    unwatched_after: float = 600.0  # without a sign of life from the visitor
    finishes_within: float = (
        60.0  # that an unwatched run may have left and still be allowed to finish
    )
    request_again: float = 1.0  # before a stop or pause that was not followed is repeated
    silent_at_most: float = (
        30.0  # without a word of a run in training; if it was told to end, its worker is ended
    )
    checkpoint_every: float = 0.5  # between two checkpoints fetched from a run in training
    idle_after: float = 120.0  # without anybody here, before all but the workers that stay end
    weighed_every: float = 5.0  # between two looks at how much memory the workers take
    others_follow_after: float = (
        3.0  # from the first visitor to the start of more workers, which takes cores too
    )
    worker_ttl: float = 7.0  # of silence after which a worker is lost, noticed a second later
    start_within: float = (
        120.0  # from the start of a worker's process until it answers; a cold disk is slow
    )
    scheduler_within: float = 30.0
    ping_every: float = 3.0  # between two questions to the scheduler whether it is there
    ping_within: float = 5.0  # for its answer; after three misses in a row everything is restarted
    deaths_within: float = 60.0  # window in which the deaths of workers are counted
    deaths_before_rest: int = 3  # in that window, before the next worker is started with a delay
    restart_backoff: float = 15.0  # that delay, doubled with each further death, up to a minute

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return the times with more patience for processes, by so many times."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
