"""What server and workers say to each other. Both import this, so it imports neither.

- Server to worker: the handler ``fvapp`` of a worker, called directly (not through the scheduler),
  always with a timeout; see :mod:`fvapp.engine.workers.connection`. The commands are those of
  ``fvapp.worker.plugin.WorkerService``.
- Worker to server: messages for the engine's inbox, as plain values on one topic; see
:func:`plain_message`.
- The training itself: one Dask task on a chosen worker, which takes an :class:`Order`. Its result
  stays there until the server asks for it: Dask would have it unpickled here, and unpickling runs
  code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.checkpoint import NotTrained, TrainingEnd
from fvapp.core.errors import FvappError
from fvapp.core.events import Event, event_from_json, event_to_json
from fvapp.core.runs import Position
from fvapp.core.schema import between, read
from fvapp.core.settings import RunSettings

HANDLER = "fvapp"
TOPIC = "fvapp"
VARIABLE_OF_PC = "FVAPP_LAB_PC"
"""Set by ``lab join`` for its workers: what that PC is called."""
SAYS = "fvapp: "
"""How a line begins that a worker prints for who started it: null, or why the app does
not take it.
"""

RequestedState = Literal["run", "stop", "pause"]
Speed = Annotated[float, between(0, 1e6)]
"""Epochs of the notebook's network a second that a worker trains; 0 until it was measured."""


@dataclass(frozen=True)
class Order:
    """A run to train.

    Attributes:
        epochs: the total number to reach.
        at: position of the checkpoint sent beforehand; None to start from the beginning.
        drawing: what the visitor drew last for the data set, uint8 [28, 28], or None.
    """

    run: str
    attempt: int
    settings: RunSettings
    epochs: int
    at: Position | None
    arithmetic: Arithmetic
    drawing: np.ndarray | None = None


def run_training(order: Order) -> TrainingEnd | NotTrained:
    """Train in the worker in which Dask calls this.

    A result travels here and not as an event: it must not be seen before it is stored.
    """
    from distributed import get_worker

    ours: Any = get_worker()
    return ours.fvapp.train(order)


def training_key(run: str, attempt: int) -> tuple[str, str, int]:
    """Return the name of a training for Dask.

    A tuple: from a string the scheduler would keep the run's id as a kind of task, with statistics,
        for ever.
    """
    return "training", run, attempt


def plain_result(result: TrainingEnd | NotTrained) -> tuple[str, dict[str, object]]:
    """Return what came of a training as plain values, its kind first."""
    return type(result).__name__, asdict(result)


def read_result(values: Sequence[object]) -> TrainingEnd | NotTrained:
    """Return the result of :func:`plain_result`.

    Raises:
        FvappError, TypeError, ValueError: it is none.
    """
    kind, plain = values
    return read(TrainingEnd, plain) if kind == TrainingEnd.__name__ else read(NotTrained, plain)


class Message:
    """Anything that the engine's thread is told."""


@dataclass(frozen=True)
class OfWorker(Message):
    """Something about the worker at an address."""

    address: str


@dataclass(frozen=True)
class OfRun(Message):
    """Something about an attempt at a run. By the time it is read, the run may be lost, deleted or
    training again.
    """

    run: str
    attempt: int


@dataclass(frozen=True)
class WorkerWarm(OfWorker):
    """A worker has loaded the data and compiled what the first run needs."""

    speed: float


class WorkerLeaves(OfWorker):
    """The PC of a worker is to be used for something else: what it trains goes on elsewhere."""


@dataclass(frozen=True)
class EventTold(OfRun):
    """A run in training has emitted an event."""

    event: Event


class CheckpointSaved(OfRun):
    """A run in training has a new checkpoint, which its worker keeps until it is fetched."""


class UnderTest(OfRun):
    """A run has trained for the last time and is now tested on the test images."""


_RUN = partial(read, str), partial(read, int)  # its id and attempt
# What workers say, and the readers of its values.
_READERS: dict[type[Message], tuple[Callable[[object], object], ...]] = {
    WorkerWarm: (partial(read, str), partial(read, Speed)),
    WorkerLeaves: (partial(read, str),),
    EventTold: (*_RUN, event_from_json),
    CheckpointSaved: _RUN,
    UnderTest: _RUN,
}
_BY_NAME = {kind.__name__: kind for kind in _READERS}


def plain_message(message: Message) -> tuple[object, ...]:
    """Return a message as plain values, its kind first."""
    values = (
        event_to_json(each) if isinstance(each, Event) else each for each in vars(message).values()
    )
    return type(message).__name__, *values


def read_message(values: Sequence[Any]) -> Message:
    """Return the message of :func:`plain_message`.

    Raises:
        ValueError: it is not a message of our workers.
    """
    name, *rest = values or ("",)
    kind = _BY_NAME.get(name)
    if kind is None or len(rest) != len(_READERS[kind]):
        raise ValueError("not a message of a worker")
    return kind(*(reader(each) for reader, each in zip(_READERS[kind], rest, strict=True)))


def plain_array(array: np.ndarray) -> dict[str, object]:
    """Return an array as plain data for a message."""
    return {
        "dtype": array.dtype.str,
        "shape": array.shape,
        "data": np.ascontiguousarray(array).tobytes(),
    }


def array_from_plain(plain: Mapping[str, Any]) -> np.ndarray:
    """Return the array of :func:`plain_array`."""
    return np.frombuffer(plain["data"], plain["dtype"]).reshape(plain["shape"])


def reply_ok(answer: object) -> dict[str, object]:
    return {"answer": answer}


def reply_error(error: FvappError) -> dict[str, object]:
    """Return an error as plain data; terms among its values travel as text."""
    return {"error": [error.code, {name: str(value) for name, value in error.values.items()}]}
