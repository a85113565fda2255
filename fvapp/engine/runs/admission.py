"""Who is let into the queue, and who makes room for whom. Pure: records in, a decision or a refusal out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.errors import EngineError
from fvapp.engine.runs.limits import Limits


@dataclass(frozen=True)
class Claim:
    """A run that waits or trains, or wants to.

    Attributes:
        seconds: it still trains, by an estimate.
        group: runs that share one count as one where a newcomer's are counted; None: it stands alone.
        waits: whether it has no worker.
    """

    run: str
    workspace: str
    seconds: float
    group: str | None = None
    waits: bool = True


def admit(active: Sequence[Claim], wanted: Sequence[Claim], newcomer: bool, limits: Limits) -> tuple[str, ...]:
    """Return the waiting runs of others that have to make room for `wanted`: none, unless the queue is full.

    A full queue still admits who has nothing in it: the newest waiting run of whoever would train longest goes.

    Args:
        active: those that wait or train, the newest last.
        wanted: of one workspace.
        newcomer: whether none of its runs has ended yet. While others wait, it may have `limits.queued_first` waiting:
            else whoever opens one workspace after the other has a queue for himself.

    Raises:
        EngineError: ``limit_queued``, ``limit_minutes``, ``limit_queued_first``; ``limit_queued_all`` or
            ``limit_minutes_all``, of a full queue in which this workspace has something already, or in which nobody
            has more than it wants.
    """
    workspace = wanted[0].workspace
    own = [each for each in active if each.workspace == workspace]
    others = [each for each in active if each.workspace != workspace]
    if len(own) + len(wanted) > limits.queued:
        raise EngineError("limit_queued", most=limits.queued)
    if _seconds([*own, *wanted]) > 60 * limits.minutes:
        raise EngineError("limit_minutes", most=limits.minutes)
    if newcomer and any(each.waits for each in others):
        waiting = [*(each for each in own if each.waits), *wanted]
        if len({each.group or each.run for each in waiting}) > limits.queued_first:
            raise EngineError("limit_queued_first", most=limits.queued_first)
    return _make_room(others, own, wanted, limits)


def _make_room(
    others: Sequence[Claim], own: Sequence[Claim], wanted: Sequence[Claim], limits: Limits
) -> tuple[str, ...]:
    left, gone = list(others), []
    while (full := _full([*left, *own, *wanted], limits)) is not None:
        held: dict[str, list[Claim]] = defaultdict(list)
        for each in left:
            if each.waits:
                held[each.workspace].append(each)
        greediest = max(held.values(), key=_seconds, default=())
        if own or _seconds(greediest) <= _seconds(wanted):
            raise full
        left.remove(greediest[-1])
        gone.append(greediest[-1].run)
    return tuple(gone)


def _full(claims: Sequence[Claim], limits: Limits) -> EngineError | None:
    if len(claims) > limits.queued_all:
        return EngineError("limit_queued_all", most=limits.queued_all)
    if _seconds(claims) > 60 * limits.minutes_all:
        return EngineError("limit_minutes_all", most=limits.minutes_all)
    return None


def _seconds(claims: Sequence[Claim]) -> float:
    return sum(each.seconds for each in claims)
