"""The engine's inbox, and its messages, except for those that workers send."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from fvapp.core.errors import EngineError
from fvapp.core.runs import Reason
from fvapp.engine.runs import WorkerState
from fvapp.engine.workers.protocol import Message, RunMessage, WorkerMessage


class WakeUp(Message):
    """Wakes the engine's thread, which checks the queue after every message."""


class SchedulerConnected(Message):
    """The scheduler is connected; workers follow one by one."""


@dataclass(frozen=True)
class SchedulerLost(Message):
    """The scheduler is gone.

    Attributes:
        reason: catalogue key below ``errors.`` for why it could not even start; else None.
    """

    reason: str | None = None


@dataclass(frozen=True)
class WorkerJoined(Message):
    """A worker has answered and can take runs."""

    worker: WorkerState


@dataclass(frozen=True)
class WorkerRefused(WorkerMessage):
    """A worker does not answer, or must not get runs; `pc` is empty for one on this PC."""

    pc: str
    error: EngineError


class WorkerGone(WorkerMessage):
    """The scheduler no longer lists a worker."""


class WorkerSilent(WorkerMessage):
    """A worker, frozen or cut off, has been silent for so long that the scheduler drops it."""


class WorkerUnfit(WorkerMessage):
    """A worker was unable to train a run."""


@dataclass(frozen=True)
class TaskEnded(RunMessage):
    """A worker has ended its task for a run, successfully or not; `future` holds the result."""

    future: Any


@dataclass(frozen=True)
class HandOverFailed(RunMessage):
    """A run could not be handed to its worker.

    Attributes:
        reason: catalogue key below ``reasons.`` for what is wrong with the run; None if the worker
            did not answer.
    """

    reason: Reason | None = None


class Inbox:
    """A queue of messages in order of arrival, to which any thread may post."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Message] = SimpleQueue()

    def post_message(self, message: Message) -> None:
        self._messages.put(message)

    def wait_for_messages(self, seconds: float) -> list[Message]:
        """Return all waiting messages; if there are none, wait up to `seconds` for one."""
        messages: list[Message] = []
        try:
            messages.append(self._messages.get(timeout=seconds))
            while True:
                messages.append(self._messages.get_nowait())
        except Empty:
            return messages
