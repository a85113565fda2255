"""The engine's inbox, by which its thread is told whatever happens outside it.

A message is the name of a method of the dispatcher and what it takes. It identifies a run by id and attempt: by the
time it is read, the run may be lost, deleted or training again.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue

Message = tuple[object, ...]  # a name, and what its method takes


class Inbox:
    """A queue of messages in order of arrival, to which any thread may post."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Message] = SimpleQueue()

    def post(self, name: str, *values: object) -> None:
        self._messages.put((name, *values))

    def wait_for_messages(self, seconds: float) -> list[Message]:
        """Return all messages there are, waiting at most `seconds` for the first one."""
        messages: list[Message] = []
        try:
            messages.append(self._messages.get(timeout=seconds))
            while True:
                messages.append(self._messages.get_nowait())
        except Empty:
            return messages
