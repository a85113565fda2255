"""Connections that never ask for anything are closed, so that they shut nobody out.

uvicorn waits for a first request for ever. Each connection is a file of the process, of which a shell may allow 1,024;
with all of them taken, nobody gets in, and asyncio says so in the log thousands of times a second.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if sys.platform != "win32":
    import resource

_log = logging.getLogger(__name__)

SILENT_SECONDS = 10.0  # for a first request, complete with its headers
MOST_FILES = 65_536  # wished; the system may allow fewer
MOST_SILENT = 1_000  # at a time, of everybody together: a school is one address, and all its browsers speak at once
ACCEPTED_AT_ONCE = 64  # between two looks at those that are open
_LOG_PAUSE = 60.0
_NO_FILE_LEFT = "socket.accept() out of system resource"


def raise_file_limit(wished: int = MOST_FILES) -> int:
    """Raise the number of files this process may have open as far as it may; return the limit that holds now."""
    if sys.platform == "win32":
        return wished  # no such limit for sockets there
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wished if hard == resource.RLIM_INFINITY else min(wished, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft if soft != resource.RLIM_INFINITY else wished


class SilentConnections:
    """Those that are open and have not asked for anything yet, of all addresses together.

    Args:
        most: beyond it the oldest goes at once.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._watched: dict[asyncio.Protocol, asyncio.Transport] = {}  # the oldest first

    def watch(self, protocol: asyncio.Protocol, transport: asyncio.Transport) -> None:
        """Begin to watch a connection that was just made."""
        self._watched[protocol] = transport
        asyncio.get_running_loop().call_later(self._seconds, self._end_if_silent, protocol)
        while len(self._watched) > self._most:
            self._end_if_silent(next(iter(self._watched)))

    def forget(self, protocol: asyncio.Protocol) -> None:
        """Stop watching a connection that is gone."""
        self._watched.pop(protocol, None)

    def _end_if_silent(self, protocol: asyncio.Protocol) -> None:
        transport = self._watched.pop(protocol, None)
        # A WebSocket has another protocol by now, and `cycle` is what uvicorn makes of a request.
        if transport is not None and transport.get_protocol() is protocol and protocol.cycle is None:
            transport.abort()


@contextmanager
def watch_connections(seconds: float = SILENT_SECONDS, most: int = MOST_SILENT) -> Iterator[None]:
    """Watch the connections of this process's server until the block ends. Call it where the loop runs.

    Args:
        seconds: for a first request.
        most: silent at a time; half of the files this process may have open, where that is less.
    """
    silent = SilentConnections(min(most, raise_file_limit() // 2), seconds)
    loop = asyncio.get_running_loop()
    with _watched_protocol(silent), _accepting_in_turns(loop), _quiet_accept(loop):
        yield


@contextmanager
def _watched_protocol(silent: SilentConnections) -> Iterator[None]:
    # The server's configuration, in which the class of protocol could be set, is out of an app's reach, and made by the
    # time the app is imported.
    made, lost = AutoHTTPProtocol.connection_made, AutoHTTPProtocol.connection_lost

    def connection_made(self: asyncio.Protocol, transport: asyncio.Transport) -> None:
        made(self, transport)
        silent.watch(self, transport)

    def connection_lost(self: asyncio.Protocol, error: Exception | None) -> None:
        silent.forget(self)
        lost(self, error)

    AutoHTTPProtocol.connection_made, AutoHTTPProtocol.connection_lost = connection_made, connection_lost
    try:
        yield
    finally:
        AutoHTTPProtocol.connection_made, AutoHTTPProtocol.connection_lost = made, lost


@contextmanager
def _accepting_in_turns(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Have a server that begins to listen accept few connections at a time.

    asyncio accepts as many in a row as may wait, 2,048, and so runs out of files before it has closed a silent one;
    then it accepts nothing for a second.
    """
    if not isinstance(loop, asyncio.BaseEventLoop):
        yield  # uvloop, which takes them one by one
        return
    create = loop.create_server

    async def create_server(*args: object, **options: object) -> asyncio.Server:
        server = await create(*args, **{**options, "backlog": ACCEPTED_AT_ONCE})
        if options.get("sock") is not None:
            options["sock"].listen(options["backlog"])  # as many may wait as before
        return server

    loop.create_server = create_server
    try:
        yield
    finally:
        del loop.create_server


@contextmanager
def _quiet_accept(loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Say once a minute that no connection can be accepted: asyncio says it for each one that waits."""
    before, said_at = loop.get_exception_handler(), -_LOG_PAUSE

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        nonlocal said_at
        if context.get("message") != _NO_FILE_LEFT:
            (before or type(loop).default_exception_handler)(loop, context)
        elif clock() - said_at >= _LOG_PAUSE:
            said_at = clock()
            _log.warning("no connection can be accepted: this process has as many files open as it may")

    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(before)
