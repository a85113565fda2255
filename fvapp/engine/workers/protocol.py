"""The protocol between server and workers. Both import this module, so it imports neither.

- Server to worker: commands of ``fvapp.worker.plugin.WorkerService``. The server calls the worker's
  handler ``fvapp`` directly, not through the scheduler, and always with a timeout; see
  :mod:`fvapp.engine.workers.connection`.
- Worker to server: messages for the engine's inbox, as plain values on one Dask topic; see
  :func:`message_to_plain`.
- Training: a Dask task on a chosen worker, which takes a :class:`TrainingOrder`. The result stays
  in the worker until the server asks for it as plain values. If Dask sent the result, the server
  would unpickle it, and unpickling can run any code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.checkpoint import TrainingEnd, TrainingFailure
from fvapp.core.errors import FvappError
from fvapp.core.events import Event, event_from_json, event_to_json
from fvapp.core.runs import RunPosition
from fvapp.core.schema import is_between, read_as_type
from fvapp.core.settings import RunSettings

HANDLER = "fvapp"
TOPIC = "fvapp"
VARIABLE_OF_PC = "FVAPP_LAB_PC"
"""Environment variable with the PC's name, which ``lab join`` sets for its workers."""
SAYS = "fvapp: "
"""Prefix of the line that a worker prints for its parent process.

After the prefix comes JSON: the error for which the app refuses the worker, or null.
"""

RequestedState = Literal["run", "stop", "pause"]
Speed = Annotated[float, is_between(0, 1e6)]
"""Epochs per second in which a worker trains the course notebook's network; 0 until measured."""


@dataclass(frozen=True)
class TrainingOrder:
    """An order to a worker to train a run.

    Attributes:
        epochs: the total number of epochs to reach.
        resume_position: position of the checkpoint from which to continue; None to start from
            scratch.
        drawing: the visitor's latest drawing for the data set, uint8 [28, 28], or None.
    """

    run: str
    attempt: int
    settings: RunSettings
    epochs: int
    resume_position: RunPosition | None
    arithmetic: Arithmetic
    drawing: np.ndarray | None = None


def run_training(order: TrainingOrder) -> TrainingEnd | TrainingFailure:
    """Train a run, in the worker in which Dask calls this function.

    The result is returned, not sent as an event, because it must be stored before it is shown.
    """
    from distributed import get_worker

    ours: Any = get_worker()
    return ours.fvapp.train_run(order)


def dask_task_key(run: str, attempt: int) -> tuple[str, str, int]:
    """Return the key under which Dask knows the task that trains a run.

    The key is a tuple. If it were a string, the scheduler would mistake the run's id for a kind of
    task, and keep statistics about that kind forever.
    """
    return "training", run, attempt


def result_to_plain(result: TrainingEnd | TrainingFailure) -> tuple[str, dict[str, object]]:
    """Return the outcome of a training run as plain values: its class's name, then its fields."""
    return type(result).__name__, asdict(result)


def result_from_plain(values: Sequence[object]) -> TrainingEnd | TrainingFailure:
    """Return the outcome of a training run from the plain values of :func:`result_to_plain`.

    Raises:
        FvappError, TypeError, ValueError: `values` do not describe an outcome.
    """
    kind, plain = values
    return (
        read_as_type(TrainingEnd, plain)
        if kind == TrainingEnd.__name__
        else read_as_type(TrainingFailure, plain)
    )


class Message:
    """A message to the engine's thread."""


@dataclass(frozen=True)
class WorkerMessage(Message):
    """A message about the worker at an address."""

    address: str


@dataclass(frozen=True)
class RunMessage(Message):
    """A message about one attempt to train a run, which may be over when the message is read."""

    run: str
    attempt: int


@dataclass(frozen=True)
class WorkerWarm(WorkerMessage):
    """A worker has loaded the default data set and compiled the default network."""

    speed: float


class WorkerLeaves(WorkerMessage):
    """A worker must leave, because its PC is needed for other work; its run moves elsewhere."""


@dataclass(frozen=True)
class EventEmitted(RunMessage):
    """A run in training has emitted an event, such as the end of an epoch."""

    event: Event


class CheckpointSaved(RunMessage):
    """A run in training has a new checkpoint, which the server can fetch from its worker."""


class EvaluationBegun(RunMessage):
    """A run has finished training and is now being evaluated on the test set."""


# Functions that read and check a run's id and attempt.
_RUN = (
    partial(read_as_type, str),
    partial(read_as_type, int),
)
# Each message that workers send, with the functions that read and check its values.
_READERS: dict[type[Message], tuple[Callable[[object], object], ...]] = {
    WorkerWarm: (partial(read_as_type, str), partial(read_as_type, Speed)),
    WorkerLeaves: (partial(read_as_type, str),),
    EventEmitted: (*_RUN, event_from_json),
    CheckpointSaved: _RUN,
    EvaluationBegun: _RUN,
}
_BY_NAME = {kind.__name__: kind for kind in _READERS}


def message_to_plain(message: Message) -> tuple[object, ...]:
    """Return a message as plain values: its class's name, then its fields."""
    values = (
        event_to_json(value) if isinstance(value, Event) else value
        for value in vars(message).values()
    )
    return type(message).__name__, *values


def message_from_plain(values: Sequence[Any]) -> Message:
    """Return a worker's message from the plain values of :func:`message_to_plain`.

    Raises:
        ValueError: `values` do not describe a message that workers send.
    """
    name, *rest = values or ("",)
    kind = _BY_NAME.get(name)
    if kind is None or len(rest) != len(_READERS[kind]):
        raise ValueError("not a message of a worker")
    return kind(*(reader(value) for reader, value in zip(_READERS[kind], rest, strict=True)))


def array_to_plain(array: np.ndarray) -> dict[str, object]:
    """Return an array as a plain dictionary, which a message can contain."""
    return {
        "dtype": array.dtype.str,
        "shape": array.shape,
        "data": np.ascontiguousarray(array).tobytes(),
    }


def array_from_plain(plain: Mapping[str, Any]) -> np.ndarray:
    """Convert a dictionary made by :func:`array_to_plain` back to an array."""
    return np.frombuffer(plain["data"], plain["dtype"]).reshape(plain["shape"])


def reply_ok(answer: object) -> dict[str, object]:
    return {"answer": answer}


def reply_error(error: FvappError) -> dict[str, object]:
    """Return the reply with which a worker reports an error; the error's values become text."""
    return {"error": [error.code, {name: str(value) for name, value in error.values.items()}]}
