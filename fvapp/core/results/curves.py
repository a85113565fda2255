"""The curves of a run, made from its events, with few enough points to draw twice a second."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from fvapp.core.events import BlockEnded, EpochEnded, Event, drop_undone_events, find_start_event

Point = TypeVar("Point")

MOST_POINTS = 300  # points in one line of a chart
RECENT = 1 / 3  # part of an epoch that counts as recent

Series = tuple[float | None, ...]


@dataclass(frozen=True)
class BlockPoints:
    """Loss and accuracy within the epochs, one point for each block of training steps.

    Attributes:
        epoch_positions: where the block ended, in epochs: 1.5 is the middle of the second epoch.
        loss, accuracy: means over the block; None for values that are not finite.
    """

    epoch_positions: tuple[float, ...] = ()
    loss: Series = ()
    accuracy: Series = ()

    def values_after_first_batches(self, measure: Literal["loss", "accuracy"]) -> Series:
        """Return the values without those of a run's first few batches, if there are others.

        The first values lie far from the others. An axis that included them would leave little room
        for the others.
        """
        values = getattr(self, measure)
        return (
            tuple(y for x, y in zip(self.epoch_positions, values, strict=True) if x >= _FEW_BATCHES)
            or values
        )


_FEW_BATCHES = 0.06  # part of an epoch: less than the longest block, a twelfth of an epoch


@dataclass(frozen=True)
class EpochPoints:
    """One point for each epoch, with the numbers of Keras' History.

    Attributes:
        epoch: 1, 2, 3 ...
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
    def has_validation(self) -> bool:
        # The accuracy counts as well: all losses may be None because they were not finite.
        return any(value is not None for value in (*self.val_loss, *self.val_accuracy))


def first_broken_epoch(points: EpochPoints) -> int | None:
    """Return the first epoch with a loss that is None or not finite; None if there is none."""
    needed = (points.loss, points.val_loss) if points.has_validation else (points.loss,)
    rows = zip(points.epoch, *needed, strict=True)
    return next((epoch for epoch, *row in rows if None in _finite_or_none(row)), None)


@dataclass(frozen=True)
class Curves:
    """All curves of one run; equal events give equal curves, so they can be keys of a cache."""

    blocks: BlockPoints = field(default_factory=BlockPoints)
    epochs: EpochPoints = field(default_factory=EpochPoints)


def read_curves(events: Sequence[Event]) -> Curves:
    """Return the curves of a run's events.

    A line with more than `MOST_POINTS` points is thinned to every second, fourth or eighth point
    and so on, and keeps both ends. The remaining points stay in place while the curve grows, so it
    does not flicker.

    Args:
        events: all events of the run, in order; those that a later ``RunContinued`` undid are left
            out.
    """
    events = drop_undone_events(events)
    started = find_start_event(events)
    blocks = (
        thin_points([event for event in events if isinstance(event, BlockEnded)]) if started else []
    )
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    steps = started.steps_per_epoch if started else 1
    positions = tuple(event.epoch - 1 + event.step / steps for event in blocks)
    losses = _values_of_events(blocks, "loss")
    accuracies = _values_of_events(blocks, "accuracy")
    return Curves(BlockPoints(positions, losses, accuracies), epoch_points(thin_points(epochs)))


def epoch_points(epochs: Sequence[EpochEnded]) -> EpochPoints:
    """Return the losses and accuracies of epochs as columns, one value per epoch."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")
    return EpochPoints(
        tuple(event.epoch for event in epochs), *(_values_of_events(epochs, name) for name in names)
    )


def recent_accuracy(curves: Curves) -> float | None:
    """Return the current training accuracy: the mean over blocks in the latest third of an epoch.

    The mean over a whole epoch includes its poorly trained beginning. In the first epoch, it is
    several percentage points lower, so a display that switched to it would drop as the epoch ends.
    """
    blocks = curves.blocks
    found = [
        accuracy
        for position, accuracy in zip(blocks.epoch_positions, blocks.accuracy, strict=True)
        if accuracy is not None and position > blocks.epoch_positions[-1] - RECENT
    ]
    if found:
        return sum(found) / len(found)
    return curves.epochs.accuracy[-1] if curves.epochs.accuracy else None


def thin_points(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """Return at most `most` (2 or more) of `points`: every 2^k-th and the last."""
    stride = 1
    while -(-len(points) // stride) + 1 > most and len(points) > most:
        stride *= 2
    if stride == 1:
        return points
    kept = list(points[::stride])
    if (len(points) - 1) % stride:
        kept.append(points[-1])
    return kept


def _values_of_events(events: Sequence[BlockEnded] | Sequence[EpochEnded], name: str) -> Series:
    return _finite_or_none(getattr(event, name) for event in events)


def _finite_or_none(values: Iterable[float | None]) -> Series:
    return tuple(value if value is not None and math.isfinite(value) else None for value in values)
