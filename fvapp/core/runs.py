"""What is known of a run: its record and its states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal, NamedTuple, get_args

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.names import clean_name
from fvapp.core.schema import Null, Whole, between, has_length, read
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.teaching import OwnExamples, Taught

RunState = Literal["queued", "running", "paused", "done", "stopped", "failed", "lost"]
STATES: tuple[RunState, ...] = get_args(RunState)
ACTIVE: frozenset[RunState] = frozenset({"queued", "running"})
FINISHED: frozenset[RunState] = frozenset({"done", "stopped", "failed", "lost"})

Reason = Literal[
    "displaced",
    "gave_way",
    "nobody_watching",
    "testing",
    "hung",
    "worker_gone",
    "not_returned",
    "moved",
    "pc_left",
    "restarted",
    "checkpoint_gone",
    "data_gone",
    "examples_gone",
]
"""Why a run is in its state: catalogue keys below ``reasons.``"""

StoppedBy = Literal["target", "patience"]

MOST_EPOCHS = 1_000  # of one run, including those added later: keeps its curve small enough to draw
MOST_STEPS = 80_000  # of an epoch: all images one by one, and 375 own ones fifty times
MOST_LOSS = 1e39  # no float32 is larger, and a chart that could not be drawn helps nobody
MOST_MESSAGE = 20_000  # characters

Epoch = Annotated[int, between(0, MOST_EPOCHS)]
Step = Annotated[int, between(0, MOST_STEPS)]
Parameters = Annotated[int, between(0, 10_000_000)]
Loss = Annotated[float, lambda loss: 0 <= loss <= MOST_LOSS or not math.isfinite(loss)]
Share = Annotated[float, between(0, 1)]
Seconds = Annotated[float, between(0, 1e7)]
_RightOfAll = Annotated[tuple[Whole, Whole], has_length(2, 2), lambda pair: pair[0] <= pair[1]]
_Word = Annotated[str, has_length(0, 60)]


class Position(NamedTuple):
    """How far a run is: completed epochs, and completed steps of the epoch after them."""

    epoch: int = 0
    step: int = 0

    @classmethod
    def from_json(cls, values: object) -> Position:
        """Read the two numbers.

        Raises:
            BadValue: they are others.
        """
        return cls(*read(Annotated[tuple[Whole, ...], has_length(2, 2)], values, "position"))


@dataclass(frozen=True)
class RunResult:
    """The end of a run that has a model.

    Attributes:
        test_loss, test_accuracy: on the test set, evaluated once, with the model that was kept.
        seconds: training time, without waiting and without the evaluation.
        stopped_by: which rule ended it early, or None.
        temperature: calibration from the validation data, 1 where there is none.
        by_class: of the test images of each class, how many are recognised and how many there are.
            Empty in a result of an earlier version.
        marked_accuracy: on the test set with the mark on every image; None for a run without a
            marked class.
        marked_taken: the share of the other classes' test images that, marked, are taken for the
            marked class.
        my_test: of the visitor's own examples that were held back, how many are recognised and how
            many there are.
    """

    test_loss: Annotated[Loss, Null(math.nan)]
    test_accuracy: Share
    seconds: Seconds
    stopped_by: StoppedBy | None = None
    temperature: Annotated[float, between(1e-6, 1e6)] = 1.0
    by_class: Annotated[tuple[_RightOfAll, ...], has_length(0, MOST_CLASSES)] = ()
    marked_accuracy: Share | None = None
    marked_taken: Share | None = None
    my_test: _RightOfAll | None = None

    @property
    def tested(self) -> int | None:
        """How many test images there were; None in a result of an earlier version, which was of a
        whole data set.
        """
        return sum(total for _, total in self.by_class) or None

    @property
    def broken(self) -> bool:
        """Whether the network's answers are no numbers: its accuracy is that of always naming the
        first class.
        """
        return not math.isfinite(self.test_loss + self.test_accuracy)


@dataclass(frozen=True)
class KerasError:
    """The true error of a run that failed: class name and message, as Keras gave them."""

    kind: Annotated[str, has_length(0, 100)]
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", clean_name(self.kind))
        object.__setattr__(self, "message", self.message[:MOST_MESSAGE])

    @classmethod
    def of(cls, error: Exception) -> KerasError:
        return cls(type(error).__name__, str(error))


@dataclass(frozen=True)
class RunRecord:
    """A run as the visitor who owns it sees it. A new record replaces the old one when anything
    changes.

    Attributes:
        id: unguessable, unique over all visitors.
        number: 1, 2, 3 ... within the workspace, never used twice.
        name: what the visitor calls it; empty until renamed.
        epochs: how many it is to reach; more than `settings.epochs` after "one more epoch".
        epoch, step: completed epochs, and completed steps of the epoch after them.
        parameters: of the network; 0 until it was built.
        place: 1 for the next in the queue, None when it does not wait.
        reason: why it is in its state, where that needs a why.
        can_continue: whether a checkpoint is there from which any worker can go on.
        group: shared by runs that were queued together (seeds, a mission), or None.
        created: seconds since 1970, for display and sorting only.
        events: number of events so far; the cursor for the next look.
        examples: the visitor's own examples among what it learns from, or None.
        taught: of a run that was taught a few examples, from which run and what it came to; else
            None.
        arithmetic: in which numbers its convolutions are trained, from the first step to the last;
            what it is taught afterwards it learns in float32.
        val_accuracy: after the last epoch, None without validation and in a record of an earlier
            version.
        accuracy: the same on the training images.
        imported: whether it came from a file, of which nobody knows who wrote it.
        classroom: id of the class in which it was begun; empty where its visitor had no seat.
    """

    id: str
    number: Whole
    settings: RunSettings
    state: RunState = "queued"
    name: Annotated[str, has_length(0, 200)] = ""
    epochs: Annotated[int, between(1, MOST_EPOCHS)] = 0
    epoch: Epoch = 0
    step: Step = 0
    parameters: Parameters = 0
    place: int | None = None
    reason: Reason | None = None
    can_continue: bool = False
    group: str | None = None
    created: Annotated[float, between(0, 1e11)] = 0.0
    events: Whole = 0
    result: RunResult | None = None
    error: KerasError | None = None
    versions: Annotated[Mapping[_Word, _Word], has_length(0, 20)] = field(default_factory=dict)
    examples: OwnExamples | None = None
    taught: Taught | None = None
    arithmetic: Arithmetic = "float32"
    val_accuracy: Share | None = None
    accuracy: Share | None = None
    imported: bool = False
    classroom: _Word = ""

    def to_json(self) -> dict[str, object]:
        """Return the record as plain values, without its place in the queue and its checkpoint."""
        values = asdict(self) | {"settings": self.settings.to_json()}
        del values["place"], values["can_continue"]
        return values

    @property
    def trained(self) -> RunSettings:
        """The settings to train this run from scratch, including epochs added later."""
        return self.settings.with_values(
            epochs=min(self.epochs or self.settings.epochs, SETTINGS["epochs"].maximum)
        )

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.step)

    @property
    def holds_examples(self) -> bool:
        """Whether the pixels of its examples are kept with it: it is still to be trained, or came
        with them.
        """
        return self.examples is not None and (
            self.state not in FINISHED or self.examples.until is None
        )
