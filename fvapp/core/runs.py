"""Defines the states, records and results of training runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Literal, NamedTuple, get_args

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.names import clean_name
from fvapp.core.schema import NullDefault, Whole, has_length_between, is_between, read_as_type
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.teaching import OwnExamples, TeachingRecord

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
"""Codes for why a run is in its state; their texts are below the catalogue key ``reasons``."""

StoppedBy = Literal["target", "patience"]

# Maximum number of epochs per run, including epochs added later, so that curves are quick to draw.
MOST_EPOCHS = 1_000
# Maximum number of training steps per epoch. With a batch size of 1, an epoch of 60,000 images and
# 375 of the visitor's own examples, each repeated 50 times, has 78,750 steps.
MOST_STEPS = 80_000
MOST_LOSS = 1e39  # maximum loss, larger than any float32; a larger loss breaks the chart
MOST_MESSAGE = 20_000  # maximum length of an error message, in characters

Epoch = Annotated[int, is_between(0, MOST_EPOCHS)]
Step = Annotated[int, is_between(0, MOST_STEPS)]
Parameters = Annotated[int, is_between(0, 10_000_000)]
Loss = Annotated[float, lambda loss: 0 <= loss <= MOST_LOSS or not math.isfinite(loss)]
Share = Annotated[float, is_between(0, 1)]
Seconds = Annotated[float, is_between(0, 1e7)]
_RightOfAll = Annotated[
    tuple[Whole, Whole], has_length_between(2, 2), lambda pair: pair[0] <= pair[1]
]
_Word = Annotated[str, has_length_between(0, 60)]


class RunPosition(NamedTuple):
    """The progress of a run: completed epochs, and completed steps of the next epoch."""

    epoch: int = 0
    step: int = 0

    @classmethod
    def from_json(cls, values: object) -> RunPosition:
        """Return the position given as a list of two numbers.

        Raises:
            BadValue: `values` is not a list of two whole numbers.
        """
        return cls(
            *read_as_type(
                Annotated[tuple[Whole, ...], has_length_between(2, 2)], values, "position"
            )
        )


@dataclass(frozen=True)
class RunResult:
    """The result of a run that has a model.

    Attributes:
        test_loss, test_accuracy: loss and accuracy of the run's final model, evaluated once on the
            test set; nan if there is no test set.
        seconds: training time, without time spent waiting or evaluating.
        stopped_by: which stopping rule ended the run early, or None. The visitor may have continued
            the run afterwards.
        temperature: softmax temperature, calibrated on the validation data; 1 without validation.
        by_class: for each class, the number of its correctly classified test images and the number
            of all its test images. Empty in results of earlier versions.
        marked_accuracy: accuracy on the test set with a white mark added to every image; None
            unless the training images of one class (the marked class) had the mark.
        marked_taken: the share of the other classes' test images that the network takes for the
            marked class when the mark is added.
        my_test: the number of correctly classified images among the visitor's held-back examples,
            and the number of these examples.
        target_epoch: the first epoch in which the target was reached; None if it was not, and in
            results of earlier versions.
    """

    test_loss: Annotated[Loss, NullDefault(math.nan)]
    test_accuracy: Annotated[
        float, NullDefault(math.nan), lambda share: not (share < 0 or share > 1)
    ]
    seconds: Seconds
    stopped_by: StoppedBy | None = None
    temperature: Annotated[float, is_between(1e-6, 1e6)] = 1.0
    by_class: Annotated[tuple[_RightOfAll, ...], has_length_between(0, MOST_CLASSES)] = ()
    marked_accuracy: Share | None = None
    marked_taken: Share | None = None
    my_test: _RightOfAll | None = None
    target_epoch: Epoch | None = None

    @property
    def test_image_count(self) -> int | None:
        """The number of test images; None without a test set, or in results of earlier versions.

        Earlier versions of the app tested every run on all test images of the data set.
        """
        return sum(total for _, total in self.by_class) or None

    @property
    def has_diverged(self) -> bool:
        """Whether the network's outputs are NaN, in which case its answers count as class 0."""
        return not (self.is_untested or math.isfinite(self.test_loss + self.test_accuracy))

    @property
    def is_untested(self) -> bool:
        """Whether the run has no test set, for instance because the visitor's own text is short."""
        return math.isnan(self.test_accuracy)

    @property
    def has_meaningful_accuracy(self) -> bool:
        """Whether the run has a test accuracy, and its network's outputs are finite (not NaN)."""
        return not (self.has_diverged or self.is_untested)


@dataclass(frozen=True)
class KerasError:
    """The error with which Keras ended a run: its class name and its message."""

    kind: Annotated[str, has_length_between(0, 100)]
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", clean_name(self.kind))
        object.__setattr__(self, "message", self.message[:MOST_MESSAGE])

    @classmethod
    def from_exception(cls, error: Exception) -> KerasError:
        return cls(type(error).__name__, str(error))


@dataclass(frozen=True)
class RunRecord:
    """A training run as its visitor sees it; each change to the run makes a new record.

    Attributes:
        id: impossible to guess, and unique across all visitors.
        number: 1, 2, 3 ... within the workspace; no number is used twice.
        name: the visitor's name for the run; empty until renamed.
        epochs: the total number of epochs to train; "one more epoch" raises this number above
            `settings.epochs`.
        epoch, step: completed epochs, and completed steps of the next epoch.
        parameters: number of parameters of the network; 0 until the network is built.
        queue_place: place in the queue, 1 for the next run; None if the run is not waiting.
        reason: why the run is in its state, if the state needs an explanation.
        has_checkpoint: whether there is a checkpoint from which any worker can continue.
        group: id shared by runs that were queued together (for several seeds, or a mission); None
            for a single run.
        created: when it was created, in seconds since 1970; for display and sorting only.
        events: number of events so far; the next poll asks for the events that follow.
        examples: the visitor's own examples that it learns from, or None.
        taught: the request and outcome of teaching, if the run was taught a few examples; else
            None.
        arithmetic: the number format of its convolutions, the same in all training steps. Teaching
            always uses float32.
        val_accuracy, accuracy: accuracy on the validation and on the training images after the last
            epoch; None without validation, and in records of earlier versions.
        imported: whether it came from a file; the author of the file is unknown.
        classroom: id of the school class in which it was started; empty if the visitor had not
            joined a class.
        sealed: whether it takes part in a hunt (a contest between networks) whose results are still
            hidden; not stored.
    """

    id: str
    number: Whole
    settings: RunSettings
    state: RunState = "queued"
    name: Annotated[str, has_length_between(0, 200)] = ""
    epochs: Annotated[int, is_between(1, MOST_EPOCHS)] = 0
    epoch: Epoch = 0
    step: Step = 0
    parameters: Parameters = 0
    queue_place: int | None = None
    reason: Reason | None = None
    has_checkpoint: bool = False
    group: str | None = None
    created: Annotated[float, is_between(0, 1e11)] = 0.0
    events: Whole = 0
    result: RunResult | None = None
    error: KerasError | None = None
    versions: Annotated[Mapping[_Word, _Word], has_length_between(0, 20)] = field(
        default_factory=dict
    )
    examples: OwnExamples | None = None
    taught: TeachingRecord | None = None
    arithmetic: Arithmetic = "float32"
    val_accuracy: Share | None = None
    accuracy: Share | None = None
    imported: bool = False
    classroom: _Word = ""
    sealed: bool = False

    def to_json(self) -> dict[str, object]:
        """Return the record as plain values, without the fields that are not stored."""
        values = asdict(self) | {"settings": self.settings.to_json()}
        del values["queue_place"], values["has_checkpoint"], values["sealed"]
        return values

    @property
    def final_settings(self) -> RunSettings:
        """The settings for training this run again from scratch, including epochs added later."""
        return self.settings.with_values(
            epochs=min(self.epochs or self.settings.epochs, SETTINGS["epochs"].maximum)
        )

    @property
    def told_epochs(self) -> int:
        """The number of planned epochs; of completed epochs if the run was stopped or lost.

        A failed run counts with its planned epochs, because the failure is the result of a change
        and not a change itself.
        """
        return self.epoch if self.state in ("stopped", "lost") else self.epochs

    @property
    def told_settings(self) -> RunSettings:
        """The settings that a name of the run tells; a run without a completed epoch has planned ones."""
        return replace(self, epochs=self.told_epochs).final_settings

    @property
    def test_image_count(self) -> int:
        """The number of test images; before there is a result, that of the whole data set."""
        counted = self.result and self.result.test_image_count
        return counted or self.settings.dataset_info.test_images

    @property
    def measured_result(self) -> RunResult:
        """The result of a run that has a model.

        Raises:
            ValueError: the run has no result.
        """
        if self.result is None:
            raise ValueError(self.id)
        return self.result

    @property
    def teaching_record(self) -> TeachingRecord:
        """The request for teaching this run's network a few examples, and the outcome.

        Raises:
            ValueError: the run was trained, not taught.
        """
        if self.taught is None:
            raise ValueError(self.id)
        return self.taught

    @property
    def run_position(self) -> RunPosition:
        return RunPosition(self.epoch, self.step)

    @property
    def keeps_example_pixels(self) -> bool:
        """Whether the run keeps its examples' pixels, as unfinished runs and some files do."""
        return self.examples is not None and (
            self.state not in FINISHED or self.examples.until is None
        )
