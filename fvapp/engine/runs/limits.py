"""The one table of limits: what a workspace, and all of them together, may ask of the engine.

Limits do not go by network address, because a whole school may share one; only `Guesses` looks at
it. So a script can have as many workspaces as it opens; what it can do to others by each limit of
everybody's:

====================
===============================================================================================
queued_all           nothing: in a full queue the shortest runs, and workspaces opened last, give
way (`admission`) minutes_all          nothing to who has finished a run: newcomers have half of it;
a newcomer's long run may wait inspections_all      halve the turns: workspaces in which nothing has
ended have half of them disk_mb_all          nothing to small workspaces: shares shrink as it fills
(`shares`); pages keep five notes at most codes_a_minute_all   have a wrong code called one too many
instead; a right one always opens guesses_an_hour_all  have newcomers at the same address who type a
short code wait half a minute; links open at once classes              nothing to classes in which
somebody has finished something, nor to those of the teacher's address class_members        nothing
while it is away: who has finished nothing and left gives way to who comes workspaces
nothing: of empty ones those seen longest ago go, an open page is seen each minute
====================
===============================================================================================

What each workspace is refused for itself (cancelled runs, imports, teachings, runs, notes, memory)
a script has as often as it has workspaces. Trainings wait in the queue: a visitor may start the
next one as soon as the last has ended, and only cancelled runs keep workers busy for nothing.
Teachings have threads of their own here, and each leaves its worker as long for the training
(`fvapp.worker.turns`): others' teachings wait behind them. Pages, answers and imports cost the
server's processor time, of which each account has its share (`fvapp.engine.turns`); sessions cost
memory, and beyond so many the idle ones give way (`fvapp.ui.server.sockets`). Of questions about
whole data sets that a worker answers the server only knows how long it waits, and an import is
written to the disk: only their limits stop those.
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
    """All limits. A teacher can set each through the environment, as in ``FVAPP_LIMIT_QUEUED=3``.

    Raises:
        EngineError: ``bad_limit``: a value is not a whole number above 0.
    """

    queued: int = (
        12  # runs of one workspace, waiting or training: two groups of five seeds and a few
    )
    queued_all: int = 200
    queued_first: int = (
        2  # waiting, of a workspace none of whose runs has ended; a group counts once
    )
    minutes: int = 60  # estimated training time of the waiting and training runs of one workspace
    minutes_all: int = 600
    cancelled_a_minute: int = (
        20  # stopped, paused or deleted by one workspace before they are through
    )
    imports_a_minute: int = (
        20  # run files brought back, and runs whose deletion is undone, in one workspace
    )
    images: int = 64  # in one question
    inspections: int = (
        3  # concurrent questions about whole data sets; a tab asks them one after another
    )
    inspections_all: int = 8
    runs: int = 300  # kept for one workspace
    disk_mb: int = 400  # of one workspace; Dense 128 takes 1.2 MB and 3 MB for its frames
    disk_mb_all: int = 5_000
    notes: int = 50  # of one workspace
    teachings_a_minute: int = (
        20  # of a few examples, in one workspace; they do not wait in the queue
    )
    memory_kb: int = 16  # of data that pages keep in one open workspace, never on disk
    note_kb: int = 64
    codes_a_minute: int = 10  # wrong recovery codes typed in one workspace
    codes_a_minute_all: int = 300
    guesses_an_hour: int = 20  # wrong codes of classes and teacher's words, typed in one workspace
    guesses_an_hour_all: int = (
        6_000  # at one network address: three hundred students with all of theirs
    )
    worker_mb: int = 1_100  # resident memory of a worker above which it is replaced
    open_classes: int = 10  # of one teacher, at the same time
    classes: int = 200  # kept, open or closed, beside those of the teacher's address
    class_members: int = 250
    workspaces: int = 20_000  # open at the same time and still empty

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise EngineError(
                    "bad_limit", name=PREFIX + field.name.upper(), value=str(value)[:40]
                )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Limits:
        """Read ``FVAPP_LIMIT_<NAME>`` for each limit; those not set keep their defaults."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            if (text := environ.get(PREFIX + field.name.upper())) is not None:
                values[field.name] = int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else text
        return cls(**values)


WAIT = 30.0  # seconds before a code counts, where too many wrong ones were typed
FORGET = 600.0  # seconds after which nobody waits any more


class Guesses:
    """Counts what can be guessed, wrong codes of six letters and wrong words of a teacher, within
    an hour.

    A workspace that has typed too many is refused the right one too. Where too many were typed at
    one address, each code of a workspace that has finished nothing is looked at only after it has
    waited: so a script there has two requests to pay for each guess, and a student behind the same
    router is in after `WAIT`, whatever the script does. All whose address a proxy hides count as
    one.
    """

    def __init__(self, limits: Limits) -> None:
        self._own = Rate(limits.guesses_an_hour, 3_600, "limit_guesses")
        self._all = Rate(limits.guesses_an_hour_all, 3_600)
        self._waiting: dict[str, float] = {}  # workspaces, and since when; the longest first

    def check(self, workspace: str, newcomer: bool, address: str, now: float) -> None:
        """Refuse who may not guess now.

        Raises:
            EngineError: ``limit_guesses``; ``limit_guesses_all`` with the ``seconds`` until the
                next code counts.
        """
        self._own.check(workspace, now)
        if not newcomer or self._all.room(address, now) > 0:
            return
        while self._waiting and now - (oldest := next(iter(self._waiting.items())))[1] > FORGET:
            del self._waiting[oldest[0]]
        left = self._waiting.setdefault(workspace, now) + WAIT - now
        if left > 0:
            raise EngineError("limit_guesses_all", seconds=ceil(left))
        del self._waiting[workspace]

    def note(self, workspace: str, address: str, now: float) -> None:
        """Note a wrong guess."""
        self._own.add(workspace, now)
        self._all.add(address, now)


class Rate:
    """Count events within the last `seconds`, for each key.

    Attributes:
        counts: the events within the window, of the keys that have some.

    Args:
        most: events allowed within the window.
        seconds: length of the window.
        code: of the error for more than that.
    """

    def __init__(self, most: int, seconds: float, code: str = "") -> None:
        self.most = most
        self.seconds = seconds
        self._code = code
        self.counts: Counter[str] = Counter()
        self._events: deque[tuple[float, str]] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def room(self, key: str, now: float) -> int:
        """Return how many more are allowed at the time `now`."""
        while self._events and self._events[0][0] <= now - self.seconds:
            _, old = self._events.popleft()
            self.counts[old] -= 1
            if not self.counts[old]:
                del self.counts[old]
        return self.most - self.counts[key]

    def check(self, key: str, now: float) -> None:
        """Refuse one more at the time `now`."""
        if self.room(key, now) < 1:
            raise EngineError(self._code, most=self.most)

    def take(self, key: str, now: float) -> None:
        """Refuse or note one more at the time `now`."""
        self.check(key, now)
        self.add(key, now)

    def add(self, key: str, now: float) -> None:
        """Note an event at the time `now`."""
        self._events.append((now, key))
        self.counts[key] += 1
