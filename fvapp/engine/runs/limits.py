"""Defines the limits on what one workspace, and all workspaces together, may request.

Limits do not depend on the network address, because a whole school may share one address; only
`GuessLimits` considers it. So a script can open any number of workspaces. The following list says
how such a script can harm other visitors through each limit that all workspaces share. A newcomer
is a workspace in which no run has ended yet.

- ``queued_all``: no harm. In a full queue the shortest runs, and the workspaces opened last, give
  way (`admission`).
- ``minutes_all``: no harm to anybody who has finished a run, because newcomers get only half of the
  minutes of training. A newcomer's long run may have to wait.
- ``inspections_all``: the script can take the share of all newcomers, which is half of the turns for
  questions about whole data sets.
- ``disk_mb_all``: no harm to small workspaces, because the shares of large ones shrink as the disk
  fills (`shares`). Pages keep at most five notes in a workspace.
- ``codes_a_minute_all``: a visitor who mistypes a code may be told that there were too many wrong
  codes. A correct code always works.
- ``guesses_an_hour_all``: newcomers at the same address who type a short code must wait half a
  minute. Links open at once.
- ``classes``: no harm to classes in which a student has finished a run, nor to classes of a teacher
  who has opened the private teacher link.
- ``class_members``: no harm once the script's members are absent, because absent members who have
  not finished a run give way to new members.
- ``workspaces``: no harm. The empty workspaces that were seen longest ago are forgotten first, and
  an open page is seen every minute.

The limits of a single workspace (cancelled runs, imports, teachings, runs, notes, memory) apply to
each of a script's workspaces separately. Training runs wait in the queue: a visitor may start the
next run as soon as the last has ended, and only cancelled runs waste the workers' time.
Teachings, in which a network trains further on a few examples, have their own threads. After a
teaching, its worker trains for as long as the teaching took (`fvapp.worker.turns`), and other
teachings wait. Pages, answers and imports cost the server's processor time; each account has a
share of it (`fvapp.engine.turns`). Sessions cost memory; if there are too many, idle sessions are
closed (`fvapp.ui.server.sockets`). Questions about whole data sets, and imports, are restricted
only by their own limits: the server knows only how long a question waits for a worker, and imports
are written to the disk.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import ceil
from typing import Any

from fvapp.core.errors import EngineError

PREFIX = "FVAPP_LIMIT_"


@dataclass(frozen=True)
class Limits:
    """The engine's limits, each of which an environment variable can set: ``FVAPP_LIMIT_QUEUED=3``.

    Raises:
        EngineError: ``bad_limit``: a value is not a whole number above 0.
    """

    queued: int = 12  # maximum number of waiting and training runs in a workspace
    queued_all: int = 200
    queued_first: int = 2  # maximum waiting groups of runs before a workspace's first run ends
    minutes: int = 60  # maximum training time of a workspace's unfinished runs, in minutes
    minutes_all: int = 600
    cancelled_a_minute: int = 20  # maximum number of unfinished runs stopped, paused or deleted
    imports_a_minute: int = 20  # maximum number of file imports and undone deletions in a workspace
    images: int = 64  # maximum number of images that a network classifies in one command
    inspections: int = 3  # maximum number of concurrent questions about whole data sets
    inspections_all: int = 8
    runs: int = 300  # maximum number of runs kept in a workspace
    disk_mb: int = 400  # maximum disk space of a workspace in MB; a typical run needs 4 MB
    disk_mb_all: int = 5_000
    notes: int = 50  # maximum number of notes (page data in JSON) in a workspace
    teachings_a_minute: int = 20  # maximum number of times that a workspace may teach networks
    memory_kb: int = 16  # maximum KB of data that pages keep in memory for a workspace
    note_kb: int = 64
    codes_a_minute: int = 10  # maximum number of wrong recovery codes typed in a workspace
    codes_a_minute_all: int = 300
    guesses_an_hour: int = 20  # maximum number of a workspace's wrong class codes and passwords
    # maximum number of wrong guesses per network address: 20 by each of 300 students
    guesses_an_hour_all: int = 6_000
    worker_mb: int = 1_100  # resident memory in MB above which a worker is replaced
    open_classes: int = 10  # maximum number of open classes of one teacher
    classes: int = 200  # maximum number of open and closed classes of all unverified teachers
    class_members: int = 250
    workspaces: int = 20_000  # maximum number of empty workspaces in memory

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise EngineError(
                    "bad_limit", name=PREFIX + field.name.upper(), value=str(value)[:40]
                )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Limits:
        """Read each limit from ``FVAPP_LIMIT_<NAME>``; a limit not set there has its default."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            if (text := environ.get(PREFIX + field.name.upper())) is not None:
                values[field.name] = int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else text
        return cls(**values)


WAIT = 30.0  # seconds that a new workspace waits after too many wrong guesses from its address
FORGET = 600.0  # seconds for which the start of a workspace's wait is remembered


class GuessLimits:
    """Limits wrong guesses of six-letter class codes and the teacher password within an hour.

    A workspace with too many wrong guesses is refused even with the correct code. If there were too
    many wrong guesses at a network address, a workspace in which no run has ended must wait before
    its code is checked. So a script at this address needs two requests per guess, and a student
    behind the same router gets in after `WAIT` seconds, whatever the script does. Visitors whose
    addresses a proxy hides all count as one address.
    """

    def __init__(self, limits: Limits) -> None:
        self._limit_by_workspace = RateLimit(limits.guesses_an_hour, 3_600, "limit_guesses")
        self._limit_by_address = RateLimit(limits.guesses_an_hour_all, 3_600)
        # when each workspace began to wait, earliest first
        self._waiting_since: dict[str, float] = {}

    def check_guess_limit(
        self, workspace: str, is_newcomer: bool, address: str, now: float
    ) -> None:
        """Check that a workspace may now guess a code or password.

        Args:
            is_newcomer: whether no run has ended in the workspace.

        Raises:
            EngineError: ``limit_guesses``: the workspace guessed wrong too often;
                ``limit_guesses_all``: too many guesses at the address were wrong, so the workspace
                must wait for ``seconds``.
        """
        self._limit_by_workspace.check_limit(workspace, now)
        if not is_newcomer or self._limit_by_address.count_events_left(address, now) > 0:
            return
        while (
            self._waiting_since
            and now - (oldest := next(iter(self._waiting_since.items())))[1] > FORGET
        ):
            del self._waiting_since[oldest[0]]
        left = self._waiting_since.setdefault(workspace, now) + WAIT - now
        if left > 0:
            raise EngineError("limit_guesses_all", seconds=ceil(left))
        del self._waiting_since[workspace]

    def count_wrong_guess(self, workspace: str, address: str, now: float) -> None:
        """Count a wrong guess for its workspace and its network address."""
        self._limit_by_workspace.add_event(workspace, now)
        self._limit_by_address.add_event(address, now)


class RateLimit:
    """Limits the number of events within a window of time, for each key separately.

    Attributes:
        event_counts: number of events within the window, by key.

    Args:
        most: number of events allowed for each key within the window.
        seconds: length of the window, in seconds.
        code: code of the error raised for each further event.
    """

    def __init__(self, most: int, seconds: float, code: str = "") -> None:
        self.limit = most
        self.window_seconds = seconds
        self._error_code = code
        self.event_counts: Counter[str] = Counter()
        self._events: deque[tuple[float, str]] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def count_events_left(self, key: str, now: float) -> int:
        """Return how many more events of a key are allowed at the time `now`."""
        while self._events and self._events[0][0] <= now - self.window_seconds:
            _, old = self._events.popleft()
            self.event_counts[old] -= 1
            if not self.event_counts[old]:
                del self.event_counts[old]
        return self.limit - self.event_counts[key]

    def check_limit(self, key: str, now: float) -> None:
        """Raise an error if another event of a key is not allowed at the time `now`."""
        if self.count_events_left(key, now) < 1:
            raise EngineError(self._error_code, most=self.limit)

    def check_and_add_event(self, key: str, now: float) -> None:
        """Record an event of `key` at the time `now`; raise an error if the limit is reached."""
        self.check_limit(key, now)
        self.add_event(key, now)

    def add_event(self, key: str, now: float) -> None:
        """Record an event of a key at the time `now`, even if the event is not allowed."""
        self._events.append((now, key))
        self.event_counts[key] += 1
