"""Defines the inbox of the engine's thread, and messages from other parts of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from fvapp.core.errors import EngineError
from fvapp.core.runs import Reason
from fvapp.engine.runs import WorkerState
from fvapp.engine.workers.protocol import Message, RunMessage, WorkerMessage


class WakeUp(Message):
    """Wakes the engine's thread, so that it checks the queue of runs at once."""


class SchedulerConnected(Message):
    """The engine has connected to Dask's scheduler; workers will connect one by one."""


@dataclass(frozen=True)
class SchedulerLost(Message):
    """Dask's scheduler has ended, or did not start.

    Attributes:
        reason: key, below ``errors.`` in the text catalogues, of why the scheduler did not start;
            None if the scheduler has ended.
    """

    reason: str | None = None


@dataclass(frozen=True)
class WorkerJoined(Message):
    """A worker has answered the server's "hello" command and can take runs."""

    worker: WorkerState


@dataclass(frozen=True)
class WorkerRefused(WorkerMessage):
    """A worker does not answer, or must not get runs; `pc` is empty for a worker on this PC."""

    pc: str
    error: EngineError


class WorkerGone(WorkerMessage):
    """The scheduler no longer lists a worker, which has ended or lost its connection."""


class WorkerSilent(WorkerMessage):
    """A worker, frozen or cut off, was silent for so long that the scheduler dropped it."""


class WorkerUnfit(WorkerMessage):
    """A worker could not train a run, and must answer "hello" again before it gets another run."""


@dataclass(frozen=True)
class TaskEnded(RunMessage):
    """A worker has finished or failed its task for a run; Dask's `future` holds the outcome."""

    future: Any


@dataclass(frozen=True)
class HandOverFailed(RunMessage):
    """A run could not be handed to its worker.

    Attributes:
        reason: key, below ``reasons.`` in the text catalogues, of what is wrong with the run; None
            if the worker did not answer.
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
