"""From a run's events to the series of its curves, small enough to be drawn twice a second."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from fvapp.core.events import BlockEnded, EpochEnded, Event, current_events, start_of

Point = TypeVar("Point")

MOST_POINTS = 300  # of one line in a chart
RECENT = 1 / 3  # of an epoch

Series = tuple[float | None, ...]


@dataclass(frozen=True)
class BlockPoints:
    """Training within the epochs, one point a block.

    Attributes:
        position: where the block ended, in epochs: 1.5 is the middle of the second epoch.
        loss, accuracy: means over the block; None where the loss was not a finite number.
    """

    position: tuple[float, ...] = ()
    loss: Series = ()
    accuracy: Series = ()

    def settled(self, measure: Literal["loss", "accuracy"]) -> Series:
        """Return the values without those of a run's first few batches, while there are others.

        Those lie far from the rest: an axis that holds them leaves the rest little room.
        """
        values = getattr(self, measure)
        return (
            tuple(y for x, y in zip(self.position, values, strict=True) if x >= _FEW_BATCHES)
            or values
        )


_FEW_BATCHES = 0.06  # of an epoch: less than the twelfth of it that a block has at most


@dataclass(frozen=True)
class EpochPoints:
    """One point an epoch, the numbers of Keras' History.

    Attributes:
        epoch: 1, 2, 3 ...
        val_loss, val_accuracy: None in epochs without validation.
        seconds: of each epoch, without validation.
    """

    epoch: tuple[int, ...] = ()
    loss: Series = ()
    accuracy: Series = ()
    val_loss: Series = ()
    val_accuracy: Series = ()
    seconds: Series = ()

    @property
    def has_validation(self) -> bool:
        # a loss may be no number
        return any(value is not None for value in (*self.val_loss, *self.val_accuracy))


def broken_epoch(points: EpochPoints) -> int | None:
    """Return the first epoch in which a loss was no number, however that was written
    down, or None.
    """
    needed = (points.loss, points.val_loss) if points.has_validation else (points.loss,)
    rows = zip(points.epoch, *needed, strict=True)
    return next((epoch for epoch, *row in rows if None in _finite(row)), None)


@dataclass(frozen=True)
class Curves:
    """All curves of one run. Equal events give equal curves, so a figure can be kept by them."""

    blocks: BlockPoints = field(default_factory=BlockPoints)
    epochs: EpochPoints = field(default_factory=EpochPoints)


def read_curves(events: Sequence[Event]) -> Curves:
    """Return the curves of a run's events, in the order in which they came.

    Lines of more than `MOST_POINTS` keep every second point, every fourth and so on, and both ends:
    the points that are left stay where they are while the curve grows, so it does not flicker.

    Args:
        events: all events of the run; what a later ``Continued`` took back is left out.
    """
    events = current_events(events)
    started = start_of(events)
    blocks = thin([event for event in events if isinstance(event, BlockEnded)]) if started else []
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    steps = started.steps_per_epoch if started else 1
    positions = tuple(event.epoch - 1 + event.step / steps for event in blocks)
    losses = _series(blocks, "loss")
    accuracies = _series(blocks, "accuracy")
    return Curves(BlockPoints(positions, losses, accuracies), epoch_points(thin(epochs)))


def epoch_points(epochs: Sequence[EpochEnded]) -> EpochPoints:
    """Return the numbers of epochs as columns."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")
    return EpochPoints(
        tuple(event.epoch for event in epochs), *(_series(epochs, name) for name in names)
    )


def recent_accuracy(curves: Curves) -> float | None:
    """Return the training accuracy as it is now: of the blocks within the last third of an epoch.

    Not the mean of an epoch, which takes its badly trained beginning along: in the first epoch it
    lies several points lower, and a number that went from one to the other would fall when the
    epoch ends.
    """
    blocks = curves.blocks
    found = [
        accuracy
        for position, accuracy in zip(blocks.position, blocks.accuracy, strict=True)
        if accuracy is not None and position > blocks.position[-1] - RECENT
    ]
    if found:
        return sum(found) / len(found)
    return curves.epochs.accuracy[-1] if curves.epochs.accuracy else None


def thin(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """Return at most `most` (2 or more) of `points`: each 2^k-th and the last."""
    stride = 1
    while -(-len(points) // stride) + 1 > most and len(points) > most:
        stride *= 2
    if stride == 1:
        return points
    kept = list(points[::stride])
    if (len(points) - 1) % stride:
        kept.append(points[-1])
    return kept


def _series(events: Sequence[BlockEnded] | Sequence[EpochEnded], name: str) -> Series:
    return _finite(getattr(event, name) for event in events)


def _finite(values: Iterable[float | None]) -> Series:
    return tuple(value if value is not None and math.isfinite(value) else None for value in values)
