"""Who is admitted to the queue, and who makes room for whom. Pure: claims in, a decision or a refusal out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.errors import EngineError
from fvapp.engine.runs.limits import Limits


@dataclass(frozen=True)
class Claim:
    """A run that is waiting or training, or wants to.

    Attributes:
        seconds: estimated training time left.
        group: runs of the same group count as one when a newcomer's runs are counted; None if it has no group.
        waits: whether it has no worker yet.
    """

    run: str
    workspace: str
    seconds: float
    group: str | None = None
    waits: bool = True


def admit(active: Sequence[Claim], wanted: Sequence[Claim], newcomer: bool, limits: Limits) -> tuple[str, ...]:
    """Return the waiting runs of others that must make room for `wanted`: none, unless the queue is full.

    A full queue still admits a workspace that has nothing in it: the newest waiting run of the workspace with the most
    training time left has to go.

    Args:
        active: the runs that are waiting or training, newest last.
        wanted: the new runs, all of one workspace.
        newcomer: whether none of its runs has ended yet. While others wait, a newcomer may have `limits.queued_first`
            runs waiting; otherwise somebody could fill the queue by opening one workspace after another.

    Raises:
        EngineError: ``limit_queued``, ``limit_minutes``, ``limit_queued_first``; ``limit_queued_all`` or
            ``limit_minutes_all``, if the queue is full and this workspace already has something in it, or nobody
            has more in it than this workspace wants.
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
