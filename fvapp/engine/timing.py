"""The engine's intervals and time-outs. Tests use shorter ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

START_SECONDS = 5.0
"""Seconds from the start of a cold server to a training run's first block, on a dedicated core."""

_OF_PROCESSES = (
    "worker_ttl",
    "worker_start_timeout",
    "scheduler_start_timeout",
    "ping_timeout_seconds",
    "max_silent_seconds",
)


@dataclass(frozen=True)
class Timing:
    """Intervals and time limits in seconds; only `deaths_until_delayed_restart` is a count."""

    # Two clicks on the same thing within this time count as one.
    duplicate_click_seconds: float = 2.0
    tick: float = 0.25  # time between checks; events are stored as often
    # Another workspace waits this long before a long run gives way.
    wait_before_giving_way: float = 20.0
    min_training_seconds: float = 10.0  # a run trains this long before it gives way again
    long_run_seconds: float = 20.0  # a run with more than this left counts as long
    # Runs pause when their visitor's browser has not been heard from for this long.
    unwatched_seconds_until_pause: float = 600.0
    nearly_finished_seconds: float = 60.0  # an unwatched run with at most this left may finish
    # A request to stop or pause that has had no effect is repeated after this long.
    request_repeat_seconds: float = 1.0
    max_silent_seconds: float = 30.0  # a training run without news for this long may count as hung
    checkpoint_interval_seconds: float = 0.5  # time between fetches of a training run's checkpoints
    # Spare workers end after this long without visitors.
    idle_seconds_until_scale_down: float = 120.0
    memory_check_interval_seconds: float = 5.0  # time between measurements of the workers' memory
    scale_up_delay_seconds: float = 3.0  # more workers start this long after a visitor comes
    worker_ttl: float = 7.0  # a worker silent for this long is lost; noticed a second later
    # Time from a worker's start to its answer; a cold disk is slow.
    worker_start_timeout: float = 120.0
    scheduler_start_timeout: float = 30.0
    ping_interval_seconds: float = 3.0  # time between pings of the scheduler
    # Time for the scheduler's answer; after three misses in a row all processes restart.
    ping_timeout_seconds: float = 5.0
    death_window_seconds: float = 60.0  # window in which workers' deaths are counted
    # This many deaths in that window delay the next worker's start.
    deaths_until_delayed_restart: int = 3
    restart_delay_seconds: float = 15.0  # that delay; each death doubles it, up to a minute

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return these times, with those for processes multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
