"""Who is next: whoever has waited longest in relation to what they wait for. Pure: no threads, no clock.

This is Zhang's rule ("VirtualClock: a new traffic control algorithm for packet switching networks", SIGCOMM 1990) with
runs instead of packets and workspaces instead of flows: a run is stamped with the time at which it would end if its
workspace had a slow worker to itself, and the earliest stamp is served first.
"""

from __future__ import annotations

from dataclasses import dataclass

STRETCH = 4.0
"""How much slower than a real worker the imagined one is.

Shorter runs that come later may overtake a run for this multiple of its own length: a run of ten minutes lets runs of a
few seconds pass for forty minutes, and then no more.
"""


@dataclass(frozen=True)
class _Waiting:
    run: str
    workspace: str
    stamp: float  # a time on the clock that `add` is called with


class FairQueue:
    """Waiting runs, the earliest stamp first; equal stamps stay in order of arrival.

    A visitor who queues ten runs does not make the next visitor wait for all ten, and one visitor's ten minutes do not
    come before another's ten seconds.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []  # in the order in which they are taken

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, workspace: str, run: str, seconds: float, now: float, made_room: bool = False) -> None:
        """Queue a run behind those of its workspace.

        Args:
            seconds: estimated training time left.
            now: the time on a monotonic clock.
            made_room: whether it gave up its worker for others; the first of them then comes before it in any case.
        """
        own = (each.stamp for each in self._waiting if each.workspace == workspace)
        stamp = max([now, *own]) + STRETCH * seconds
        if made_room:
            others = (each.stamp for each in self._waiting if each.workspace != workspace)
            stamp = max(stamp, next(others, stamp))
        self._waiting.append(_Waiting(run, workspace, stamp))
        self._waiting.sort(key=lambda each: each.stamp)  # stable, so equal stamps stay in order of arrival

    def put_back(self, workspace: str, run: str) -> None:
        """Put a run that was taken but could not be started in front of all others."""
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
