"""Closes connections that never send a complete request, before they lock out other visitors.

uvicorn waits forever for the rest of a request, and for a client to read a response. Each
connection takes a file descriptor, and a shell may allow only 1,024; once all are taken, the server
accepts no more connections. uvicorn also waits forever for the rest of a WebSocket message, and
keeps the part that has arrived in memory.

The package httptools, which uvicorn would use if installed, is left out on purpose. With httptools,
an answer takes 80% of the time that it takes with h11, but the size of headers is not limited:
httptools accepted 20 MB of headers in one request, while h11 accepts at most 64 kB.
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

# Seconds within which a connection's first request must arrive completely; later requests get twice
# as long.
SILENT_SECONDS = 10.0
# Maximum number of checks without progress before a connection is closed: while it waits for a
# request, and while it waits for the client to read an answer.
LOOKS = {"request": 1, "reader": 3}
# Limit on open files (file descriptors) that the process requests; the system may allow fewer.
MOST_FILES = 65_536
# Maximum number of connections waiting at a time, from all IP addresses together: a whole school
# may share an IP address, and its browsers connect at once.
MOST_WAITING = 1_000

PATIENCE = 10.0  # seconds over which an unfinished message's rate is measured
# Minimum rate of an unfinished message, in bytes per second: about the rate of a photo of 200 kB
# over a poor connection.
LEAST_RATE = 8_000
# Maximum size of all unfinished messages together, in bytes: 32 run files of the largest size.
MOST_HELD = 64 * 2**20


def raise_file_limit(wanted: int = MOST_FILES) -> int:
    """Raise this process's limit on open files to `wanted` or near it; return the new limit."""
    if sys.platform == "win32":
        return wanted  # Windows does not limit the number of sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft if soft != resource.RLIM_INFINITY else wanted


class WaitingConnections:
    """Closes connections that wait too long for a request, or for the client to read an answer.

    Each connection is checked at regular intervals, during its first request and all later
    requests.

    Args:
        most: maximum number of connections waiting at a time. If there are more, the oldest is
            closed at once, unless its request is being answered.
        seconds: time between two checks; a connection is closed if it makes no progress for more
            checks than `LOOKS` allows.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._max_connections = most
        self._check_interval_seconds = seconds
        # The waiting connections, oldest first; some may have become WebSockets.
        self._waiting_connections: dict[asyncio.Transport, None] = {}

    def add_connection(self, protocol: Connection, transport: asyncio.Transport) -> None:
        """Start checking a new connection."""
        self._close_if_stalled(transport)

    def remove_connection(self, protocol: Connection) -> None:
        """Stop checking a closed connection."""
        self._waiting_connections.pop(protocol.transport, None)

    def _close_oldest_connection(self) -> None:
        for oldest in [
            *islice(
                self._waiting_connections,
                min(2, max(0, len(self._waiting_connections) - self._max_connections)),
            )
        ]:
            del self._waiting_connections[oldest]
            wait = awaited_event(oldest)
            if wait and wait[0] in LOOKS:
                oldest.abort()
            elif wait:
                self._waiting_connections[oldest] = (
                    None  # its request is being answered: put it last
                )

    def _close_if_stalled(
        self, transport: asyncio.Transport, before: tuple[str, object] | None = None, looks: int = 0
    ) -> None:
        now = awaited_event(transport)
        looks = looks + 1 if now == before else 1
        if now:
            self._waiting_connections.setdefault(transport)
        else:
            self._waiting_connections.pop(transport, None)
        if now and looks > LOOKS.get(now[0], looks):
            transport.abort()
        elif now or not transport.is_closing():
            asyncio.get_running_loop().call_later(
                self._check_interval_seconds, self._close_if_stalled, transport, now, looks
            )
        self._close_oldest_connection()


@dataclass(eq=False)
class _UnfinishedMessage:
    """The part of an unfinished WebSocket message that has arrived so far.

    Attributes:
        received_bytes: number of bytes received in total.
        bytes_since_check: number of bytes received since the last check of the rate.
    """

    received_bytes: int = 0
    bytes_since_check: int = 0


class SlowMessageGuard:
    """Drops unfinished WebSocket messages that are too slow or take too much memory.

    Args:
        most: maximum size of all unfinished messages together, in bytes. Beyond this size, the
            message that began first is dropped at once. Dropping the slowest message would be
            wrong, because a message that arrived in a burst and then stalled would seem faster for
            a long time than a photo over a poor connection.
        seconds: time between two checks that a message arrives at `LEAST_RATE` or faster.
    """

    def __init__(self, most: int = MOST_HELD, seconds: float = PATIENCE) -> None:
        self._max_bytes = most
        self._check_interval_seconds = seconds
        # The unfinished messages by connection, oldest first.
        self._unfinished_messages: dict[Connection, _UnfinishedMessage] = {}
        self._held_bytes = 0

    def note_received_bytes(self, protocol: Connection, count: int) -> None:
        """Add `count` bytes to a connection's unfinished message, or end it if `count` is 0."""
        if not count:
            self.forget_message(protocol)
            return
        message = self._unfinished_messages.get(protocol)
        if message is None:
            message = self._unfinished_messages[protocol] = _UnfinishedMessage()
            asyncio.get_running_loop().call_later(
                self._check_interval_seconds, self._drop_message_if_slow, protocol, message
            )
        message.received_bytes += count
        message.bytes_since_check += count
        self._held_bytes += count
        while self._held_bytes > self._max_bytes:
            self._abort_connection(next(iter(self._unfinished_messages)))

    def forget_message(self, protocol: Connection) -> None:
        """Forget a connection's message, which is complete or whose connection is closed."""
        message = self._unfinished_messages.pop(protocol, None)
        if message is not None:
            self._held_bytes -= message.received_bytes

    def _drop_message_if_slow(self, protocol: Connection, message: _UnfinishedMessage) -> None:
        if self._unfinished_messages.get(protocol) is not message:
            return
        if message.bytes_since_check < LEAST_RATE * self._check_interval_seconds:
            self._abort_connection(protocol)
        else:
            message.bytes_since_check = 0
            asyncio.get_running_loop().call_later(
                self._check_interval_seconds, self._drop_message_if_slow, protocol, message
            )

    def _abort_connection(self, protocol: Connection) -> None:
        self.forget_message(protocol)
        protocol.transport.abort()


@contextmanager
def watch_connections(seconds: float = SILENT_SECONDS, most: int = MOST_WAITING) -> Iterator[None]:
    """Close stalled connections within the block; must be entered in the event loop.

    Args:
        seconds: number of seconds within which a connection's first request must arrive.
        most: maximum number of connections waiting at a time. It is lowered to a third of the
            process's limit on open files, because a response read from a file takes two
            descriptors.
    """
    waiting = WaitingConnections(min(most, raise_file_limit() // 3), seconds)
    slow = SlowMessageGuard()
    with (
        reporting_connections(waiting.add_connection, waiting.remove_connection),
        reporting_message_bytes(slow.note_received_bytes, slow.forget_message),
        recording_peers(),
    ):
        yield
