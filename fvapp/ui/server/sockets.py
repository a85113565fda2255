"""Limits the number of WebSockets, and refuses messages that no page sends.

A Streamlit session costs memory and three file descriptors, and lasts as long as its socket. So a
socket is passed on to Streamlit only after it has asked for its first script run, which a page does
at once. A page that returns to its earlier session does not ask for a script run automatically. Its
socket is passed on anyway, and the session's previous socket is closed.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fvapp.engine.turns import ScriptTurns
from fvapp.i18n import Translator, choose_language
from fvapp.ui.compat.connections import client_ip_network
from fvapp.ui.compat.greeting import PAGE, read_greeting
from fvapp.ui.compat.messages import RERUN, MessageError, check_message_kind, session_exists
from fvapp.ui.server.connections import raise_file_limit
from fvapp.ui.server.shares import ProcessorShares

_log = logging.getLogger(__name__)

CLASS = 40  # assumed number of students in a school class, all behind one router
TABS = 3  # assumed number of pages that each student has open
_NORMAL = 1000  # close code in RFC 6455: normal closure
_POLICY = 1008  # close code: policy violation
_LATER = 1013  # close code: try again later
# A close code for private use, after which the page reconnects only when its visitor asks for it.
GAVE_WAY = 4000

A_SECOND = 10
AT_ONCE = 30
"""Number of messages accepted from a page per second (`A_SECOND`), or in a burst (`AT_ONCE`).

Further messages wait but are not refused. Nothing else limits messages that start no script run,
such as a message for a fragment that no longer exists. Such messages take no turn, but they use the
event loop's time.
"""


@dataclass(frozen=True)
class SocketLimits:
    """Limits on the WebSockets of a server; a stream is a page's socket to Streamlit.

    Attributes:
        streams_per_ip_network: maximum number of streams from an IP network; the same limit applies
            to the network's live sockets. Without this limit, a single computer could use up the
            memory for all sessions. The default allows every page of a class twice: after a network
            failure, all pages reconnect at once, and the server takes a minute to notice that their
            old sockets are gone.
        max_silent_streams: maximum number of streams that have not asked for a script run yet; if
            there are more, the oldest is closed.
        first_run_seconds: seconds within which a stream must ask for its first script run.
        max_sessions: maximum number of streams with a session. Each session takes five file
            descriptors, including those of its page's live socket.
        idle_seconds: seconds without a request after which a page may be disconnected to make room
            for another page.
    """

    streams_per_ip_network: int = 2 * CLASS * TABS
    max_silent_streams: int = 1_000
    first_run_seconds: float = 30.0
    max_sessions: int = 2_000
    idle_seconds: float = 60.0


class SocketMiddleware:
    """Middleware that enforces `SocketLimits`, and refuses messages that no page sends.

    The middleware runs after `GreetingMiddleware`.
    """

    def __init__(
        self, app: ASGIApp, shares: ProcessorShares, limits: SocketLimits | None = None
    ) -> None:
        self._app = app
        self._processor_shares = shares
        files = raise_file_limit()
        as_files_allow = SocketLimits(
            max_silent_streams=min(SocketLimits.max_silent_streams, files // 4),
            max_sessions=min(SocketLimits.max_sessions, files // 8),
        )
        self._limits = limits or as_files_allow
        self._sockets_by_ip_network: Counter[tuple[bool, str | None]] = Counter()
        # Streams of pages that have not asked for a script run yet, oldest first.
        self._silent_streams: dict[_PageStream, None] = {}
        # Streams of pages that returned to an earlier session, by the session's name.
        self._resumed_streams: dict[str | None, _PageStream] = {}
        self._session_streams: dict[str, _PageStream] = {}  # streams with a session, by page
        shares.script_turns.call_when_run_begins(self._wake_stream)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        is_stream = scope["path"].endswith("/_stcore/stream")
        network = client_ip_network(scope)
        self._sockets_by_ip_network[is_stream, network] += 1
        try:
            if not is_stream and self._ip_network_has_room(is_stream, network):
                await self._app(scope, receive, send)
                return
            stream = await _PageStream.accept_socket(
                scope, receive, send, network, self._processor_shares.script_turns
            )
            if is_stream:
                await self._serve_stream(stream)
            else:
                await stream.close_socket_with_sentence(_LATER, "full")
        finally:
            self._sockets_by_ip_network[is_stream, network] -= 1
            self._sockets_by_ip_network = +self._sockets_by_ip_network  # removes counts of 0

    def _ip_network_has_room(self, is_stream: bool, network: str | None) -> bool:
        return (
            network is None
            or self._sockets_by_ip_network[is_stream, network]
            <= self._limits.streams_per_ip_network
        )

    async def _serve_stream(self, stream: _PageStream) -> None:
        if session_exists(stream.session_name):
            stream.has_requested_run = True
            before = self._resumed_streams.get(stream.session_name)
            self._resumed_streams[stream.session_name] = stream
            if before is not None:
                await before.close_page_socket(_NORMAL)
        else:
            await self._wait_for_first_run(stream)
        if stream.has_ended:
            return
        crowded = not self._ip_network_has_room(True, stream.ip_network)
        if crowded or len(self._session_streams) >= self._limits.max_sessions:
            idle = self._idle_streams(stream.ip_network if crowded else None)
            gives_way = await asyncio.to_thread(self._first_stream_outside_classes, idle)
            if gives_way is None:
                await stream.close_socket_with_sentence(_LATER, "full")
                return
            self._session_streams.pop(gives_way.page_number, None)
            await gives_way.close_socket_with_sentence(GAVE_WAY, "gave_way")
        self._session_streams[stream.page_number] = stream
        try:
            await self._app(stream.scope, stream.receive, stream.send)
        finally:
            self._session_streams.pop(stream.page_number, None)
            self._processor_shares.forget_page_token(stream.page_number)
            if self._resumed_streams.get(stream.session_name) is stream:
                del self._resumed_streams[stream.session_name]

    def _idle_streams(self, network: str | None) -> list[_PageStream]:
        """Return the idle streams of a network, or of all networks (None), longest idle first."""
        latest = asyncio.get_running_loop().time() - self._limits.idle_seconds
        idle = [
            stream
            for stream in self._session_streams.values()
            if stream.run_requested_at < latest and network in (None, stream.ip_network)
        ]
        return sorted(idle, key=lambda stream: stream.run_requested_at)

    def _first_stream_outside_classes(self, streams: list[_PageStream]) -> _PageStream | None:
        return next(
            (
                stream
                for stream in streams
                if not self._processor_shares.is_in_class(Headers(scope=stream.scope))
            ),
            None,
        )

    def _wake_stream(self, page: str) -> None:
        stream = self._session_streams.get(page)
        if stream is not None:
            stream.note_run_began()

    async def _wait_for_first_run(self, stream: _PageStream) -> None:
        """Wait for a stream's first request for a script run.

        A stream is a page's socket to Streamlit. If it sends no request in time, close the stream.
        """
        self._silent_streams[stream] = None
        if len(self._silent_streams) > self._limits.max_silent_streams:
            await next(iter(self._silent_streams)).close_page_socket(_NORMAL)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.first_run_seconds):
                while not stream.has_requested_run and not stream.has_ended:
                    await stream.receive_from_page()
        del self._silent_streams[stream]
        if not stream.has_requested_run:
            await stream.close_page_socket(_NORMAL)


class _PageStream:
    """An accepted socket that carries Streamlit's stream to a page.

    Attributes:
        page_number: the page's number, which script runs find in a header.
        session_name: name of the session to which the page returns; None for a new page.
        has_requested_run: whether the page has asked for a script run, now or before it
            reconnected.
        run_requested_at: time at which the page last asked for a script run, by the loop's clock.
    """

    _numbers = count()

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        begin: Message,
        network: str | None,
        turns: ScriptTurns,
    ) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.ip_network = network
        self._script_turns = turns
        self.page_number = str(next(self._numbers))
        MutableHeaders(scope=scope)[PAGE] = f"{self.page_number} {network or ''}"
        self._loop = asyncio.get_running_loop()
        self._run_begin_event = asyncio.Event()
        self.run_requested_at = self._loop.time()
        self.session_name = next(iter(scope["subprotocols"][2:]), None)
        self.has_requested_run = self.has_ended = False
        # The time at which the next message may be read at the allowed rate, by the loop's clock.
        self._next_message_due_at = 0.0
        self._unread_messages = [begin]  # messages that Streamlit has not read yet

    @classmethod
    async def accept_socket(
        cls, scope: Scope, receive: Receive, send: Send, network: str | None, turns: ScriptTurns
    ) -> _PageStream:
        """Accept a socket in the same way as Streamlit, and return its stream."""
        begin = await receive()
        await send(
            {"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)}
        )
        return cls(scope, receive, send, begin, network, turns)

    async def receive_from_page(self) -> None:
        """Receive and check a message from the page.

        The message is kept for Streamlit if the page has asked for a script run.
        """
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self.has_ended = True
        elif not self.has_ended:
            try:
                if check_message_kind(message.get("bytes")) == RERUN:
                    self.has_requested_run = True
                    self.run_requested_at = self._loop.time()
            except MessageError as error:
                _log.warning("a message was refused: %s", error)
                await self.close_socket_with_sentence(_POLICY, str(error))
                message = {"type": "websocket.disconnect", "code": _POLICY}
        if self.has_requested_run or self.has_ended:
            self._unread_messages.append(message)

    async def receive(self) -> Message:
        """Return the next message from the page to Streamlit."""
        while not self._unread_messages:
            await self._wait_for_turn()
            await self.receive_from_page()
        return self._unread_messages.pop(0)

    async def _wait_for_turn(self) -> None:
        """Wait if messages come too fast, or while a script run waits for its turn."""
        now = self._loop.time()
        self._next_message_due_at = (
            max(self._next_message_due_at, now - AT_ONCE / A_SECOND) + 1 / A_SECOND
        )
        if self._next_message_due_at > now:
            await asyncio.sleep(self._next_message_due_at - now)
        while self._script_turns.is_page_waiting(self.page_number) and not self.has_ended:
            self._run_begin_event.clear()
            await self._run_begin_event.wait()

    def note_run_began(self) -> None:
        """Record that a script run of the page has begun. Call this method from any thread."""
        with suppress(RuntimeError):  # raised if the server is shutting down
            self._loop.call_soon_threadsafe(self._run_begin_event.set)

    async def send(self, message: Message) -> None:
        """Send a message from Streamlit to the page.

        Raises:
            OSError: the browser has closed the socket, and Streamlit has not noticed it yet. This
                error replaces uvicorn's `RuntimeError`, which would be logged as a fault of this
                app.
        """
        if message["type"] != "websocket.accept" and not self.has_ended:
            try:
                await self._send(message)
            except RuntimeError as error:
                raise ConnectionResetError from error

    async def close_socket_with_sentence(self, code: int, why: str) -> None:
        """Close the socket with a sentence in the visitor's language, which the page will show."""
        headers = Headers(scope=self.scope)
        locale = read_greeting(headers).language or headers.get("accept-language", "")
        await self.close_page_socket(
            code, Translator(choose_language(re.split("[,;]", locale)[0]))(f"server.refused.{why}")
        )

    async def close_page_socket(self, code: int, reason: str = "") -> None:
        """Close the socket, unless it is already closed."""
        if not self.has_ended:
            self.has_ended = True
            self._run_begin_event.set()
            # The socket may already be closed, or its client may not read the data sent before.
            with suppress(OSError, RuntimeError, TimeoutError):
                # The close is awaited. If a separate task closed the socket, Streamlit would go on
                # reading in the meantime.
                async with asyncio.timeout(1):
                    await self._send({"type": "websocket.close", "code": code, "reason": reason})
