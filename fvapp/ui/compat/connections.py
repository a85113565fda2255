"""What uvicorn tells nobody of its connections: when they come and go, what they hold or wait for,
whose they are.
"""

import asyncio
import os
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from fvapp.ui.compat import Replaced, replaced_during

_HTTP = "uvicorn.protocols.http.auto:AutoHTTPProtocol"
_WEBSOCKET = "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol"
_FORWARDED = "uvicorn.middleware.proxy_headers:ProxyHeadersMiddleware"
_FRAGMENT = 64  # bytes that one takes beside its content
_FAREWELL = 4_096  # bytes at once from who has been told that the socket is closed
_PEER = "fvapp.peer"
# where Streamlit Community Cloud has an app, behind a proxy
_IN_CLOUD = Path(__file__).is_relative_to("/mount/src")

PROXIES = "FORWARDED_ALLOW_IPS"  # uvicorn's variable: proxies whose headers say for whom they ask


def connections_told(
    made: Callable[[asyncio.Protocol, asyncio.Transport], None],
    lost: Callable[[asyncio.Protocol], None],
) -> AbstractContextManager[None]:
    """Tell of each connection that uvicorn has made or lost, until the block ends.

    The server's configuration, in which the class of protocol could be set, is out of an app's
    reach, and made by the time the app is imported.
    """

    def telling(make: Callable) -> Callable:
        return lambda self, transport: (make(self, transport), made(self, transport))

    cost = "connections that never ask for anything stay open"
    return replaced_during(
        Replaced(_HTTP, "connection_made", telling, cost, "idle"),
        Replaced(_HTTP, "connection_lost", _telling_end(lost), cost, "idle"),
    )


def messages_told(
    came: Callable[[asyncio.Protocol, int], None], lost: Callable[[asyncio.Protocol], None]
) -> AbstractContextManager[None]:
    """Tell of each piece of an unfinished message that came over a WebSocket, and of 0 bytes when
    none is unfinished.

    uvicorn waits for the rest for ever, and keeps what came, each fragment as an object of
    Python's.
    """

    def telling(receive: Callable) -> Callable:
        def data_received(self: asyncio.Protocol, data: bytes) -> None:
            if self.close_sent and len(data) > _FAREWELL:
                self.transport.abort()  # else uvicorn reads on for ten seconds, whatever comes
                return
            before = len(self.frames)
            receive(self, data)
            new = max(0, len(self.frames) - before)
            came(self, len(data) + _FRAGMENT * new if self.frames or self.conn.reader.buffer else 0)

        return data_received

    def gone(protocol: asyncio.Protocol) -> None:
        lost(protocol)
        protocol.frames = []  # the garbage collector would free them, some time
        protocol.conn.reader.buffer.clear()
        protocol.conn.parser.close()  # it holds the last message that came
        while protocol.close_sent and not protocol.queue.empty():
            protocol.queue.get_nowait()  # nobody will ask for it

    cost = "messages that come slowly can fill the memory"
    return replaced_during(
        Replaced(_WEBSOCKET, "data_received", telling, cost, "slow"),
        Replaced(_WEBSOCKET, "connection_lost", _telling_end(gone), cost, "slow"),
    )


def _telling_end(lost: Callable[[asyncio.Protocol], None]) -> Callable[[Callable], Callable]:
    return lambda lose: lambda self, exc: (lost(self), lose(self, exc))


def waits_for(transport: asyncio.Transport) -> tuple[str, object] | None:
    """Return what a connection waits for, and with it something that is another one once the
    connection has gone on.

    "request": the next one, or the rest of it. "reader": the other side is to read what was sent.
    "answer": a request is being answered. None: it is a WebSocket, or gone.
    """
    if unsent := transport.get_write_buffer_size():
        return "reader", unsent
    protocol = transport.get_protocol()
    if transport.is_closing() or not hasattr(protocol, "cycle"):
        return None
    answered = protocol.cycle is None or protocol.cycle.response_complete
    return "request" if answered else "answer", protocol.cycle


def peers_kept() -> AbstractContextManager[None]:
    """Keep who is at the other end of a connection, until the block ends, whatever the headers of a
    request say.

    uvicorn believes those of anybody on this machine, and one that forwards to it may hand on what
    a visitor wrote.
    """

    def keeping(call: Callable) -> Callable:
        def __call__(
            self: Any, scope: MutableMapping[str, Any], receive: Callable, send: Callable
        ) -> Any:
            scope[_PEER] = scope.get("client")
            return call(self, scope, receive, send)

        return __call__

    return replaced_during(
        Replaced(_FORWARDED, "__call__", keeping, "a visitor can use up another's share", "proxy")
    )


def network_of(scope: MutableMapping[str, Any]) -> str | None:
    """Return the address of the one who asks, of IPv6 the half that no computer chooses.

    None where it may be everybody's: of a proxy, or of this machine.
    """
    peer = scope.get("client") if os.environ.get(PROXIES) else scope.get(_PEER, scope.get("client"))
    # no address: a name that a proxy made up, or a socket of this machine
    with suppress(ValueError):
        address = ip_address(peer[0] if peer else "")
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_loopback or _IN_CLOUD:
            return None
        return str(address if address.version == 4 else ip_network((address, 64), strict=False))
    return None
