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

    duplicate_click_seconds: float = (
        2.0  # two clicks on the same thing within this time count as one
    )
    tick: float = 0.25  # time between checks; events are stored as often
    wait_before_giving_way: float = (
        20.0  # another workspace waits this long before a long run gives way
    )
    min_training_seconds: float = 10.0  # a run trains this long before it gives way again
    long_run_seconds: float = 20.0  # a run with more than this left counts as long
    unwatched_seconds_until_pause: float = (
        600.0  # runs pause after this long without a sign of life
    )
    nearly_finished_seconds: float = 60.0  # an unwatched run with at most this left may finish
    request_repeat_seconds: float = (
        1.0  # a request to stop or pause that has had no effect is repeated after this long
    )
    max_silent_seconds: float = 30.0  # a training run without news for this long may count as hung
    checkpoint_interval_seconds: float = 0.5  # time between fetches of a training run's checkpoints
    idle_seconds_until_scale_down: float = (
        120.0  # spare workers end after this long without visitors
    )
    memory_check_interval_seconds: float = 5.0  # time between measurements of the workers' memory
    scale_up_delay_seconds: float = 3.0  # more workers start this long after a visitor comes
    worker_ttl: float = 7.0  # a worker silent for this long is lost; noticed a second later
    worker_start_timeout: float = (
        120.0  # time from a worker's start to its answer; a cold disk is slow
    )
    scheduler_start_timeout: float = 30.0
    ping_interval_seconds: float = 3.0  # time between pings of the scheduler
    ping_timeout_seconds: float = (
        5.0  # time for the scheduler's answer; after three misses in a row all processes restart
    )
    death_window_seconds: float = 60.0  # window in which workers' deaths are counted
    deaths_until_delayed_restart: int = (
        3  # this many deaths in that window delay the next worker's start
    )
    restart_delay_seconds: float = 15.0  # that delay; each death doubles it, up to a minute

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return these times, with those for processes multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
