"""Defines the engine's intervals and time-outs; tests use shorter times."""

from __future__ import annotations

from dataclasses import dataclass, replace

START_SECONDS = 5.0
"""Seconds from a cold start of the server to a run's first block of steps, on a dedicated core."""

_OF_PROCESSES = (
    "worker_ttl_seconds",
    "worker_start_timeout_seconds",
    "scheduler_start_timeout_seconds",
    "ping_timeout_seconds",
    "max_silent_seconds",
)


@dataclass(frozen=True)
class Timing:
    """Intervals and time limits in seconds, except for the count `deaths_until_delayed_restart`."""

    # Two clicks on the same button within this time count as one click.
    duplicate_click_seconds: float = 2.0
    # Time between the engine's checks, and between writes of new events.
    check_interval_seconds: float = 0.25
    # When a workspace has waited this long for a worker, another workspace's long run is paused.
    waiting_seconds_until_displacing: float = 20.0
    # A run trains at least this long before it is paused to make room for others.
    min_training_seconds: float = 10.0
    long_run_seconds: float = 20.0  # seconds of training left above which a run counts as long
    # Runs pause when their visitor's browser has not been heard from for this long.
    unwatched_seconds_until_pause: float = 600.0
    nearly_finished_seconds: float = 60.0  # an unwatched run with less time left is not paused
    # A request to stop or pause a run is repeated after this long if it had no effect.
    request_repeat_seconds: float = 1.0
    max_silent_seconds: float = 30.0  # after this long without events, a run may count as hung
    checkpoint_interval_seconds: float = 0.5  # time between fetches of a training run's checkpoints
    # Workers that are not needed end when there have been no visitors for this long.
    idle_seconds_until_scale_down: float = 120.0
    memory_check_interval_seconds: float = 5.0  # time between measurements of the workers' memory
    scale_up_delay_seconds: float = 3.0  # time from a visitor's arrival until more workers start
    worker_ttl_seconds: float = 7.0  # a worker that is silent for this long is dropped
    # A worker must answer within this time after its start; reading from a cold disk is slow.
    worker_start_timeout_seconds: float = 120.0
    scheduler_start_timeout_seconds: float = 30.0
    ping_interval_seconds: float = 3.0  # time between pings of the scheduler
    # Time within which the scheduler must answer a ping. After three failed pings in a row, all
    # processes are restarted.
    ping_timeout_seconds: float = 5.0
    death_window_seconds: float = 60.0  # period over which workers' deaths are counted
    # After this many deaths of workers within `death_window_seconds`, the next start is delayed.
    deaths_until_delayed_restart: int = 3
    restart_delay_seconds: float = 15.0  # first delay, doubled after each further worker's death

    def scaled_by_slowness(self, slowness: float) -> Timing:
        """Return a copy in which the time limits for processes are multiplied by `slowness`."""
        return replace(self, **{name: slowness * getattr(self, name) for name in _OF_PROCESSES})


DEFAULT_TIMING = Timing()
