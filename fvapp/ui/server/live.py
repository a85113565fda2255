"""Serves live sockets, which notify pages of changes so that pages need not poll.

A page opens its live socket with a ticket from its script run, so no address, cookie or log
contains a secret. The server sends only a number, the version of the latest change. After the
ticket, the browser sends only "hidden" and "visible".
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from fvapp.core.errors import FvappError

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_log = logging.getLogger(__name__)

TICKET_SECONDS = 60.0  # seconds for which a ticket can open a live socket
PAUSE = 0.5  # minimum seconds between two notifications of a page
# Minimum seconds between two notifications of a page if the change is not urgent, such as a new
# place in the queue.
CALM = 10.0
# The pause between two notifications grows by this multiple of the event loop's delay, so that a
# busy server redraws pages less often.
LATE = 8.0
SIGN_OF_LIFE = 60.0  # seconds after which a socket's workspace is again marked as in use
MOST_SOCKETS = 4_000
# Maximum number of sockets for a workspace, which a whole school class may share by its code.
MOST_OF_WORKSPACE = 40
MOST_TICKETS = 20_000
_MOST_LETTERS = 64  # maximum length of a message from the browser, such as a ticket
_POLICY = 1008  # close code in RFC 6455: policy violation
_LATER = 1013  # close code: try again later


@dataclass(eq=False)
class LivePage:
    """A browser page with an open live socket.

    Attributes:
        latest_version: the version of the latest change, to be sent to the page.
        urgent_version: the version of the latest urgent change, which must be sent without waiting.
        is_hidden: whether the page is currently out of sight, for example in a background tab.
    """

    workspace_id: str
    latest_version: int
    urgent_version: int = 0
    is_hidden: bool = False
    wake_event: asyncio.Event = field(default_factory=asyncio.Event)


class LiveSockets:
    """Serves all live sockets of this server, and issues tickets for them.

    Args:
        engine: returns the engine, perhaps after a short wait.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self, engine: Callable[[], EmbeddedEngine], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        # The workspace's token and the time of creation, by ticket.
        self._tickets: dict[str, tuple[str, float]] = {}
        self._used_tickets: set[str] = set()  # tickets of open sockets
        self._pages_by_workspace: dict[str, set[LivePage]] = {}
        self._socket_count = 0

    @property
    def serves_live_sockets(self) -> bool:
        """Whether this process serves live sockets; it does not if the host ignores ``st.App``."""
        return self._loop is not None

    def start_serving_sockets(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def stop_serving_sockets(self) -> None:
        self._loop = None

    def issue_ticket(self, token: str, before: str | None, closed: bool = False) -> str:
        """Return a ticket with which a page opens a live socket for the workspace of `token`.

        Args:
            before: the page's earlier ticket; it is returned again if it is recent or its
                socket is open.
            closed: whether the page reports that its socket is closed. The server may not have
                noticed this yet, for example after a network failure.
        """
        now = self._clock()
        with self._lock:
            if before is not None:
                if before in self._used_tickets and not closed:
                    return before
                kept = self._tickets.get(before)
                if kept is not None and kept[0] == token and now - kept[1] < TICKET_SECONDS / 2:
                    return before
                self._tickets.pop(before, None)
            while self._tickets:
                oldest = next(iter(self._tickets))
                if (
                    now - self._tickets[oldest][1] < TICKET_SECONDS
                    and len(self._tickets) < MOST_TICKETS
                ):
                    break
                del self._tickets[oldest]
            ticket = secrets.token_urlsafe(16)
            self._tickets[ticket] = (token, now)
        return ticket

    def notify_pages(self, workspace: str | None, version: int, urgent: bool) -> None:
        """Notify a workspace's pages, or all pages (None), of a change; thread-safe."""
        loop = self._loop
        if loop is None or not (
            self._pages_by_workspace if workspace is None else workspace in self._pages_by_workspace
        ):
            return
        with suppress(RuntimeError):  # raised if the server is shutting down
            loop.call_soon_threadsafe(self._wake_pages, workspace, version, urgent)

    def _wake_pages(self, workspace: str | None, version: int, urgent: bool) -> None:
        for pages in (
            tuple(self._pages_by_workspace.values())
            if workspace is None
            else (self._pages_by_workspace.get(workspace, ()),)
        ):
            for page in pages:
                page.latest_version = max(page.latest_version, version)
                page.urgent_version = max(page.urgent_version, version if urgent else 0)
                page.wake_event.set()

    async def serve_socket(self, socket: WebSocket) -> None:
        """Serve a live socket, from the receipt of its ticket until it closes."""
        if self._socket_count >= MOST_SOCKETS:
            await self._refuse_socket(socket, "too many sockets", _LATER)
            return
        self._socket_count += 1
        ticket = None
        try:
            await socket.accept()
            ticket = await asyncio.wait_for(_receive_short_message(socket), 5)
            found = self._use_ticket(ticket)
            if found is None:
                await self._refuse_socket(socket, "no such ticket", _POLICY)
                return
            await self._serve_page_socket(socket, found)
        except TimeoutError:
            await self._refuse_socket(socket, "no ticket in time", _POLICY)
        except ValueError:
            await self._refuse_socket(socket, "something else than its words", _POLICY)
        except FvappError as error:
            await self._refuse_socket(socket, error.code, _POLICY)
        except (WebSocketDisconnect, RuntimeError):
            # Starlette raises RuntimeError if a socket closes before the server sends something.
            return
        finally:
            self._socket_count -= 1
            with self._lock:
                self._used_tickets.discard(ticket)

    def _use_ticket(self, ticket: str) -> str | None:
        with self._lock:
            token, made = self._tickets.pop(ticket, (None, 0.0))
            if token is None or self._clock() - made > TICKET_SECONDS:
                return None
            self._used_tickets.add(ticket)
        return token

    async def _serve_page_socket(self, socket: WebSocket, token: str) -> None:
        engine = self._engine()
        workspace = await asyncio.to_thread(engine.workspaces.workspace_id, token)
        if len(self._pages_by_workspace.get(workspace, ())) >= MOST_OF_WORKSPACE:
            await self._refuse_socket(socket, "too many sockets of one workspace", _LATER)
            return
        page = LivePage(workspace, 0)
        self._pages_by_workspace.setdefault(workspace, set()).add(page)
        tasks: list[asyncio.Task[None]] = []
        try:
            # The latest version is read after the page has been added, so that no change is missed
            # in between.
            page.latest_version = page.urgent_version = max(
                page.latest_version,
                await asyncio.to_thread(engine.workspaces.latest_change_number, token),
            )
            page.wake_event.set()
            tasks += [
                asyncio.create_task(_send_versions(socket, page)),
                asyncio.create_task(_keep_workspace_in_use(engine, token)),
            ]
            await _read_visibility(socket, page)
        finally:
            for task in tasks:
                task.cancel()
            pages = self._pages_by_workspace[workspace]
            pages.discard(page)
            if not pages:
                del self._pages_by_workspace[workspace]

    async def _refuse_socket(self, socket: WebSocket, why: str, code: int) -> None:
        _log.warning("live socket refused: %s", why)
        if socket.application_state != WebSocketState.DISCONNECTED:
            with suppress(RuntimeError):  # raised if the browser has just closed the socket
                await socket.close(code)


async def _receive_short_message(socket: WebSocket) -> str:
    """Return the next message from the browser, a short text.

    Raises:
        ValueError: the message is not a short text.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text = message.get("text")
    if not text or len(text) > _MOST_LETTERS:
        raise ValueError("no word of a page")
    return text


async def _read_visibility(socket: WebSocket, page: LivePage) -> None:
    while True:
        word = await _receive_short_message(socket)
        if word not in ("hidden", "visible"):
            raise ValueError("no word of a page")
        page.is_hidden = word == "hidden"
        page.wake_event.set()


async def _send_versions(socket: WebSocket, page: LivePage) -> None:
    """Send a page the version of each new change, with pauses; send nothing to a hidden page.

    A version that is not urgent waits until `CALM` seconds have passed since the last version was
    sent, or until an urgent version arrives.
    """
    loop = asyncio.get_running_loop()
    sent = 0
    told_at = 0.0
    while True:
        await page.wake_event.wait()
        page.wake_event.clear()
        if page.is_hidden or page.latest_version <= sent:
            continue
        if page.urgent_version <= sent and (left := told_at + CALM - loop.time()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(page.wake_event.wait(), left)
            page.wake_event.set()
            continue
        sent = page.latest_version
        told_at = loop.time()
        try:
            await socket.send_text(str(sent))
        except (WebSocketDisconnect, RuntimeError):
            return  # the socket is closed, which also ends `_read_visibility`
        pause = LATE * await _sleep_overrun(PAUSE)
        # The pause ends as soon as the event loop is on time again, so that a single stall does not
        # slow down redraws.
        while pause > 0:
            step = min(pause, PAUSE)
            pause = min(pause - step, LATE * await _sleep_overrun(step))


async def _sleep_overrun(seconds: float) -> float:
    """Sleep, and return the number of seconds by which the sleep lasted too long."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.sleep(seconds)
    return max(0.0, loop.time() - begun - seconds)


async def _keep_workspace_in_use(engine: EmbeddedEngine, token: str) -> None:
    """Mark the workspace as in use at intervals, since an idle page sends no requests."""
    while True:
        await asyncio.sleep(SIGN_OF_LIFE)
        with suppress(FvappError):  # the page itself shows any error
            await asyncio.to_thread(engine.workspaces.latest_change_number, token)
