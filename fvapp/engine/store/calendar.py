"""What time it is for what is kept so many days: this computer's clock, as far as it can be
believed.

School computers start with a wrong date, which is set right days or minutes later. What a clock
said on one day of use is believed once it says so, or more, on another day of use: who deletes by
`Calendar.believed` loses nothing to a date that was wrong for a day, and waits for one day of use
more where it was right. A midnight alone makes no other day of use: where the time zone is not set,
it may come in the middle of a lesson.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fvapp.core.schema import between
from fvapp.engine.store.kept_file import KeptFile

HOUR = 3_600.0
DAY = 86_400.0
_NIGHT = 8 * HOUR  # from the beginning of a day of use, at least, to that of the next

# seconds since 1970; the calendar of Windows ends in the year 3000
_Time = Annotated[float, between(0, 3e10)]


def steady() -> float:
    """Return seconds that nobody can set, and that go on while the computer sleeps: a weekend
    asleep is no jump.
    """
    # Of Linux; what macOS calls monotonic counts sleep as well there, and `time.monotonic` of
    # Windows does.
    number = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if number is None else time.clock_gettime(number)


@dataclass(frozen=True)
class Seen:
    """What the clock has said: the latest time that is believed, the last of all, and when that day
    of use began.
    """

    believed: _Time = 0.0
    last: _Time = 0.0
    begun: _Time = 0.0


class Calendar:
    """The days of use.

    Attributes:
        before: what had been seen before this start.
        agrees: whether the clock agreed with an earlier day of use, when it was looked at last.
        jumped: by how many seconds the clock was set in the last hour, from a day on; else 0.

    Args:
        path: where it is kept; None for nowhere.
        wall: seconds since 1970.
        steady: see :func:`steady`.
    """

    def __init__(
        self, path: Path | None, wall: Callable[[], float], steady: Callable[[], float]
    ) -> None:
        self._wall = wall
        self.steady = steady
        self._file = path and KeptFile(path, Seen)
        self.before = self._seen = self._written = self._file.read() if self._file else Seen()
        self._apart = wall() - steady()
        self.jumped = 0.0
        self._jumped_at = steady()
        self.agrees = False

    @property
    def believed(self) -> float:
        """The time that is believed: it never goes back, and is one day of use late."""
        return self._seen.believed

    def now(self) -> float:
        """Return the time by which something may look old: the clock's, and none before what is
        believed.
        """
        return max(self._wall(), self.believed)

    def stamp(self) -> float:
        """Return the time for what is done now: none before what had been seen before this start,
        or is believed.

        Else what is done now would look old at once, after a date was believed that is still to
        come.
        """
        return max(self.now(), self.before.last)

    def look(self) -> bool:
        """Look at the clock, at least once an hour; return whether it was set by a day or more
        since.
        """
        now = self._wall()
        last = self._seen.last
        begun = self._seen.begun
        apart = self._wall() - self.steady()
        another_day = time.localtime(now)[:3] != time.localtime(begun)[:3] and now - begun >= _NIGHT
        self.agrees = now >= last > 0 and another_day
        believed = max(self.believed, last) if self.agrees else self.believed
        self._seen = Seen(believed, now, now if another_day or now < last else begun)
        if self._file and (self.agrees or abs(now - self._written.last) >= HOUR):
            with suppress(OSError):
                self._file.write(self._seen)
                self._written = self._seen
        jump = apart - self._apart
        self._apart = apart
        if abs(jump) >= DAY:
            self.jumped = self.jumped + jump
            self._jumped_at = self.steady()
        elif self.steady() - self._jumped_at >= HOUR:
            self.jumped = 0.0
        return abs(jump) >= DAY
