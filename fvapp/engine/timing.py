"""The engine's intervals and time-outs; tests use shorter times."""

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
    """Intervals and time limits in seconds, except for the count `deaths_until_delayed_restart`."""

    # Two clicks on the same button within this time count as one click.
    duplicate_click_seconds: float = 2.0
    tick: float = 0.25  # time between the engine's checks, and between writes of new events
    # A workspace waits this long for a worker before another workspace's long run is paused for it.
    wait_before_giving_way: float = 20.0
    min_training_seconds: float = 10.0  # a run is not paused for others before it trained this long
    long_run_seconds: float = 20.0  # a run with more than this time left counts as long
    # Runs pause when their visitor's browser has not been heard from for this long.
    unwatched_seconds_until_pause: float = 600.0
    nearly_finished_seconds: float = 60.0  # with less time left, an unwatched run is not paused
    # A request to stop or pause a run is repeated after this long if it had no effect.
    request_repeat_seconds: float = 1.0
    max_silent_seconds: float = 30.0  # after this long without news, a run may count as hung
    checkpoint_interval_seconds: float = 0.5  # time between fetches of a training run's checkpoints
    # Workers that are not needed end after this long without visitors.
    idle_seconds_until_scale_down: float = 120.0
    memory_check_interval_seconds: float = 5.0  # time between measurements of the workers' memory
    scale_up_delay_seconds: float = 3.0  # more workers start this long after a visitor comes
    worker_ttl: float = 7.0  # the scheduler drops a worker that was silent for this long
    # Time from a worker's start until it must have answered; loading from a cold disk is slow.
    worker_start_timeout: float = 120.0
    scheduler_start_timeout: float = 30.0
    ping_interval_seconds: float = 3.0  # time between pings of the scheduler
    # Time within which the scheduler must answer a ping. After three failed pings in a row, all
    # processes are restarted.
    ping_timeout_seconds: float = 5.0
    death_window_seconds: float = 60.0  # period over which workers' deaths are counted
    # The next worker starts late after this many workers' deaths within `death_window_seconds`.
    deaths_until_delayed_restart: int = 3
    restart_delay_seconds: float = 15.0  # delay of that start; each further death doubles it

    def on_slow_machine(self, slowness: float) -> Timing:
        """Return a copy in which the time limits for processes are multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
