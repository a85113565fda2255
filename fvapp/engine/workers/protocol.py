"""What server and workers say to each other. Both import this, so it imports neither.

- Server to worker: the handler ``fvapp`` of a worker, called directly (not through the scheduler), always with a
  timeout; see :mod:`fvapp.engine.workers.connection`. The commands are the methods of ``fvapp.worker.plugin.Desk``.
- Worker to server: messages for the engine's inbox, as plain values on one topic.
- The training itself: one Dask task on a chosen worker, which takes an :class:`Order`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fvapp.core.errors import FvappError
from fvapp.core.events import event_from_json, event_to_json
from fvapp.core.runs import KerasError, Position, RunResult
from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import CheckpointSaved, EventTold, FromWorker, UnderTest, WorkerWarm

HANDLER = "fvapp"
TOPIC = "fvapp"

Wish = Literal["run", "stop", "pause"]


@dataclass(frozen=True)
class Order:
    """A run to train.

    Attributes:
        epochs: the total number to reach.
        at: position of the checkpoint sent beforehand; None to start from the beginning.
    """

    run: str
    attempt: int
    settings: RunSettings
    epochs: int
    at: Position | None


@dataclass(frozen=True)
class Trained:
    """The result of a run that did as it was told.

    Attributes:
        at: position of its checkpoint.
        frames: of its film, as bytes.
        result: None if paused. It travels here and not as an event: a result must not be seen before it is stored.
    """

    state: Literal["done", "stopped", "paused"]
    checkpoint: bytes
    frames: bytes | None
    at: Position
    result: RunResult | None


@dataclass(frozen=True)
class NotTrained:
    """The result of a run that could not be trained.

    Attributes:
        reason: catalogue key below ``reasons.`` for what is missing, or None.
        error: what Keras raised, or None.
    """

    reason: str | None = None
    error: KerasError | None = None


def run_training(order: Order) -> Trained | NotTrained:
    """Train in the worker in which Dask calls this."""
    from distributed import get_worker

    return get_worker().fvapp.train(order)


def message_to_wire(message: FromWorker) -> tuple[object, ...]:
    """Return a worker's message as plain values, which is all that Dask's topics accept."""
    match message:
        case WorkerWarm(address):
            return "warm", address
        case EventTold(run, attempt, event):
            return "event", run, attempt, event_to_json(event)
        case CheckpointSaved(run, attempt):
            return "saved", run, attempt
        case UnderTest(run, attempt):
            return "test", run, attempt


def message_from_wire(values: Sequence[object]) -> FromWorker:
    """Read the result of :func:`message_to_wire`.

    Raises:
        ValueError: it is not a message of a worker.
    """
    match tuple(values):
        case "warm", address:
            return WorkerWarm(address)
        case "event", run, attempt, event:
            return EventTold(run, attempt, event_from_json(event))
        case "saved", run, attempt:
            return CheckpointSaved(run, attempt)
        case "test", run, attempt:
            return UnderTest(run, attempt)
    raise ValueError("not a message of a worker")


def told(answer: object) -> dict[str, object]:
    return {"answer": answer}


def refused(error: FvappError) -> dict[str, object]:
    """Return an error as plain data; terms among its values travel as text."""
    return {"error": [error.code, {name: str(value) for name, value in error.values.items()}]}
