"""What uvicorn tells nobody of its connections: when they come and go, and what they hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fvapp.ui.compat import Replaced

_HTTP = "uvicorn.protocols.http.auto:AutoHTTPProtocol"
_WEBSOCKET = "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol"
_FRAGMENT = 64  # bytes that one takes beside its content


@contextmanager
def connections_told(
    made: Callable[[asyncio.Protocol, asyncio.Transport], None], lost: Callable[[asyncio.Protocol], None]
) -> Iterator[None]:
    """Tell of each connection that uvicorn has made or lost, until the block ends.

    The server's configuration, in which the class of protocol could be set, is out of an app's reach, and made by the
    time the app is imported.
    """

    def telling(make: Callable) -> Callable:
        def connection_made(self: asyncio.Protocol, transport: asyncio.Transport) -> None:
            make(self, transport)
            made(self, transport)

        return connection_made

    cost = "connections that never ask for anything stay open"
    with _replaced_during(
        Replaced(_HTTP, "connection_made", ("self", "transport"), telling, cost),
        Replaced(_HTTP, "connection_lost", ("self", "exc"), _telling_end(lost), cost),
    ):
        yield


@contextmanager
def messages_told(
    came: Callable[[asyncio.Protocol, int], None], lost: Callable[[asyncio.Protocol], None]
) -> Iterator[None]:
    """Tell of each piece of an unfinished message that came over a WebSocket, and of 0 bytes when none is unfinished.

    uvicorn waits for the rest for ever, and keeps what came, each fragment as an object of Python's.
    """

    def telling(receive: Callable) -> Callable:
        def data_received(self: asyncio.Protocol, data: bytes) -> None:
            before = len(self.frames)
            receive(self, data)
            new = max(0, len(self.frames) - before)
            came(self, len(data) + _FRAGMENT * new if self.frames or self.conn.reader.buffer else 0)

        return data_received

    def gone(protocol: asyncio.Protocol) -> None:
        lost(protocol)
        protocol.frames = []  # the garbage collector would free them, some time
        protocol.conn.reader.buffer.clear()

    cost = "messages that come slowly can fill the memory"
    with _replaced_during(
        Replaced(_WEBSOCKET, "data_received", ("self", "data"), telling, cost),
        Replaced(_WEBSOCKET, "connection_lost", ("self", "exc"), _telling_end(gone), cost),
    ):
        yield


def _telling_end(lost: Callable[[asyncio.Protocol], None]) -> Callable[[Callable], Callable]:
    def telling(lose: Callable) -> Callable:
        def connection_lost(self: asyncio.Protocol, exc: Exception | None) -> None:
            lost(self)
            lose(self, exc)

        return connection_lost

    return telling


@contextmanager
def _replaced_during(*parts: Replaced) -> Iterator[None]:
    """Replace all of these until the block ends, or none of them."""
    owners = [each.owner() for each in parts]
    before = [
        (owner, each.name, getattr(owner, each.name), each.make)
        for owner, each in zip(owners, parts, strict=True)
        if all(owners)
    ]
    for owner, name, function, make in before:
        setattr(owner, name, make(function))
    try:
        yield
    finally:
        for owner, name, function, _ in before:
            setattr(owner, name, function)


def has_asked(protocol: asyncio.Protocol, transport: asyncio.Transport) -> bool:
    """Return whether a whole request came over a connection; a WebSocket has another protocol by then."""
    return transport.get_protocol() is not protocol or protocol.cycle is not None
