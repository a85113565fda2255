"""Reports when uvicorn's connections open and close, and what they wait for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fvapp.ui.compat import FunctionReplacement, temporarily_replaced

if TYPE_CHECKING:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_HTTP = "uvicorn.protocols.http.auto:AutoHTTPProtocol"
_WEBSOCKET = "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol"
_FORWARDED = "uvicorn.middleware.proxy_headers:ProxyHeadersMiddleware"
# Memory in bytes that each fragment of a message takes in addition to its content.
_FRAGMENT = 64
# Maximum number of bytes accepted in one piece from a client after the server has sent a WebSocket
# close frame.
_FAREWELL = 4_096
_PEER = "fvapp.peer"
# Whether the app runs on Streamlit Community Cloud: there, apps are in this folder, and a proxy
# forwards all requests.
_IN_CLOUD = Path(__file__).is_relative_to("/mount/src")

# uvicorn's environment variable with the addresses of proxies trusted to name the client.
PROXIES = "FORWARDED_ALLOW_IPS"


class Connection(Protocol):
    """A protocol object of uvicorn, which holds the transport of its connection."""

    transport: asyncio.Transport


def reporting_connections(
    made: Callable[[Connection, asyncio.Transport], None], lost: Callable[[Connection], None]
) -> AbstractContextManager[None]:
    """Within the block, report each connection that uvicorn makes or loses.

    The app cannot pass its own protocol class to uvicorn, because the server's configuration is
    complete by the time the app is imported.
    """

    def report_made_connection(make: Callable) -> Callable:
        def connection_made(self: Connection, transport: asyncio.Transport) -> None:
            make(self, transport)
            made(self, transport)

        return connection_made

    cost = "connections that never ask for anything stay open"
    return temporarily_replaced(
        FunctionReplacement(_HTTP, "connection_made", report_made_connection, cost, "idle"),
        FunctionReplacement(_HTTP, "connection_lost", _report_lost_connection(lost), cost, "idle"),
    )


def reporting_message_bytes(
    came: Callable[[Connection, int], None], lost: Callable[[Connection], None]
) -> AbstractContextManager[None]:
    """Report the bytes of each piece of an unfinished WebSocket message; 0 at its end.

    uvicorn waits forever for the rest of a message, and keeps each fragment of it as a Python
    object.
    """

    def report_bytes(receive: Callable) -> Callable:
        def data_received(self: WebSocketsSansIOProtocol, data: bytes) -> None:
            if self.close_sent and len(data) > _FAREWELL:
                self.transport.abort()  # a normal close lets uvicorn read for ten more seconds
                return
            before = len(self.frames)
            receive(self, data)
            new = max(0, len(self.frames) - before)
            came(self, len(data) + _FRAGMENT * new if self.frames or self.conn.reader.buffer else 0)

        return data_received

    def free_memory_of_lost_connection(protocol: WebSocketsSansIOProtocol) -> None:
        lost(protocol)
        protocol.frames = []  # free the memory before the next garbage collection
        protocol.conn.reader.buffer.clear()
        protocol.conn.parser.close()  # free the last message, which the parser holds
        while protocol.close_sent and not protocol.queue.empty():
            protocol.queue.get_nowait()  # discard queued messages, which the app will not read

    cost = "messages that come slowly can fill the memory"
    return temporarily_replaced(
        FunctionReplacement(_WEBSOCKET, "data_received", report_bytes, cost, "slow"),
        FunctionReplacement(
            _WEBSOCKET,
            "connection_lost",
            _report_lost_connection(free_memory_of_lost_connection),
            cost,
            "slow",
        ),
    )


def _report_lost_connection(lost: Callable[[Any], None]) -> Callable[[Callable], Callable]:
    def report_before_losing_connection(lose: Callable) -> Callable:
        def connection_lost(self: Connection, exc: Exception | None) -> None:
            lost(self)
            lose(self, exc)

        return connection_lost

    return report_before_losing_connection


def awaited_event(transport: asyncio.Transport) -> tuple[str, object] | None:
    """Return what a connection waits for, and a value that changes when it makes progress.

    A connection waits for the rest of a request or the next request ("request"), for the client to
    read the data sent ("reader"), or for the app's response ("answer"). Return None for a WebSocket
    and for a connection that is closing.
    """
    if unsent := transport.get_write_buffer_size():
        return "reader", unsent
    protocol = transport.get_protocol()
    if transport.is_closing() or not hasattr(protocol, "cycle"):
        return None
    answered = protocol.cycle is None or protocol.cycle.response_complete
    return "request" if answered else "answer", protocol.cycle


def recording_peers() -> AbstractContextManager[None]:
    """Within the block, record each connection's real peer, regardless of requests' headers.

    uvicorn trusts the headers sent by any process on this machine, but such a process may forward
    requests with headers that a visitor wrote.
    """

    def record_peer(call: Callable) -> Callable:
        def __call__(
            self: Any, scope: MutableMapping[str, Any], receive: Callable, send: Callable
        ) -> Any:
            scope[_PEER] = scope.get("client")
            return call(self, scope, receive, send)

        return __call__

    return temporarily_replaced(
        FunctionReplacement(
            _FORWARDED, "__call__", record_peer, "a visitor can use up another's share", "proxy"
        )
    )


def client_ip_network(scope: MutableMapping[str, Any]) -> str | None:
    """Return the client's IPv4 address or /64 network; None if all visitors may share the address.

    An IPv6 address is cut to its network, because a computer can choose the rest. All visitors may
    share the address of a proxy or of this machine.
    """
    peer = scope.get("client") if os.environ.get(PROXIES) else scope.get(_PEER, scope.get("client"))
    # The peer may have no IP address: it may be a Unix socket, or a name made up by a proxy.
    with suppress(ValueError):
        address = ip_address(peer[0] if peer else "")
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_loopback or _IN_CLOUD:
            return None
        return str(address if address.version == 4 else ip_network((address, 64), strict=False))
    return None
