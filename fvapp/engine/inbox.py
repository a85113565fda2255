"""The engine's inbox, by which its thread is told whatever happens outside it."""

from __future__ import annotations

from queue import Empty, SimpleQueue

from fvapp.engine.workers.protocol import Message


class Inbox:
    """A queue of messages in order of arrival, to which any thread may post."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[Message] = SimpleQueue()

    def post(self, message: Message) -> None:
        self._messages.put(message)

    def wait_for_messages(self, seconds: float) -> list[Message]:
        """Return all messages there are, waiting at most `seconds` for the first one."""
        messages: list[Message] = []
        try:
            messages.append(self._messages.get(timeout=seconds))
            while True:
                messages.append(self._messages.get_nowait())
        except Empty:
            return messages
