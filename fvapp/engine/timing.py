"""The engine's intervals and time-outs. Tests use shorter ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

START_SECONDS = 5.0
"""Seconds from a cold server to the first block of a training, on a dedicated core."""

_OF_PROCESSES = ("worker_ttl", "start_within", "scheduler_within", "ping_within", "silent_at_most")


@dataclass(frozen=True)
class Timing:
    """The engine's intervals and time limits, in seconds; only `deaths_before_rest` is a count."""

    same_click: float = 2.0  # within which two clicks on the same thing count as one
    tick: float = 0.25  # between checks; events are stored as often
    gives_way_after: float = 20.0  # another workspace waits this long before a long run gives way
    stays_at_least: float = 10.0  # a run trains this long before it gives way again
    long_run_from: float = 20.0  # a run with more than this left counts as long
    unwatched_after: float = 600.0  # without a sign of life from the visitor before runs pause
    finishes_within: float = 60.0  # an unwatched run with at most this left may finish
    request_again: float = 1.0  # before a stop or pause without effect is repeated
    silent_at_most: float = 30.0  # without news of a training run before it may count as hung
    checkpoint_every: float = 0.5  # between fetches of a training run's checkpoints
    idle_after: float = 120.0  # without any visitor before all workers end that need not stay
    memory_checked_every: float = 5.0  # between measurements of the workers' memory
    more_workers_after: float = 3.0  # from the first visitor to more workers; starts take cores
    worker_ttl: float = 7.0  # of silence, after which a worker is lost; noticed a second later
    start_within: float = 120.0  # from a worker's start to its answer; a cold disk is slow
    scheduler_within: float = 30.0
    ping_every: float = 3.0  # between pings of the scheduler
    ping_within: float = 5.0  # for its answer; after three misses in a row, everything restarts
    deaths_within: float = 60.0  # window in which workers' deaths are counted
    deaths_before_rest: int = 3  # in that window; then the next worker starts with a delay
    restart_backoff: float = 15.0  # that delay, doubled with each further death up to a minute

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return the same times, but those for processes multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
