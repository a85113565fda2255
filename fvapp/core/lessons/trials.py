"""A run as a mission looks at it: its settings, its numbers epoch by epoch, its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from fvapp.core.runs import Event, KerasError, RunRecord, RunResult, RunState, current_events
from fvapp.core.settings import RunSettings


@dataclass(frozen=True)
class Epoch:
    """The numbers at the end of one epoch; `val_*` are None without validation."""

    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


@dataclass(frozen=True)
class Trial:
    """One run of a mission.

    Attributes:
        epochs: one entry for each completed epoch.
        result: None for a run without a model.
        error: the true Keras error of a run that failed.
    """

    settings: RunSettings
    state: RunState
    parameters: int = 0
    epochs: tuple[Epoch, ...] = ()
    result: RunResult | None = None
    error: KerasError | None = None

    @classmethod
    def from_run(cls, record: RunRecord, events: Iterable[Event]) -> Trial:
        """Read a run's record and events."""
        epochs = tuple(
            Epoch(event["loss"], event["accuracy"], event["val_loss"], event["val_accuracy"], event["seconds"])
            for event in current_events(tuple(events))
            if event["event"] == "epoch"
        )
        return cls(record.settings, record.state, record.parameters, epochs, record.result, record.error)

    @property
    def complete(self) -> bool:
        """Whether it trained to its end, so that its numbers can be compared."""
        return self.state == "done" and self.result is not None and bool(self.epochs)

    @property
    def failed(self) -> bool:
        return self.state == "failed" and self.error is not None

    @property
    def test_accuracy(self) -> float:
        return self.result.test_accuracy

    @property
    def seconds_per_epoch(self) -> float:
        """The median, because the first epoch may hold the time to compile."""
        return median(epoch.seconds for epoch in self.epochs)

    @property
    def best_epoch(self) -> int:
        """The epoch, from 1, with the lowest validation loss."""
        losses = [epoch.val_loss for epoch in self.epochs]
        return losses.index(min(losses)) + 1
