"""Makes the curves of a run from its events, with few enough points to draw them twice a second."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from fvapp.core.events import BlockEnded, EpochEnded, Event, drop_undone_events, find_start_event

Point = TypeVar("Point")

MOST_POINTS = 300  # maximum number of points in one line of a chart
# Share of an epoch over which the current training accuracy is averaged. During the first epoch,
# the average covers this share of the steps so far.
RECENT = 1 / 3

Series = tuple[float | None, ...]


@dataclass(frozen=True)
class BlockPoints:
    """Loss and accuracy during training, with one point for each block of training steps.

    Attributes:
        epoch_positions: where each block ended, in epochs: 1.5 is the middle of the second epoch.
        loss, accuracy: means over each block; None for values that are not finite.
    """

    epoch_positions: tuple[float, ...] = ()
    loss: Series = ()
    accuracy: Series = ()

    def values_after_first_batches(self, measure: Literal["loss", "accuracy"]) -> Series:
        """Return the values after a run's first few batches; all values if no later values exist.

        The first values lie far from the later values. An axis that includes the first values
        leaves little room for the later values.
        """
        values = getattr(self, measure)
        return (
            tuple(y for x, y in zip(self.epoch_positions, values, strict=True) if x >= _FEW_BATCHES)
            or values
        )


# Length of a run's first few batches, in epochs. The length is below a twelfth of an epoch, the
# longest block of training steps in the first epoch, so that values of such blocks are kept.
_FEW_BATCHES = 0.06


@dataclass(frozen=True)
class EpochPoints:
    """The loss and accuracy of each epoch, with the values of Keras' History.

    Attributes:
        epoch: the number of each epoch, from 1.
        val_loss, val_accuracy: None in epochs without validation.
        seconds: duration of each epoch, without validation.
    """

    epoch: tuple[int, ...] = ()
    loss: Series = ()
    accuracy: Series = ()
    val_loss: Series = ()
    val_accuracy: Series = ()
    seconds: Series = ()

    @property
    def latest_val_accuracy(self) -> float | None:
        return self.val_accuracy[-1] if self.val_accuracy else None

    @property
    def has_validation(self) -> bool:
        # val_accuracy is checked, too, because val_loss is also None if the losses were not finite.
        return any(value is not None for value in (*self.val_loss, *self.val_accuracy))


def first_diverged_epoch(points: EpochPoints) -> int | None:
    """Return the first epoch whose loss is not a finite number; None if there is no such epoch."""
    needed = (points.loss, points.val_loss) if points.has_validation else (points.loss,)
    rows = zip(points.epoch, *needed, strict=True)
    return next((epoch for epoch, *row in rows if None in _finite_or_none(row)), None)


@dataclass(frozen=True)
class LearningCurves:
    """All curves of one run. Equal events give equal curves, so curves can be keys of a cache."""

    block_points: BlockPoints = field(default_factory=BlockPoints)
    epoch_points: EpochPoints = field(default_factory=EpochPoints)


def read_curves(events: Sequence[Event]) -> LearningCurves:
    """Return the curves of a run's events.

    A line with more than `MOST_POINTS` points is thinned to every second, fourth, eighth, ...
    point, but keeps both ends. The remaining points stay in place while the run goes on, so the
    curve does not flicker.

    Args:
        events: all events of the run, in order. Events that a later ``RunContinued`` undid are
            ignored.
    """
    events = drop_undone_events(events)
    started = find_start_event(events)
    blocks = (
        thin_points([event for event in events if isinstance(event, BlockEnded)]) if started else []
    )
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    steps = started.steps_per_epoch if started else 1
    positions = tuple(event.epoch - 1 + event.step / steps for event in blocks)
    losses = _event_field_values(blocks, "loss")
    accuracies = _event_field_values(blocks, "accuracy")
    return LearningCurves(
        BlockPoints(positions, losses, accuracies), epoch_points(thin_points(epochs))
    )


def epoch_points(epochs: Sequence[EpochEnded]) -> EpochPoints:
    """Return the losses and accuracies of epochs as columns, with one value per epoch."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")
    return EpochPoints(
        tuple(event.epoch for event in epochs),
        *(_event_field_values(epochs, name) for name in names),
    )


def recent_training_accuracy(curves: LearningCurves) -> float | None:
    """Return the current training accuracy: the mean over at least the last third of an epoch.

    During the first epoch, it is the mean over at least the last third of the steps so far. A mean
    over all steps is not used, because it includes the poor accuracy at the beginning. Such a mean
    is several percentage points too low, and lies far below the end of the curve.
    """
    blocks = curves.block_points
    latest = max(blocks.epoch_positions, default=0.0)
    found = [
        accuracy
        for position, accuracy in zip(blocks.epoch_positions, blocks.accuracy, strict=True)
        if accuracy is not None and position > latest - RECENT * min(1.0, latest)
    ]
    if found:
        return sum(found) / len(found)
    return curves.epoch_points.accuracy[-1] if curves.epoch_points.accuracy else None


def thin_points(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """Return `points` thinned to `most` points or fewer: every 2nd, 4th, 8th, ... and the last.

    Args:
        most: 2 or more.
    """
    stride = 1
    while -(-len(points) // stride) + 1 > most and len(points) > most:
        stride *= 2
    if stride == 1:
        return points
    kept = list(points[::stride])
    if (len(points) - 1) % stride:
        kept.append(points[-1])
    return kept


def _event_field_values(events: Sequence[BlockEnded] | Sequence[EpochEnded], name: str) -> Series:
    return _finite_or_none(getattr(event, name) for event in events)


def _finite_or_none(values: Iterable[float | None]) -> Series:
    return tuple(value if value is not None and math.isfinite(value) else None for value in values)
