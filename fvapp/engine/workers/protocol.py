"""What server and workers say to each other. Both import this, so it imports neither.

- Server to worker: the handler ``fvapp`` of a worker, called directly (not through the scheduler), always with a
  timeout; see :mod:`fvapp.engine.workers.connection`. The commands are those of
  ``fvapp.worker.plugin.WorkerService``.
- Worker to server: messages for the engine's inbox, as plain values on one topic; see :func:`read_message`.
- The training itself: one Dask task on a chosen worker, which takes an :class:`Order`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.checkpoint import TrainingEnd
from fvapp.core.errors import FvappError
from fvapp.core.events import event_from_json
from fvapp.core.runs import KerasError, Position
from fvapp.core.schema import read
from fvapp.core.settings import RunSettings

HANDLER = "fvapp"
TOPIC = "fvapp"
VARIABLE_OF_PC = "FVAPP_LAB_PC"
"""Set by ``lab join`` for its workers: what that PC is called."""
SAYS = "fvapp: "
"""How a line begins that a worker prints for who started it: null, or why the app does not take it."""

RequestedState = Literal["run", "stop", "pause"]


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
    arithmetic: Arithmetic


@dataclass(frozen=True)
class NotTrained:
    """The result of a run that could not be trained.

    Attributes:
        reason: catalogue key below ``reasons.`` for what is missing, or None.
        error: what Keras raised, or None.
    """

    reason: str | None = None
    error: KerasError | None = None


def run_training(order: Order) -> TrainingEnd | NotTrained:
    """Train in the worker in which Dask calls this.

    A result travels here and not as an event: it must not be seen before it is stored.
    """
    from distributed import get_worker

    return get_worker().fvapp.train(order)


def read_message(values: Sequence[object]) -> tuple[object, ...]:
    """Return what a worker sent as a message for the engine's inbox.

    Raises:
        ValueError: it is not a message of our workers.
    """
    name, *rest = values or (None,)
    if name not in _SAID_BY_WORKERS or len(rest) != len(_SAID_BY_WORKERS[name]):
        raise ValueError("not a message of a worker")
    return name, *(reader(each) for reader, each in zip(_SAID_BY_WORKERS[name], rest, strict=True))


_RUN = partial(read, str), partial(read, int)  # its id and attempt
_SAID_BY_WORKERS = {
    "worker_warm": (partial(read, str), partial(read, float)),
    "worker_leaves": (partial(read, str),),
    "event_told": (*_RUN, event_from_json),
    "checkpoint_saved": _RUN,
    "under_test": _RUN,
}


def plain_array(array: np.ndarray) -> dict[str, object]:
    """Return an array as plain data for a message."""
    return {"dtype": array.dtype.str, "shape": array.shape, "data": np.ascontiguousarray(array).tobytes()}


def array_from_plain(plain: Mapping[str, object]) -> np.ndarray:
    """Return the array of :func:`plain_array`."""
    return np.frombuffer(plain["data"], plain["dtype"]).reshape(plain["shape"])


def reply_ok(answer: object) -> dict[str, object]:
    return {"answer": answer}


def reply_error(error: FvappError) -> dict[str, object]:
    """Return an error as plain data; terms among its values travel as text."""
    return {"error": [error.code, {name: str(value) for name, value in error.values.items()}]}
