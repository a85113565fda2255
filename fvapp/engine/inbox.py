"""The engine's inbox and all its messages, which tell the engine's thread whatever happens outside it.

A message identifies its run by id and attempt: by the time it is read, the run may be lost, deleted or training again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from fvapp.core.events import Event

if TYPE_CHECKING:
    from distributed import Future


@dataclass(frozen=True, slots=True)
class Wake:
    """Check the queue now instead of at the next tick."""


# From the supervisor


@dataclass(frozen=True, slots=True)
class Connected:
    """The scheduler is connected; workers follow one by one."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The scheduler is gone, and every training with it.

    Attributes:
        reason: catalogue key below ``errors.`` if it could not even start, else None.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerCame:
    """A worker has answered and can take runs.

    Attributes:
        warm: as in :class:`WorkerWarm`.
        versions: of its Python and packages.
    """

    address: str
    name: str
    warm: bool
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkerGone:
    """The scheduler no longer lists a worker."""

    address: str


# From a worker


@dataclass(frozen=True, slots=True)
class WorkerWarm:
    """A worker has loaded the data and compiled what the first run needs."""

    address: str


@dataclass(frozen=True, slots=True)
class EventTold:
    """A run in training has emitted an event."""

    run: str
    attempt: int
    event: Event


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A run in training has a new checkpoint, which its worker keeps until it is fetched."""

    run: str
    attempt: int


@dataclass(frozen=True, slots=True)
class UnderTest:
    """A run has trained for the last time and is now tested on the test images."""

    run: str
    attempt: int


# From the transfers


@dataclass(frozen=True, slots=True)
class TaskEnded:
    """A worker is done with a run, in whatever way; `future` holds the result."""

    run: str
    attempt: int
    future: Future


@dataclass(frozen=True, slots=True)
class NotGiven:
    """A run could not be handed to its worker.

    Attributes:
        reason: catalogue key below ``reasons.`` for what is wrong with the run; None if the worker does not answer.
    """

    run: str
    attempt: int
    reason: str | None = None


FromWorker = WorkerWarm | EventTold | CheckpointSaved | UnderTest
Message = Wake | Connected | Broken | WorkerCame | WorkerGone | FromWorker | TaskEnded | NotGiven


class Inbox:
    """A queue of messages in order of arrival, to which any thread may post."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Message] = SimpleQueue()

    def post(self, message: Message) -> None:
        self._messages.put(message)

    def take(self, seconds: float) -> list[Message]:
        """Return all messages there are, waiting at most `seconds` for the first one."""
        messages: list[Message] = []
        try:
            messages.append(self._messages.get(timeout=seconds))
            while True:
                messages.append(self._messages.get_nowait())
        except Empty:
            return messages
