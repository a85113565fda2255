"""What uvicorn tells nobody of its connections: when they come and go, and what they hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from fvapp.ui.compat import Replaced

_HTTP = "uvicorn.protocols.http.auto:AutoHTTPProtocol"
_WEBSOCKET = "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol"
_FRAGMENT = 64  # bytes that one takes beside its content


def connections_told(
    made: Callable[[asyncio.Protocol, asyncio.Transport], None], lost: Callable[[asyncio.Protocol], None]
) -> AbstractContextManager[None]:
    """Tell of each connection that uvicorn has made or lost, until the block ends.

    The server's configuration, in which the class of protocol could be set, is out of an app's reach, and made by the
    time the app is imported.
    """

    def telling(make: Callable) -> Callable:
        return lambda self, transport: (make(self, transport), made(self, transport))

    cost = "connections that never ask for anything stay open"
    return _replaced_during(
        Replaced(_HTTP, "connection_made", telling, cost),
        Replaced(_HTTP, "connection_lost", _telling_end(lost), cost),
    )


def messages_told(
    came: Callable[[asyncio.Protocol, int], None], lost: Callable[[asyncio.Protocol], None]
) -> AbstractContextManager[None]:
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
    return _replaced_during(
        Replaced(_WEBSOCKET, "data_received", telling, cost),
        Replaced(_WEBSOCKET, "connection_lost", _telling_end(gone), cost),
    )


def _telling_end(lost: Callable[[asyncio.Protocol], None]) -> Callable[[Callable], Callable]:
    return lambda lose: lambda self, exc: (lost(self), lose(self, exc))


@contextmanager
def _replaced_during(*parts: Replaced) -> Iterator[None]:
    """Replace all of these until the block ends, or none of them."""
    found = [each.prepare() for each in parts]
    known = list(zip(found, parts, strict=True)) if all(found) else []
    for (owner, made), each in known:
        setattr(owner, each.name, made)
    try:
        yield
    finally:
        for (owner, made), each in known:
            setattr(owner, each.name, made.__wrapped__)


def has_asked(protocol: asyncio.Protocol, transport: asyncio.Transport) -> bool:
    """Return whether a whole request came over a connection; a WebSocket has another protocol by then."""
    return transport.get_protocol() is not protocol or protocol.cycle is not None
