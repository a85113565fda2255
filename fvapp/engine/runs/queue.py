"""Chooses the next run to train: the run that has waited longest relative to its length.

This is Zhang's rule ("VirtualClock: a new traffic control algorithm for packet switching networks",
SIGCOMM 1990) with runs instead of packets and workspaces instead of flows. A run is stamped with
the time at which it would end if its workspace had a slow worker to itself. The run with the
earliest stamp is trained first.
"""

from collections.abc import Iterator

from fvapp.engine.runs.open_workspace import Run

STRETCH = 4.0
"""How many times slower than a real worker the imagined worker of a workspace is.

The queue orders runs as if each workspace had such a slow worker to itself. Shorter runs that come
later may overtake a run for this multiple of the run's own length: a run of ten minutes lets runs
of a few seconds pass for forty minutes, then no longer.
"""

LEAST_SECONDS = 2.0
"""Every run in the queue counts as at least this many seconds long."""


class FairQueue:
    """Waiting runs in the order in which they would end if each workspace had its own slow worker.

    A visitor who queues ten runs does not make the next visitor wait for all ten, and a visitor's
    run of ten minutes does not delay another visitor's run of ten seconds.

    Runs that would end at the same time are in order of arrival.

    The shortest runs of all workspaces share one such imagined worker. Otherwise a script could
    queue hundreds of these runs at no cost, in as many workspaces, and a slightly longer run would
    wait for all of them.
    """

    def __init__(self) -> None:
        self._waiting_runs: list[Run] = []  # in the order in which the runs will be trained

    def __len__(self) -> int:
        return len(self._waiting_runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(tuple(self._waiting_runs))

    def add_run(self, run: Run, made_room: bool, first: bool = False) -> None:
        """Queue a run behind the other runs of its workspace.

        Args:
            made_room: whether the run gave up its worker to other runs; if so, at least one run of
                another workspace comes before it.
            first: whether the run goes before the other runs of its workspace instead. The run
                takes the place of the workspace's first run, which takes the place of its second
                run, and so on, so that no other workspace waits longer.
        """
        before = [
            other.queue_sort_key for other in self._waiting_runs if other.workspace is run.workspace
        ]
        # The queue imagines that one worker trains all the shortest runs. Of these runs, only the
        # first of each workspace comes before this run.
        if run.estimated_seconds <= LEAST_SECONDS:
            before += {
                other.workspace: other.queue_sort_key
                for other in reversed(self._waiting_runs)
                if other.estimated_seconds <= LEAST_SECONDS
            }.values()
        run.queue_sort_key = max([run.waiting_since, *before]) + STRETCH * run.estimated_seconds
        if made_room:
            others = (
                other.queue_sort_key
                for other in self._waiting_runs
                if other.workspace is not run.workspace
            )
            run.queue_sort_key = max(run.queue_sort_key, next(others, run.queue_sort_key))
        if first:
            own = [
                run,
                *(other for other in self._waiting_runs if other.workspace is run.workspace),
            ]
            for reordered, stamp in zip(
                own, sorted(reordered.queue_sort_key for reordered in own), strict=True
            ):
                reordered.queue_sort_key = stamp
        self._waiting_runs.append(run)
        # The sort is stable, so runs with equal keys stay in order of arrival.
        self._waiting_runs.sort(key=lambda waiting: waiting.queue_sort_key)

    def put_run_back(self, run: Run) -> None:
        """Return a run to the front of the queue, because the run could not be started."""
        run.queue_sort_key = min(
            (other.queue_sort_key for other in self._waiting_runs), default=float("-inf")
        )
        self._waiting_runs.insert(0, run)

    def remove_run(self, run: Run) -> None:
        """Remove a run from the queue, if it is in the queue."""
        if run in self._waiting_runs:
            self._waiting_runs.remove(run)

    @property
    def next_run(self) -> Run | None:
        """The run to train next, or None if no run waits."""
        return self._waiting_runs[0] if self._waiting_runs else None
