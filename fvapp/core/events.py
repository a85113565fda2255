"""The events with which a run reports its training, and their conversion to and from JSON.

The JSON of an event is the same everywhere: in the output of ``python -m fvapp train --json``, in
messages from workers, in the store and in run files. Epochs and steps are counted from 1.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import prod
from typing import Annotated, Literal

import numpy as np

from fvapp.core import runs
from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.runs import KerasError, RunPosition, RunResult
from fvapp.core.schema import BadValue, NullDefault, has_length_between, is_between, read_as_type
from fvapp.core.stack import IMAGE_SHAPE


def _is_base64_image(pixels: str) -> bool:
    with suppress(ValueError):  # raised for characters outside the base64 alphabet
        return len(b64decode(pixels, validate=True)) == prod(IMAGE_SHAPE)
    return False


_FromOne = Annotated[int, is_between(1, runs.MOST_STEPS)]
_NumberOfEpoch = Annotated[int, is_between(1, runs.MOST_EPOCHS)]
_Moment = Annotated[int, is_between(0, 60_000_000)]
_Label = Annotated[int, is_between(0, MOST_CLASSES - 1)]
_Labels = Annotated[tuple[_Label | None, ...], has_length_between(0, 20)]
_Shares = Annotated[tuple[runs.Share | None, ...], has_length_between(0, MOST_CLASSES)]


@dataclass(frozen=True, slots=True)
class FollowedDrawing:
    """The visitor's latest drawing, which the network classifies repeatedly while it trains.

    The engine, not a worker, writes this event, before any other event of the run.

    Attributes:
        pixels: the bytes of the uint8 image [28, 28], in base64.
    """

    pixels: Annotated[str, _is_base64_image]

    @classmethod
    def from_image(cls, image: np.ndarray) -> FollowedDrawing:
        return cls(b64encode(image.tobytes()).decode())


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run has started, and its network is built.

    Attributes:
        parameters: number of weights and biases of the network.
        train_images, validation_images: number of images for training and for validation.
        epochs: the total number of epochs to train.
    """

    parameters: runs.Parameters
    train_images: _FromOne
    validation_images: runs.Step
    steps_per_epoch: _FromOne
    epochs: _NumberOfEpoch


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """A block of steps has been trained.

    Attributes:
        step: the last step of the block, within its epoch.
        loss, accuracy: means over the steps since the previous block. In a run opened from a file,
            None stands for a value that was not finite.
    """

    epoch: _NumberOfEpoch
    step: _FromOne
    loss: runs.Loss | None
    accuracy: runs.Share | None


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch is complete; loss and accuracy are the values in Keras' History.

    Attributes:
        val_loss, val_accuracy: None without validation.
        seconds: time from the first step of the epoch until the numbers of its last step arrive;
            validation comes later and is not included.
    """

    epoch: _NumberOfEpoch
    loss: runs.Loss | None
    accuracy: runs.Share | None
    val_loss: runs.Loss | None
    val_accuracy: runs.Share | None
    seconds: runs.Seconds


@dataclass(frozen=True, slots=True)
class Guesses:
    """The network's answers to the fixed twelve test images of ``core/datasets/twelve.py``.

    An event may hold the answers at several moments of training, because these moments can follow
    each other faster than anybody can see.

    Attributes:
        epoch, step: position of the run at or after the last of the moments: completed epochs, and
            completed steps of the next epoch.
        steps: the step of each moment, counted from the beginning of training.
        labels: the class predicted for each image, [moments][images]; None if the network's outputs
            are not numbers.
        shares: the shares of these labels, between 0 and 1, [moments][images].
        drawing: all shares for the visitor's drawing, [moments][outputs]; empty without a drawing.
    """

    epoch: runs.Epoch
    step: runs.Step
    steps: Annotated[
        tuple[_Moment, ...],
        has_length_between(1, 50),
        lambda steps: sorted(set(steps)) == list(steps),
    ]
    labels: tuple[_Labels, ...]
    shares: tuple[_Shares, ...]
    drawing: Annotated[tuple[_Shares, ...], NullDefault(())] = ()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is done or stopped, and its final model has been tested."""

    state: Literal["done", "stopped"]
    result: RunResult


TEST_EVENTS = (Guesses, RunEnded)
"""The kinds of events that reveal a network's answers to test images."""


@dataclass(frozen=True, slots=True)
class RunFailed:
    """Keras raised an error, and the run ended."""

    error: KerasError


@dataclass(frozen=True, slots=True)
class RunContinued:
    """The run continues from a checkpoint. The engine, not a worker, writes this event.

    Earlier events of steps after the checkpoint no longer belong to the learning curve; see
    :func:`drop_undone_events`.

    Attributes:
        epoch, step: completed epochs, and completed steps of the next epoch.
    """

    epoch: runs.Epoch
    step: runs.Step


Event = (
    FollowedDrawing
    | RunStarted
    | BlockEnded
    | EpochEnded
    | Guesses
    | RunEnded
    | RunFailed
    | RunContinued
)

_BY_NAME: dict[str, type] = {
    "drawn": FollowedDrawing,
    "started": RunStarted,
    "block": BlockEnded,
    "epoch": EpochEnded,
    "guesses": Guesses,
    "continued": RunContinued,
}
_NAMES = {kind: name for name, kind in _BY_NAME.items()}


def event_to_json(event: Event) -> dict[str, object]:
    """Return an event as plain values. Every event that ends a run has the kind "result"."""
    match event:
        case RunEnded(state, result):
            return {"event": "result", "state": state, **asdict(result)}
        case RunFailed(error):
            return {"event": "result", "state": "failed", **asdict(error)}
    # `asdict` is not used, because events hold plain values. Its deep copies are not needed, and
    # take 2 ms for 50 `Guesses` events.
    return {
        "event": _NAMES[type(event)],
        **{name: getattr(event, name) for name in event.__slots__},
    }


def event_from_json(values: object, place: str = "event") -> Event:
    """Return the event that :func:`event_to_json` wrote; the source may be untrusted.

    Args:
        place: where the value was found in the file or message; the error names this place.

    Raises:
        BadValue: the value is not an event.
    """
    given = values if isinstance(values, Mapping) else {}
    name = given.get("event")
    if name == "result":
        if given.get("state") == "failed":
            return RunFailed(read_as_type(KerasError, given, place))
        return read_as_type(RunEnded, {"state": given.get("state"), "result": given}, place)

    kind = _BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadValue(f"{place}.event")
    event: Event = read_as_type(kind, given, place)
    if isinstance(event, Guesses):
        moments = [len(event.steps), len(event.labels), len(event.shares)]
        moments += [len(event.drawing)] if event.drawing else []
        if len(set(moments)) + len({len(row) for row in (*event.labels, *event.shares)}) != 2:
            raise BadValue(f"{place}.shares")
    return event


def find_followed_drawing(events: Sequence[Event]) -> np.ndarray | None:
    """Return the image of a run's :class:`FollowedDrawing`, uint8 [28, 28], or None."""
    found = (event.pixels for event in events if isinstance(event, FollowedDrawing))
    return next(
        (np.frombuffer(b64decode(pixels), np.uint8).reshape(IMAGE_SHAPE) for pixels in found), None
    )


def find_start_event(events: Iterable[Event]) -> RunStarted | None:
    """Return the :class:`RunStarted` event of a run; None if the run has not started."""
    return next((event for event in events if isinstance(event, RunStarted)), None)


def position_at_event(event: Event) -> RunPosition | None:
    """Return the position of the run at an event; None for an event without a position."""
    match event:
        case BlockEnded():
            return RunPosition(event.epoch - 1, event.step)
        case EpochEnded():
            return RunPosition(event.epoch, 0)
        case Guesses() | RunContinued():
            return RunPosition(event.epoch, event.step)
    return None


def drop_undone_events(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events of a run, except those that a later :class:`RunContinued` undid.

    Continuing a run also undoes its earlier result, because the model is trained further.
    """
    current: list[Event] = []
    for event in events:
        if isinstance(event, RunContinued):
            until = RunPosition(event.epoch, event.step)
            current = [
                before
                for before in current
                if isinstance(before, FollowedDrawing | RunStarted)
                or ((at := position_at_event(before)) is not None and at <= until)
            ]
        else:
            current.append(event)
    return tuple(current)
