"""Who is admitted to the queue, and who makes room for whom. Pure: runs in, a decision or a refusal out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunRecord
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run


def admit(
    active: Sequence[Run], workspace: OpenWorkspace, wanted: Sequence[RunRecord], seconds: float, limits: Limits
) -> list[Run]:
    """Return the waiting runs of others that must make room for `wanted`: none, unless the queue is full.

    A full queue still admits a workspace that has nothing in it: the newest waiting run of the workspace with the most
    training time left has to go. While others wait, a newcomer may have `limits.queued_first` runs waiting, a group
    counting once; otherwise somebody could fill the queue by opening one workspace after another.

    Args:
        active: the runs that are waiting or training, newest last.
        wanted: what is to be queued for `workspace`.
        seconds: estimated training time of all of it.

    Raises:
        EngineError: ``limit_queued``, ``limit_minutes``, ``limit_queued_first``; ``limit_queued_all`` or
            ``limit_minutes_all``, if the queue is full and this workspace already has something in it, or nobody
            has more in it than this workspace wants.
    """
    own = [run for run in active if run.workspace is workspace]
    others = [run for run in active if run.workspace is not workspace]
    if len(own) + len(wanted) > limits.queued:
        raise EngineError("limit_queued", most=limits.queued)
    if _seconds(own) + seconds > 60 * limits.minutes:
        raise EngineError("limit_minutes", most=limits.minutes)
    if workspace.newcomer and any(map(_waits, others)):
        waiting = [*(run.record for run in own if _waits(run)), *wanted]
        if len({record.group or record.id for record in waiting}) > limits.queued_first:
            raise EngineError("limit_queued_first", most=limits.queued_first)
    gone: list[Run] = []
    while (
        full := _full(len(own) + len(others) + len(wanted), _seconds([*own, *others]) + seconds, limits)
    ) is not None:
        held: dict[OpenWorkspace, list[Run]] = defaultdict(list)
        for run in filter(_waits, others):
            held[run.workspace].append(run)
        greediest = max(held.values(), key=_seconds, default=())
        if own or _seconds(greediest) <= seconds:
            raise full
        others.remove(greediest[-1])
        gone.append(greediest[-1])
    return gone


def _full(runs: int, seconds: float, limits: Limits) -> EngineError | None:
    if runs > limits.queued_all:
        return EngineError("limit_queued_all", most=limits.queued_all)
    if seconds > 60 * limits.minutes_all:
        return EngineError("limit_minutes_all", most=limits.minutes_all)
    return None


def _waits(run: Run) -> bool:
    return run.record.state == "queued"


def _seconds(runs: Sequence[Run]) -> float:
    return sum(run.seconds for run in runs)
