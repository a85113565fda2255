"""What is known of a run: its record and its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from fvapp.core.settings import RunSettings

RunState = Literal["queued", "running", "paused", "done", "stopped", "failed", "lost"]
STATES: tuple[RunState, ...] = ("queued", "running", "paused", "done", "stopped", "failed", "lost")
ACTIVE: frozenset[RunState] = frozenset({"queued", "running"})
FINISHED: frozenset[RunState] = frozenset({"done", "stopped", "failed", "lost"})

REASONS = (
    "displaced",
    "gave_way",
    "nobody_watching",
    "testing",
    "worker_gone",
    "restarted",
    "checkpoint_gone",
    "data_gone",
)
"""Why a run is in its state, where that needs a why: catalogue keys below ``reasons.``."""

StoppedBy = Literal["target", "patience"]


class Position(NamedTuple):
    """How far a run is: completed epochs, and completed steps of the epoch after them."""

    epoch: int = 0
    step: int = 0


@dataclass(frozen=True)
class RunResult:
    """The end of a run that has a model.

    Attributes:
        test_loss, test_accuracy: on the test set, evaluated once, with the model that was kept.
        seconds: training time, without waiting and without the evaluation.
        stopped_by: which rule ended it early, or None.
        temperature: calibration from the validation data, 1 where there is none.
    """

    test_loss: float
    test_accuracy: float
    seconds: float
    stopped_by: StoppedBy | None = None
    temperature: float = 1.0


@dataclass(frozen=True)
class KerasError:
    """The true error of a run that failed: class name and the whole message, as Keras gave them."""

    kind: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> KerasError:
        return cls(type(error).__name__, str(error))


@dataclass(frozen=True)
class RunRecord:
    """A run as the visitor who owns it sees it. A new record replaces the old one when anything changes.

    Attributes:
        id: unguessable, unique over all visitors.
        number: 1, 2, 3 ... within the workspace, never used twice.
        name: what the visitor calls it; empty until renamed.
        epochs: how many it is to reach; more than `settings.epochs` after "one more epoch".
        epoch, step: completed epochs, and completed steps of the epoch after them.
        parameters: of the network; 0 until it was built.
        place: 1 for the next in the queue, None when it does not wait.
        reason: catalogue key below ``reasons.`` for a state that needs a why ("gave_way", "displaced",
            "nobody_watching", "worker_gone", "restarted"), or None.
        can_continue: whether a checkpoint is there from which any worker can go on.
        group: shared by runs that were queued together (seeds, a mission), or None.
        created: seconds since 1970, for display and sorting only.
        events: number of events so far; the cursor for the next look.
    """

    id: str
    number: int
    settings: RunSettings
    state: RunState = "queued"
    name: str = ""
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    parameters: int = 0
    place: int | None = None
    reason: str | None = None
    can_continue: bool = False
    group: str | None = None
    created: float = 0.0
    events: int = 0
    result: RunResult | None = None
    error: KerasError | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.step)

    @property
    def has_model(self) -> bool:
        """Whether there are weights that can answer."""
        return self.result is not None or self.can_continue
