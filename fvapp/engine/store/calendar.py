"""Estimates the date on computers whose clocks are often wrong, to delete old data safely.

School computers may start with a wrong date, which is corrected minutes or days later. A time that
the clock showed on one day of use is believed once the clock shows the same or a later time on
another day of use. Whether data is old enough to delete is judged by this believed time. So a date
that is wrong for one day deletes nothing, and a correct date takes effect one day of use later.
Midnight alone does not begin another day of use: if the time zone is not set, midnight may fall in
the middle of a lesson.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fvapp.core.schema import is_between
from fvapp.engine.store.kept_file import ValuesFile

HOUR = 3_600.0
DAY = 86_400.0
_NIGHT = 8 * HOUR  # minimum number of seconds between the starts of two days of use

# Seconds since 1970; Windows supports times only until the year 3000.
_Time = Annotated[float, is_between(0, 3e10)]


def steady_clock() -> float:
    """Return the seconds of a clock that cannot be set, and that runs while the computer sleeps.

    If this clock stopped during sleep, the wall clock would seem to have been set after a weekend
    of sleep.
    """
    # These clocks include the time asleep: CLOCK_BOOTTIME on Linux, CLOCK_MONOTONIC on macOS, and
    # `time.monotonic` on Windows.
    number = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if number is None else time.clock_gettime(number)


@dataclass(frozen=True)
class ClockHistory:
    """Times that the clock has shown, in seconds since 1970.

    Attributes:
        believed: the latest time that the clock showed on one day of use and confirmed on another.
        last: the time the clock showed when last checked.
        begun: when the latest day of use began.
    """

    believed: _Time = 0.0
    last: _Time = 0.0
    begun: _Time = 0.0


class TrustedClock:
    """Compares the times that the computer's clock shows on the days on which the app is used.

    Attributes:
        history_before_start: the clock's history as it was when this server started.
        is_plausible: whether the clock, when last checked, agreed with an earlier day of use.
        jump_seconds: seconds by which the clock was set forward in the last hour, negative if it
            was set back; 0 if it was set by less than a day.

    Args:
        path: file that stores the clock's history; if None, the history is not stored.
        wall_clock: a clock in seconds since 1970.
        steady: a clock that cannot be set, see :func:`steady_clock`.
    """

    def __init__(
        self, path: Path | None, wall_clock: Callable[[], float], steady: Callable[[], float]
    ) -> None:
        self._wall_clock = wall_clock
        self.steady_clock = steady
        self._file = path and ValuesFile(path, ClockHistory)
        self.history_before_start = self._history = self._stored_history = (
            self._file.read_values() if self._file else ClockHistory()
        )
        self._offset = wall_clock() - steady()
        self.jump_seconds = 0.0
        self._jumped_at = steady()
        self.is_plausible = False

    @property
    def believed_time(self) -> float:
        """The latest time that is trusted: a time the clock showed on an earlier day of use."""
        return self._history.believed

    def now(self) -> float:
        """Return the time for judging how old data is: the clock's, or `believed_time` if later."""
        return max(self._wall_clock(), self.believed_time)

    def timestamp(self) -> float:
        """Return a timestamp for new data: the later of `now` and the last time before the start.

        If a wrong date in the future has been trusted, an earlier timestamp would make new data
        look old at once.
        """
        return max(self.now(), self.history_before_start.last)

    def check_if_clock_was_set(self) -> bool:
        """Return whether the computer's clock was moved by a day or more since the last check.

        Call this method at least once an hour, because it also updates `believed_time`.
        """
        now = self._wall_clock()
        last = self._history.last
        begun = self._history.begun
        apart = self._wall_clock() - self.steady_clock()
        another_day = time.localtime(now)[:3] != time.localtime(begun)[:3] and now - begun >= _NIGHT
        self.is_plausible = now >= last > 0 and another_day
        believed = max(self.believed_time, last) if self.is_plausible else self.believed_time
        self._history = ClockHistory(believed, now, now if another_day or now < last else begun)
        if self._file and (self.is_plausible or abs(now - self._stored_history.last) >= HOUR):
            with suppress(OSError):
                self._file.write_values(self._history)
                self._stored_history = self._history
        jump = apart - self._offset
        self._offset = apart
        if abs(jump) >= DAY:
            self.jump_seconds = self.jump_seconds + jump
            self._jumped_at = self.steady_clock()
        elif self.steady_clock() - self._jumped_at >= HOUR:
            self.jump_seconds = 0.0
        return abs(jump) >= DAY
