"""Which networks can be taught single examples, and the run that comes of it. Pure: records in, a record out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from fvapp.core.errors import EngineError
from fvapp.core.examples import Example
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.teaching import MOST_TAUGHT, Taught
from fvapp.engine.runs.open_workspace import Run


def check_teachable(parent: Run, chosen: Sequence[Example]) -> None:
    """Refuse to teach a run some examples.

    Raises:
        EngineError: ``teach_own_set``: training it again takes a second; ``teach_trains``, ``teach_outputs``,
            ``teach_no_weights``, ``limit_taught``, ``teach_dataset``.
    """
    settings = parent.record.settings
    if settings.data.own:
        raise EngineError("teach_own_set")
    if parent.record.state in ACTIVE or parent.ending:
        raise EngineError("teach_trains")
    if not settings.answers_all or not settings.flatten:
        raise EngineError("teach_outputs")
    if parent.checkpoint_at is None:
        raise EngineError("teach_no_weights")
    if not 1 <= len(chosen) <= MOST_TAUGHT:
        raise EngineError("limit_taught", most=MOST_TAUGHT)
    if any(each.dataset != settings.dataset for each in chosen):
        raise EngineError("teach_dataset")


_OF_THE_PARENT = ("epochs", "epoch", "step", "parameters", "versions", "examples", "arithmetic")


def taught_record(parent: RunRecord, examples: Sequence[str], mixed: bool) -> RunRecord:
    """Return the record of a run that is being taught: its parent's network, and nothing of its end."""
    return RunRecord(
        secrets.token_urlsafe(12),
        0,
        parent.settings,
        "running",
        **{name: getattr(parent, name) for name in _OF_THE_PARENT},
        taught=Taught(parent.id, parent.number, tuple(examples), bool(mixed)),
    )
