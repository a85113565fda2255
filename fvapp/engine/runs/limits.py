"""The one table of limits: what a workspace, and all of them together, may ask of the engine.

Limits never go by network address, because a whole school may share one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields

from fvapp.core.errors import EngineError

PREFIX = "FVAPP_LIMIT_"


@dataclass(frozen=True)
class Limits:
    """All limits. A teacher can set each through the environment, as in ``FVAPP_LIMIT_QUEUED=3``.

    Raises:
        EngineError: ``bad_limit``: a value is not a whole number above 0.
    """

    queued: int = 12  # runs of one workspace, waiting or training: two groups of five seeds and a few
    queued_all: int = 200
    queued_first: int = 2  # waiting, of a workspace none of whose runs has ended; a group counts once
    minutes: int = 60  # estimated training time of the waiting and training runs of one workspace
    minutes_all: int = 600
    trainings_a_minute: int = 20  # started by one workspace; more than that is a script, not a student
    trainings_a_minute_all: int = 300
    answers_a_second: int = 20  # requested by one workspace; a page requests two or three per stroke
    answers_a_second_all: int = 200
    images: int = 64  # in one question
    inspections: int = 3  # concurrent questions about whole data sets; a tab asks them one after another
    inspections_all: int = 8
    runs: int = 300  # kept for one workspace
    disk_mb: int = 400  # of one workspace; Dense 128 takes 1.2 MB and 3 MB for its frames
    disk_mb_all: int = 5_000
    notes: int = 50  # of one workspace
    memory_kb: int = 16  # of data that pages keep in one open workspace, never on disk
    note_kb: int = 64
    codes_a_minute: int = 10  # wrong recovery codes typed in one workspace
    codes_a_minute_all: int = 300
    worker_mb: int = 1_100  # resident memory of a worker above which it is replaced
    workspaces: int = 20_000  # open at the same time and still empty

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise EngineError("bad_limit", name=PREFIX + field.name.upper(), value=str(value)[:40])

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Limits:
        """Read ``FVAPP_LIMIT_<NAME>`` for each limit; those not set keep their defaults."""
        texts = {field.name: environ.get(PREFIX + field.name.upper()) for field in fields(cls)}
        texts = {name: text for name, text in texts.items() if text is not None}
        return cls(**{name: int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else text for name, text in texts.items()})


DEFAULT_LIMITS = Limits()


class Rates:
    """A rate for each workspace, and one for all of them together.

    Args:
        codes: error codes for a workspace over its limit, and for all of them together.
        most, most_all: how many are allowed within `seconds`.
        spares: whether a workspace that has done nothing within `seconds` is never refused because of others.
    """

    def __init__(self, codes: tuple[str, str], most: int, most_all: int, seconds: float, spares: bool = False) -> None:
        (self._code, self._code_all), self._spares = codes, spares
        self._own, self._all = Rate(most, seconds), Rate(most_all, seconds)

    def check(self, workspace: str, now: float, count: int = 1) -> None:
        """Refuse `count` more at the time `now` if they exceed a limit.

        Raises:
            EngineError: one of the codes.
        """
        room = self._own.room(workspace, now)
        if room < count:
            raise EngineError(self._code, most=self._own.most)
        spared = self._spares and room == self._own.most
        if not spared and self._all.room("all", now) < count:
            raise EngineError(self._code_all, most=self._all.most)

    def add(self, workspace: str, now: float, count: int = 1) -> None:
        """Note `count` more at the time `now`."""
        self._own.add(workspace, now, count)
        self._all.add("all", now, count)


class Rate:
    """Count events within the last `seconds`, for each key.

    Args:
        most: events allowed within the window.
        seconds: length of the window.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._times: dict[str, deque[float]] = {}

    def room(self, key: str, now: float) -> int:
        """Return how many more are allowed at the time `now`."""
        times = self._times.get(key)
        if times is None:
            return self.most
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if not times:
            del self._times[key]
        return self.most - len(times)

    def add(self, key: str, now: float, count: int = 1) -> None:
        """Note `count` events at the time `now`."""
        self._times.setdefault(key, deque()).extend([now] * count)
