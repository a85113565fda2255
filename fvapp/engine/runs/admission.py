"""Decides which runs are admitted to the queue, and which waiting runs must make room for them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunRecord
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.queue import LEAST_SECONDS


def find_runs_to_displace(
    active: Sequence[Run],
    workspace: OpenWorkspace,
    wanted: Sequence[RunRecord],
    seconds: float,
    limits: Limits,
) -> list[Run]:
    """Return other workspaces' waiting runs that must leave a full queue to make room for `wanted`.

    A queue is full if its places or its minutes of training time are used up. Then the workspace
    that claims the most places or minutes loses its newest waiting run, unless `workspace` would
    claim as much or more.

    A newcomer is a workspace in which no run has ended yet. All newcomers together get half of the
    minutes, because a script can open hundreds of workspaces, each of which claims less than a
    student with one long run. While other workspaces have waiting runs, a newcomer may have only
    `limits.queued_first` waiting runs (a group counts as one). Otherwise somebody could fill the
    queue by opening one workspace after another.

    Args:
        active: the runs that are waiting or training, newest last.
        wanted: records of the runs to queue for `workspace`.
        seconds: estimated training time of all `wanted` runs together.

    Raises:
        EngineError: ``limit_queued``, ``limit_minutes``, ``limit_queued_first``: the workspace
            would exceed its own limit; ``limit_queued_all``, ``limit_minutes_all``: the queue is
            full, and no other workspace claims more of it than this workspace would.
    """
    own = [run for run in active if run.workspace is workspace]
    others = [run for run in active if run.workspace is not workspace]
    if len(own) + len(wanted) > limits.queued:
        raise EngineError("limit_queued", most=limits.queued)
    if _total_training_seconds(own) + seconds > 60 * limits.minutes:
        raise EngineError("limit_minutes", most=limits.minutes)
    waiting = [run for run in own if _is_waiting(run)]
    if workspace.is_newcomer and any(map(_is_waiting, others)):
        first = {
            record.group or record.id for record in (*(run.record for run in waiting), *wanted)
        }
        if len(first) > limits.queued_first:
            raise EngineError("limit_queued_first", most=limits.queued_first)
    wants = _QueueClaim(
        workspace, len(waiting) + len(wanted), _total_training_seconds(waiting) + seconds
    )
    gone: list[Run] = []
    while True:
        if len(own) + len(others) + len(wanted) > limits.queued_all:
            full = EngineError("limit_queued_all", most=limits.queued_all)
            scarce: Callable[[_QueueClaim], Any] = _QueueClaim.run_count_sort_key
        elif (
            _total_training_seconds(own) + _total_training_seconds(others) + seconds
            > 60 * limits.minutes_all
        ):
            full = EngineError("limit_minutes_all", most=limits.minutes_all)
            scarce = _QueueClaim.training_seconds_sort_key
        else:
            return gone
        held: dict[OpenWorkspace, list[Run]] = defaultdict(list)
        for run in filter(_is_waiting, others):
            held[run.workspace].append(run)
        claims = [
            _QueueClaim(claimant, len(runs), _total_training_seconds(runs))
            for claimant, runs in held.items()
        ]
        new = [claim for claim in claims if claim.workspace.is_newcomer]
        goes_before = False
        if (
            scarce is _QueueClaim.training_seconds_sort_key
            and sum(map(scarce, new)) > 60 * limits.minutes_all / 2
        ):
            claims = new
            goes_before = not workspace.is_newcomer
        greediest = max(claims, key=scarce, default=wants)
        if scarce(greediest) <= scarce(wants) and not goes_before:
            raise full
        gone.append(held[greediest.workspace][-1])
        others.remove(gone[-1])


class _QueueClaim(NamedTuple):
    """A workspace's claim on the queue: the number and training time of its waiting runs."""

    workspace: OpenWorkspace
    run_count: int
    training_seconds: float

    def training_seconds_sort_key(self) -> float:
        return self.training_seconds

    def run_count_sort_key(self) -> tuple[object, ...]:
        """Return a sort key that is largest for the workspace with the most waiting runs.

        Ties are broken in this order: a workspace that has only the shortest runs, because such
        runs cost an abusive script nothing; a workspace in which no run has ended yet; the
        workspace that was created last.
        """
        shortest = self.training_seconds <= self.run_count * LEAST_SECONDS
        return self.run_count, shortest, self.workspace.is_newcomer, self.workspace.created_at


def _is_waiting(run: Run) -> bool:
    return run.record.state == "queued"


def _total_training_seconds(runs: Sequence[Run]) -> float:
    return sum(run.estimated_seconds for run in runs)
