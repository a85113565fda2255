"""What a screen reader says of a run by itself."""

from __future__ import annotations

from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.wording import percent
from fvapp.ui.browser.said import announce
from fvapp.ui.visit import Visit


def say_state(visit: Visit, record: RunRecord | None) -> None:
    """Have it said when the run that is shown begins, ends or halts; what fails says so in its own words."""
    if record is None or record.state == "failed":
        return
    accuracy = percent(record.result.test_accuracy) if record.result is not None else ""
    words = visit.t(f"train.said.{record.state}", accuracy=accuracy)
    active = record.state in ACTIVE
    announce("run", record.state if active else f"{record.state} {record.epoch}", words, of=record.id, fresh=active)
