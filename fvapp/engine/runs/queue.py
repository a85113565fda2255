"""Who is next: who has waited, measured by what they wait for. Pure: no threads, no clock.

The rule is Zhang's ("VirtualClock: a new traffic control algorithm for packet switching networks", SIGCOMM 1990), with
runs for packets and workspaces for flows: a run is stamped with the time at which it would end if its workspace had a
slow worker to itself, and the earliest stamp is served first.
"""

from __future__ import annotations

from dataclasses import dataclass

STRETCH = 4.0
"""How many times slower than a real worker the one is by which runs are stamped.

So many times its own length a run may be overtaken by shorter ones that come later: who wants ten minutes lets those
pass for forty who want some seconds, and then nobody.
"""


@dataclass(frozen=True)
class _Waiting:
    run: str
    workspace: str
    stamp: float  # a time of the clock by which `add` is called


class FairQueue:
    """Runs that wait, the earliest stamp first, in order of arrival where stamps are equal.

    A visitor who queues ten runs does not make the next visitor wait for ten, and ten minutes of one do not come
    before ten seconds of another.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []  # in the order in which they are taken

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, workspace: str, run: str, seconds: float, now: float, made_room: bool = False) -> None:
        """Queue a run behind those of its workspace.

        Args:
            seconds: how long it still trains, by an estimate.
            now: the time, of a clock that only goes forward.
            made_room: it gave its worker up for others, so that the first of them is before it in any case.
        """
        own = (each.stamp for each in self._waiting if each.workspace == workspace)
        stamp = max([now, *own]) + STRETCH * seconds
        if made_room:
            others = (each.stamp for each in self._waiting if each.workspace != workspace)
            stamp = max(stamp, next(others, stamp))
        self._waiting.append(_Waiting(run, workspace, stamp))
        self._waiting.sort(key=lambda each: each.stamp)  # stable, so equal stamps stay in order of arrival

    def put_back(self, workspace: str, run: str) -> None:
        """Queue a run that was taken but could not be begun, before all others."""
        stamp = min((each.stamp for each in self._waiting), default=float("-inf"))
        self._waiting.insert(0, _Waiting(run, workspace, stamp))

    def remove(self, run: str) -> bool:
        """Take a run out; return whether it was there."""
        left = [each for each in self._waiting if each.run != run]
        found = len(left) < len(self._waiting)
        self._waiting = left
        return found

    def take(self) -> str | None:
        """Take the next run out."""
        return self._waiting.pop(0).run if self._waiting else None

    def order(self) -> tuple[str, ...]:
        """Return all runs in the order in which :meth:`take` would give them."""
        return tuple(each.run for each in self._waiting)
