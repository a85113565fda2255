"""Who is next: one run of each workspace in turn. Pure: no threads, no clock."""

from __future__ import annotations

from collections.abc import Iterable


class RoundRobin:
    """Runs that wait, served in turn by workspace and in order of arrival within one.

    A visitor who queues ten runs does not make the next visitor wait for ten.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[str]] = {}  # runs by workspace; the workspaces in the order of their turns

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, workspace: str, run: str) -> None:
        """Queue a run behind those of its workspace; a new workspace gets its turn after all others."""
        self._waiting.setdefault(workspace, []).append(run)

    def put_back(self, workspace: str, run: str) -> None:
        """Queue a run that was taken but could not be begun, before all others."""
        runs = [run, *self._waiting.pop(workspace, ())]
        self._waiting = {workspace: runs, **self._waiting}

    def remove(self, run: str) -> bool:
        """Take a run out; return whether it was there."""
        for workspace, runs in self._waiting.items():
            if run in runs:
                runs.remove(run)
                if not runs:
                    del self._waiting[workspace]
                return True
        return False

    def take(self) -> str | None:
        """Take the next run out, and let its workspace wait for its next turn."""
        if not self._waiting:
            return None
        workspace = next(iter(self._waiting))
        runs = self._waiting.pop(workspace)
        run = runs.pop(0)
        if runs:
            self._waiting[workspace] = runs
        return run

    def order(self) -> tuple[str, ...]:
        """Return all runs in the order in which :meth:`take` would give them."""
        columns = list(self._waiting.values())
        longest = max(map(len, columns), default=0)
        return tuple(runs[turn] for turn in range(longest) for runs in columns if turn < len(runs))

    def workspaces(self) -> Iterable[str]:
        """Return the workspaces that wait."""
        return tuple(self._waiting)
