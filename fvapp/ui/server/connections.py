"""Closes connections that send no request or never finish one, so that they lock nobody out.

uvicorn waits forever for the rest of a request, and for a response to be read. Each connection
takes a file descriptor, of which a shell may allow 1,024; once all are taken, nobody gets in.
uvicorn also waits forever for the rest of a WebSocket message, and keeps what has arrived in
memory.

httptools, which uvicorn would use if installed, is left out on purpose. It answers in 80% of the
time that h11 takes, but does not limit headers: it accepted 20 MB of them in one request, where h11
accepts 64 kB.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from fvapp.ui.compat.connections import (
    Connection,
    awaited_event,
    recording_peers,
    reporting_connections,
    reporting_message_bytes,
)

if sys.platform != "win32":
    import resource

# seconds in which a complete request must arrive; a connection's later requests get twice that
SILENT_SECONDS = 10.0
# checks without progress that a connection survives, by what it waits for
LOOKS = {
    "request": 1,
    "reader": 3,
}
MOST_FILES = 65_536  # file descriptors we ask for; the system may allow fewer
# most connections waiting at a time, counted over all addresses: a whole school may share one
# address, and its browsers connect at once
MOST_WAITING = 1_000

PATIENCE = 10.0  # seconds over which the rate of an unfinished message is measured
LEAST_RATE = 8_000  # bytes a second; a photo of 200 kB over a poor line is about this fast
MOST_HELD = 64 * 2**20  # bytes of all unfinished messages: 32 run files of the largest size


def raise_file_limit(wanted: int = MOST_FILES) -> int:
    """Raise this process's limit on open files towards `wanted`; return the limit now in force."""
    if sys.platform == "win32":
        return wanted  # Windows has no such limit for sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft if soft != resource.RLIM_INFINITY else wanted


class WaitingConnections:
    """The open connections that wait for a request, for the client to read, or for an answer.

    Each is checked at regular intervals, as strictly during its later requests as during its first.

    Args:
        most: maximum number of connections waiting at a time; beyond it the oldest is closed at
            once, unless its request is being answered.
        seconds: time between two checks; a connection is closed if it makes no progress for more
            checks than `LOOKS` allows.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        # connections, oldest first; some may have become WebSockets
        self._waiting: dict[asyncio.Transport, None] = {}

    def add_connection(self, protocol: Connection, transport: asyncio.Transport) -> None:
        """Start to watch a new connection."""
        self._check_if_stalled(transport)

    def remove_connection(self, protocol: Connection) -> None:
        """Stop watching a closed connection."""
        self._waiting.pop(protocol.transport, None)

    def _close_oldest(self) -> None:
        for oldest in [*islice(self._waiting, min(2, max(0, len(self._waiting) - self._most)))]:
            del self._waiting[oldest]
            wait = awaited_event(oldest)
            if wait and wait[0] in LOOKS:
                oldest.abort()
            elif wait:
                self._waiting[oldest] = None  # its client may be reading a long response slowly

    def _check_if_stalled(
        self,
        transport: asyncio.Transport,
        before: tuple[str, object] | None = None,
        looks: int = 0,
    ) -> None:
        now = awaited_event(transport)
        looks = looks + 1 if now == before else 1
        if now:
            self._waiting.setdefault(transport)
        else:
            self._waiting.pop(transport, None)
        if now and looks > LOOKS.get(now[0], looks):
            transport.abort()
        elif now or not transport.is_closing():
            asyncio.get_running_loop().call_later(
                self._seconds, self._check_if_stalled, transport, now, looks
            )
        self._close_oldest()


@dataclass(eq=False)
class _UnfinishedMessage:
    """How much of an unfinished WebSocket message has arrived.

    Attributes:
        received_bytes: bytes received.
        bytes_since_check: bytes received since the last check.
    """

    received_bytes: int = 0
    bytes_since_check: int = 0


class SlowMessages:
    """The unfinished WebSocket messages of all connections.

    Args:
        most: maximum size of all these messages together, in bytes; beyond it the message that
            began first is dropped at once. Dropping the slowest would not do: a message that came
            in a burst and then stalled would long seem faster than a photo over a poor line.
        seconds: time between two checks that a message arrives at `LEAST_RATE` or faster.
    """

    def __init__(self, most: int = MOST_HELD, seconds: float = PATIENCE) -> None:
        self._most = most
        self._seconds = seconds
        self._messages: dict[Connection, _UnfinishedMessage] = {}  # oldest first
        self._held = 0

    def note_received_bytes(self, protocol: Connection, count: int) -> None:
        """Note `count` more bytes of an unfinished message; a `count` of 0 means it is complete."""
        if not count:
            self.forget_message(protocol)
            return
        message = self._messages.get(protocol)
        if message is None:
            message = self._messages[protocol] = _UnfinishedMessage()
            asyncio.get_running_loop().call_later(
                self._seconds, self._drop_if_slow, protocol, message
            )
        message.received_bytes += count
        message.bytes_since_check += count
        self._held += count
        while self._held > self._most:
            self._abort_connection(next(iter(self._messages)))

    def forget_message(self, protocol: Connection) -> None:
        """Forget a connection's message: it is complete, or the connection is closed."""
        message = self._messages.pop(protocol, None)
        if message is not None:
            self._held -= message.received_bytes

    def _drop_if_slow(self, protocol: Connection, message: _UnfinishedMessage) -> None:
        if self._messages.get(protocol) is not message:
            return
        if message.bytes_since_check < LEAST_RATE * self._seconds:
            self._abort_connection(protocol)
        else:
            message.bytes_since_check = 0
            asyncio.get_running_loop().call_later(
                self._seconds, self._drop_if_slow, protocol, message
            )

    def _abort_connection(self, protocol: Connection) -> None:
        self.forget_message(protocol)
        protocol.transport.abort()


@contextmanager
def watch_connections(seconds: float = SILENT_SECONDS, most: int = MOST_WAITING) -> Iterator[None]:
    """Watch this process's connections until the block ends. Call it in the event loop.

    Args:
        seconds: time in which a request must arrive.
        most: maximum number of connections waiting at a time; lowered to a third of the process's
            limit on open files, because a response read from a file takes two of them.
    """
    waiting = WaitingConnections(min(most, raise_file_limit() // 3), seconds)
    slow = SlowMessages()
    with (
        reporting_connections(waiting.add_connection, waiting.remove_connection),
        reporting_message_bytes(slow.note_received_bytes, slow.forget_message),
        recording_peers(),
    ):
        yield
