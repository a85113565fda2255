"""Connections that never ask for anything, or never come to an end, are closed, so that they shut
nobody out.

uvicorn waits for ever for the rest of a request, and for an answer to be read. Each connection is a
file of the process, of which a shell may allow 1,024; with all of them taken, nobody gets in. It
waits as long for the rest of a message, and has what came in memory.

httptools, which uvicorn would use where it is installed, is no requirement: it answers in 0.8 of
the time but limits no headers, and took 20 MB of them for one request, of which h11 takes 64 kB.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from fvapp.ui.compat.connections import connections_told, messages_told, peers_kept, waits_for

if sys.platform != "win32":
    import resource

SILENT_SECONDS = (
    10.0  # for a request, complete with its headers, and twice that for a later one of a connection
)
# times that, for what a connection may wait; an answer may take its time
LOOKS = {
    "request": 1,
    "reader": 3,
}
MOST_FILES = 65_536  # as many as we ask for; the system may allow fewer
# at a time, of everybody together: a school is one address, and all its browsers speak at once
MOST_WAITING = 1_000

PATIENCE = (
    10.0  # seconds in which a message that is not complete must have come on at the least rate
)
LEAST_RATE = 8_000  # bytes a second, of a photo of 200 kB over a poor line
MOST_HELD = 64 * 2**20  # bytes of all unfinished messages: 32 of the largest run files


def raise_file_limit(wanted: int = MOST_FILES) -> int:
    """Raise the number of files this process may have open as far as it may; return the limit that
    holds now.
    """
    if sys.platform == "win32":
        return wanted  # no such limit for sockets there
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft if soft != resource.RLIM_INFINITY else wanted


class WaitingConnections:
    """Those that are open and wait for something that does not come, or drop by drop, of all
    addresses together.

    Each is looked at again and again: a connection's second request has no more time than its
        first.

    Args:
        most: beyond it the oldest goes at once, unless it is being answered.
        seconds: between two looks. One that has not gone on for as many as `LOOKS` says is let go.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._waiting: dict[
            asyncio.Transport, None
        ] = {}  # the oldest first; some may be WebSockets by now

    def watch(self, protocol: asyncio.Protocol, transport: asyncio.Transport) -> None:
        """Begin to watch a connection that was just made."""
        self._look(transport)

    def forget(self, protocol: asyncio.Protocol) -> None:
        """Stop watching a connection that is gone."""
        self._waiting.pop(protocol.transport, None)

    def _make_room(self) -> None:
        for oldest in [*islice(self._waiting, min(2, max(0, len(self._waiting) - self._most)))]:
            del self._waiting[oldest]
            what = waits_for(oldest)
            if what and what[0] in LOOKS:
                oldest.abort()
            elif what:
                self._waiting[oldest] = None  # it may read the answer drop by drop

    def _look(
        self, transport: asyncio.Transport, before: tuple[str, object] | None = None, looks: int = 0
    ) -> None:
        now = waits_for(transport)
        looks = looks + 1 if now == before else 1
        if now:
            self._waiting.setdefault(transport)
        else:
            self._waiting.pop(transport, None)
        if now and looks > LOOKS.get(now[0], looks):
            transport.abort()
        elif now or not transport.is_closing():
            asyncio.get_running_loop().call_later(self._seconds, self._look, transport, now, looks)
        self._make_room()


@dataclass(eq=False)
class _Message:
    """One that has not come to its end.

    Attributes:
        held: bytes of it.
        fresh: bytes that came since it was looked at.
    """

    held: int = 0
    fresh: int = 0


class SlowMessages:
    """Messages of WebSockets that have not come to their ends, of everybody together.

    Args:
        most: bytes of all of them; beyond it the one that was begun first goes at once. By its
            bytes a second one that came in a burst and then stopped would long seem faster than a
            photo over a poor line.
        seconds: within which, again and again, one must have come on at `LEAST_RATE`.
    """

    def __init__(self, most: int = MOST_HELD, seconds: float = PATIENCE) -> None:
        self._most = most
        self._seconds = seconds
        self._messages: dict[asyncio.Protocol, _Message] = {}  # the one begun first comes first
        self._held = 0

    def came(self, protocol: asyncio.Protocol, count: int) -> None:
        """Note so many bytes more of an unfinished message; 0: it is finished."""
        if not count:
            self.forget(protocol)
            return
        message = self._messages.get(protocol)
        if message is None:
            message = self._messages[protocol] = _Message()
            asyncio.get_running_loop().call_later(self._seconds, self._look, protocol, message)
        message.held += count
        message.fresh += count
        self._held += count
        while self._held > self._most:
            self._end(next(iter(self._messages)))

    def forget(self, protocol: asyncio.Protocol) -> None:
        """Forget the message of a connection: it has come, or the connection is gone."""
        message = self._messages.pop(protocol, None)
        if message is not None:
            self._held -= message.held

    def _look(self, protocol: asyncio.Protocol, message: _Message) -> None:
        if self._messages.get(protocol) is not message:
            return
        if message.fresh < LEAST_RATE * self._seconds:
            self._end(protocol)
        else:
            message.fresh = 0
            asyncio.get_running_loop().call_later(self._seconds, self._look, protocol, message)

    def _end(self, protocol: asyncio.Protocol) -> None:
        self.forget(protocol)
        protocol.transport.abort()


@contextmanager
def watch_connections(seconds: float = SILENT_SECONDS, most: int = MOST_WAITING) -> Iterator[None]:
    """Watch the connections of this process's server until the block ends. Call it where the loop
    runs.

    Args:
        seconds: for a request.
        most: waiting at a time; a third of the files this process may have open, where that is
            less: an answer that is read from a file takes two.
    """
    waiting = WaitingConnections(min(most, raise_file_limit() // 3), seconds)
    slow = SlowMessages()
    with (
        connections_told(waiting.watch, waiting.forget),
        messages_told(slow.came, slow.forget),
        peers_kept(),
    ):
        yield
