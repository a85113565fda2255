"""The limits on what one workspace, and all workspaces together, may ask of the engine.

Limits do not depend on the network address, because a whole school may share one; only
`GuessLimits` considers it. So a script can open any number of workspaces. This is what it can then
do to others through each limit that everybody shares:

- ``queued_all``: nothing. In a full queue the shortest runs, and the workspaces opened last, give
  way (`admission`).
- ``minutes_all``: nothing to anybody who has finished a run, because newcomers get half; a
  newcomer's long run may wait.
- ``inspections_all``: take half of the turns, the share of all workspaces in which no run has
  ended.
- ``disk_mb_all``: nothing to small workspaces. Shares shrink as the disk fills (`shares`); pages
  keep five notes at most.
- ``codes_a_minute_all``: have a wrong code reported as one too many. A correct code always works.
- ``guesses_an_hour_all``: make newcomers at the same address who type a short code wait half a
  minute. Links open at once.
- ``classes``: nothing to classes in which a student has finished a run, nor to classes of a teacher
  who opened the teacher's address.
- ``class_members``: nothing once the script's members are absent. Absent members who have not
  finished a run give way to new ones.
- ``workspaces``: nothing. Empty workspaces seen longest ago are forgotten first, and an open page
  is seen every minute.

A script gets the limits of a single workspace (cancelled runs, imports, teachings, runs, notes,
memory) once per workspace. Training runs wait in the queue: a visitor may start the next run as
soon as the last has ended, and only cancelled runs keep workers busy for nothing. Teachings have
their own threads. After a teaching, its worker trains for as long as the teaching took
(`fvapp.worker.turns`), and other teachings wait. Pages, answers and imports cost the server's
processor time, of which each account has its share (`fvapp.engine.turns`). Sessions cost memory;
when there are too many, idle ones give way (`fvapp.ui.server.sockets`). Questions about whole data
sets, and imports, are restricted only by their own limits: the server knows only how long a
question waits for a worker, and imports are written to the disk.
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
    """All limits; the environment can set each, as in ``FVAPP_LIMIT_QUEUED=3``.

    Raises:
        EngineError: ``bad_limit``: a value is not a whole number above 0.
    """

    queued: int = 12  # waiting or training runs of a workspace: two groups of five, and two more
    queued_all: int = 200
    queued_first: int = 2  # waiting runs of a workspace without ended runs; a group counts as one
    minutes: int = 60  # estimated training time of a workspace's waiting and training runs
    minutes_all: int = 600
    cancelled_a_minute: int = 20  # runs that a workspace stops, pauses or deletes before their end
    imports_a_minute: int = 20  # files imported, and deletions of runs undone, in a workspace
    images: int = 64  # images in one question
    inspections: int = 3  # concurrent questions about whole data sets; a tab asks one at a time
    inspections_all: int = 8
    runs: int = 300  # runs kept in a workspace
    disk_mb: int = 400  # a workspace's files; a run of Dense 128 takes 1.2 MB, its frames 3 MB
    disk_mb_all: int = 5_000
    notes: int = 50  # notes in a workspace
    teachings_a_minute: int = 20  # teachings in a workspace; they do not wait in the queue
    memory_kb: int = 16  # data that pages keep in an open workspace, never on disk
    note_kb: int = 64
    codes_a_minute: int = 10  # wrong recovery codes typed in a workspace
    codes_a_minute_all: int = 300
    guesses_an_hour: int = 20  # wrong class codes and teacher's passwords typed in a workspace
    guesses_an_hour_all: int = 6_000  # wrong guesses at one address: 20 by each of 300 students
    worker_mb: int = 1_100  # resident memory of a worker above which it is replaced
    open_classes: int = 10  # open classes of one teacher
    classes: int = 200  # classes kept, open or closed, of teachers without the teacher's right
    class_members: int = 250
    workspaces: int = 20_000  # open workspaces that are still empty

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise EngineError(
                    "bad_limit",
                    name=PREFIX + field.name.upper(),
                    value=str(value)[:40],
                )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Limits:
        """Read ``FVAPP_LIMIT_<NAME>`` for each limit; those not set keep their defaults."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            if (text := environ.get(PREFIX + field.name.upper())) is not None:
                values[field.name] = int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else text
        return cls(**values)


WAIT = 30.0  # seconds that a newcomer waits at an address with too many wrong guesses
FORGET = 600.0  # seconds after which a waiting workspace is forgotten


class GuessLimits:
    """Limits wrong guesses within an hour, of six-letter class codes and teacher's passwords.

    A workspace with too many wrong guesses is refused even with the correct code. At an address
    with too many wrong guesses, a newcomer's code counts only after a wait. So a script there needs
    two requests per guess, and a student behind the same router gets in after `WAIT` seconds,
    whatever the script does. All visitors whose address a proxy hides count as one address.
    """

    def __init__(self, limits: Limits) -> None:
        self._own = RateLimit(limits.guesses_an_hour, 3_600, "limit_guesses")
        self._all = RateLimit(limits.guesses_an_hour_all, 3_600)
        self._waiting: dict[str, float] = {}  # when each workspace began to wait, earliest first

    def check_guess(self, workspace: str, newcomer: bool, address: str, now: float) -> None:
        """Check that a workspace may guess now.

        Raises:
            EngineError: ``limit_guesses``; ``limit_guesses_all`` with the ``seconds`` until the
                next code counts.
        """
        self._own.check_limit(workspace, now)
        if not newcomer or self._all.count_left(address, now) > 0:
            return
        while self._waiting and now - (oldest := next(iter(self._waiting.items())))[1] > FORGET:
            del self._waiting[oldest[0]]
        left = self._waiting.setdefault(workspace, now) + WAIT - now
        if left > 0:
            raise EngineError("limit_guesses_all", seconds=ceil(left))
        del self._waiting[workspace]

    def note_wrong_guess(self, workspace: str, address: str, now: float) -> None:
        """Note a wrong guess."""
        self._own.add_event(workspace, now)
        self._all.add_event(address, now)


class RateLimit:
    """Counts events within a window of time, for each key.

    Attributes:
        counts: number of events within the window, by key.

    Args:
        most: events allowed within the window.
        seconds: length of the window.
        code: code of the error raised when there are more.
    """

    def __init__(self, most: int, seconds: float, code: str = "") -> None:
        self.limit = most
        self.window_seconds = seconds
        self._code = code
        self.counts: Counter[str] = Counter()
        self._events: deque[tuple[float, str]] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def count_left(self, key: str, now: float) -> int:
        """Return how many more events are allowed at the time `now`."""
        while self._events and self._events[0][0] <= now - self.window_seconds:
            _, old = self._events.popleft()
            self.counts[old] -= 1
            if not self.counts[old]:
                del self.counts[old]
        return self.limit - self.counts[key]

    def check_limit(self, key: str, now: float) -> None:
        """Check that one more event is allowed at the time `now`."""
        if self.count_left(key, now) < 1:
            raise EngineError(self._code, most=self.limit)

    def check_and_add_event(self, key: str, now: float) -> None:
        """Check that one more event is allowed at the time `now`, and note it."""
        self.check_limit(key, now)
        self.add_event(key, now)

    def add_event(self, key: str, now: float) -> None:
        """Note an event at the time `now`."""
        self._events.append((now, key))
        self.counts[key] += 1
