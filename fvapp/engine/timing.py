"""The engine's intervals and time-outs. Tests use shorter ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

START_SECONDS = 5.0
"""Seconds from a cold server to the first block of a training, on a dedicated core."""

_OF_PROCESSES = ("worker_ttl", "start_within", "scheduler_within", "ping_within", "silent_at_most")


@dataclass(frozen=True)
class Timing:
    """The engine's intervals and time limits, in seconds; only `deaths_before_rest` is a count."""

    same_click: float = 2.0  # two clicks on the same thing within this time count as one
    tick: float = 0.25  # time between checks; events are stored as often
    gives_way_after: float = 20.0  # another workspace waits this long before a long run gives way
    stays_at_least: float = 10.0  # a run trains this long before it gives way again
    long_run_from: float = 20.0  # a run with more than this left counts as long
    unwatched_after: float = 600.0  # runs pause after this long without a sign of life
    finishes_within: float = 60.0  # an unwatched run with at most this left may finish
    request_again: float = 1.0  # a stop or pause without effect is repeated after this long
    silent_at_most: float = 30.0  # a training run without news for this long may count as hung
    checkpoint_every: float = 0.5  # time between fetches of a training run's checkpoints
    idle_after: float = 120.0  # spare workers end after this long without visitors
    memory_checked_every: float = 5.0  # time between measurements of the workers' memory
    more_workers_after: float = 3.0  # more workers start this long after a visitor comes
    worker_ttl: float = 7.0  # a worker silent for this long is lost; noticed a second later
    start_within: float = 120.0  # time from a worker's start to its answer; a cold disk is slow
    scheduler_within: float = 30.0
    ping_every: float = 3.0  # time between pings of the scheduler
    ping_within: float = 5.0  # time for the scheduler's answer; three misses in a row restart all
    deaths_within: float = 60.0  # window in which workers' deaths are counted
    deaths_before_rest: int = 3  # this many deaths in that window delay the next worker's start
    restart_backoff: float = 15.0  # delay of that start; doubled by each death up to a minute

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return these times, with those for processes multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
