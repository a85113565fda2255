"""Simulates a visitor without a browser, who speaks Streamlit's protocol over a plain WebSocket.

Hundreds of visitors fit into one process. A visitor does what a browser does in a lesson: read the
page, press a button, keep the browser's local storage, listen on the "live" WebSocket that
announces changes, request the part of the page that has changed, lose the connection and reconnect.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

STORAGE = "fvapp.storage"
LIVE = "fvapp.live"
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"
_NO_XSRF = "PLACEHOLDER_AUTH_TOKEN"  # Streamlit's page sends this placeholder if there is no login
CHOICES = "selectbox", "radio"
_WINDOWS = ("popover", "expandable")
_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_QUIET = 2.0  # seconds to wait for the server to announce a change
_LARGEST = 2**26  # maximum size of a message from the server, in bytes

Path = tuple[int, ...]


class PageError(RuntimeError):
    """Raised when the page's script or the connection fails."""


@dataclass
class BrowserStorage:
    """The app's entries in a browser's local storage, which all tabs share."""

    token: str | None = None
    language: str | None = None


@dataclass
class PageVisitor:
    """One tab of a browser, in which the app is open.

    Attributes:
        url: the server's URL, starting with ``http``, without a trailing slash.
        storage: the browser's local storage.
        address: the visitor's network address, as a proxy in front of the server would report it.
        session: id of the session on the server; None before the first connection.
    """

    url: str
    storage: BrowserStorage = field(default_factory=BrowserStorage)
    address: str | None = None
    session: str | None = None
    _page_connection: ClientConnection | None = None
    _page_path: str = ""
    _page_hash: str = ""  # the page's hash from the server; empty until the server has sent it
    _url_query: str = ""
    # each element on the page, with the id of the script run that drew it
    _page_elements: dict[Path, tuple[Delta, str]] = field(default_factory=dict)
    _script_run_id: str = ""
    # the last message that the storage component sent
    _last_storage_message: Mapping[str, object] = field(default_factory=dict)
    _last_kept_token: str | None = None  # the last token that the server told the browser to keep
    # the server's ticket that opened the current "live" WebSocket, which announces changes
    _live_ticket: str | None = None
    _live_socket: ClientConnection | None = None
    _listener_task: asyncio.Task[None] | None = None
    _latest_change_number: int = 0  # number of the latest change that the server announced
    _change_announced: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, path: str = "", query: str = "") -> None:
        """Close the tab, and open a page in a new tab with a new session on the server.

        Raises:
            PageError: the page's script failed.
        """
        await self.close()
        self.session = None
        self._last_storage_message = {}
        self._last_kept_token = None
        self._page_path = path
        self._page_hash = ""
        self._url_query = query
        await self.come_back()

    async def come_back(self) -> None:
        """Connect to the server, resuming a lost session as Streamlit's page does."""
        self.storage.token = self.storage.token or token_urlsafe(32)
        greeting = ".".join(filter(None, ("fvapp", self.storage.token, self.storage.language)))
        protocols = ["streamlit", _NO_XSRF, *([self.session] if self.session else []), greeting]
        self._page_connection = await self._open_websocket(
            "/_stcore/stream", subprotocols=protocols, max_size=_LARGEST
        )
        self._page_elements.clear()
        await self._run_script([], "")

    async def drop(self) -> None:
        """Cut the connection without closing it properly."""
        for connection in filter(None, (self._page_connection, self._live_socket)):
            connection.transport.abort()
            await connection.wait_closed()
        self._page_connection = None
        await self._close_live_socket()

    async def press(self, key: str) -> None:
        """Press the button with the given key.

        Raises:
            PageError: the button does not exist or is disabled.
        """
        await self._run_script(*self._click_widget_state(key))

    async def open_window(self, key: str) -> None:
        """Open a popover or an expander and leave it open.

        Raises:
            PageError: the popover or expander does not exist.
        """
        window, fragment = self._require_widget(key, self._find_widget(key, *_WINDOWS))
        await self._run_script([WidgetState(id=window.id, bool_value=True)], fragment)

    def has(self, key: str) -> bool:
        """Return whether a button, a popover or a choice with this key can be used."""
        return self._find_widget(key, "button", "popover", *CHOICES) is not None

    async def draw(self, drawing: Mapping[str, object]) -> None:
        """Send a drawing to the server as the canvas's script does.

        Raises:
            PageError: there is no canvas on this page.
        """
        await self.send_from_canvas({"drawing": {"raw": drawing, "data": None}})

    async def send_from_canvas(self, value: object) -> None:
        """Send any value to the server on behalf of the canvas."""
        if self.has("back_to_drawing"):  # the page shows another picture instead of the canvas
            await self.press("back_to_drawing")
        component, fragment = self._require_widget(CANVAS, self._find_component(CANVAS))
        await self._run_script(
            [WidgetState(id=component.id, json_value=json.dumps(value))], fragment
        )

    async def redraw_if_changed(self) -> None:
        """Redraw the live part of the page, as its script does, if the server announced a change.

        The live part is also redrawn if the WebSocket for announcements has closed, to get a ticket
        for a new one.
        """
        live = self._find_component(LIVE)
        if live is None:
            return
        closed = self._listener_task is not None and self._listener_task.done()
        if closed:
            await self._close_live_socket()
        if closed or self._latest_change_number > json.loads(live[0].json)["drawn"]:
            await self._run_script(
                [
                    make_trigger_state(
                        live[0].id, "changed", 0 if closed else self._latest_change_number
                    )
                ],
                live[1],
            )

    async def wait_for_change(self) -> None:
        """Wait briefly for an announced change, then redraw the live part of the page if needed."""
        live, _ = self._require_widget(LIVE, self._find_component(LIVE))
        drawn = json.loads(live.json)["drawn"]
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIET):
                while self._latest_change_number <= drawn:
                    self._change_announced.clear()
                    await self._change_announced.wait()
        await self.redraw_if_changed()

    async def until(self, there: Callable[[], object], seconds: float = 60) -> None:
        """Keep redrawing the live part of the page until a condition holds.

        Raises:
            TimeoutError: the condition did not hold in time. The error message is the page's text.
        """
        try:
            async with asyncio.timeout(seconds):
                while not there():
                    await self.wait_for_change()
        except TimeoutError:
            raise TimeoutError(self.text()) from None

    def text(self, key: str | None = None) -> str:
        """Return the text in the container with the given key, or on the whole page."""
        within = () if key is None else self._container_path(key)
        if within is None:
            return ""
        found = sorted(path for path in self._page_elements if path[: len(within)] == within)
        return "\n".join(
            filter(None, (_element_text(self._page_elements[path][0]) for path in found))
        )

    async def keep_requesting_script_runs(self, key: str | None, seconds: float) -> None:
        """Request a script run every `seconds` while the connection lasts, and ignore the answers.

        Args:
            key: key of the button to press each time, or None to redraw the whole page.
        """
        states, fragment = self._click_widget_state(key) if key else ([], "")
        deaf = asyncio.create_task(self._discard_messages())
        try:
            while not deaf.done():
                await self._request_run(states, fragment)
                await asyncio.sleep(seconds)
        finally:
            deaf.cancel()

    async def close(self) -> None:
        """Close the tab."""
        if self._page_connection is not None:
            await self._page_connection.close()
            self._page_connection = None
        await self._close_live_socket()

    async def _open_websocket(self, path: str, **options: Any) -> ClientConnection:
        headers = {"X-Forwarded-For": self.address} if self.address else {}
        url = f"ws{self.url.removeprefix('http')}{path}"
        return await connect(
            url, additional_headers=headers, open_timeout=60, ping_timeout=60, **options
        )

    async def _run_script(self, states: list[WidgetState], fragment: str) -> None:
        """Request a script run, wait for its end, and react as the browser's scripts would."""
        await self._request_run(states, fragment)
        await self._read_until_run_ends()
        told = self._handle_storage()
        if told is not None:
            await self._run_script([told], "")
            return
        await self._open_live_socket()

    async def _open_live_socket(self) -> None:
        """Open the WebSocket that announces changes, if the server has sent a new ticket."""
        live = self._find_component(LIVE)
        ticket = json.loads(live[0].json)["ticket"] if live else None
        if ticket in (None, self._live_ticket):
            return
        await self._close_live_socket()
        self._live_ticket = ticket
        self._live_socket = await self._open_websocket("/live")
        await self._live_socket.send(ticket)
        self._listener_task = asyncio.create_task(
            self._listen_for_change_numbers(self._live_socket)
        )

    async def _listen_for_change_numbers(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._latest_change_number = max(self._latest_change_number, int(text))
                self._change_announced.set()
        except ConnectionClosed:
            return

    async def _discard_messages(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._open_connection.recv()

    @property
    def _open_connection(self) -> ClientConnection:
        if self._page_connection is None:
            raise ConnectionError("the tab is closed")
        return self._page_connection

    async def _close_live_socket(self) -> None:
        if self._live_socket is not None:
            await self._live_socket.close()
        if self._listener_task is not None:
            await self._listener_task
        self._live_socket = None
        self._listener_task = None
        self._live_ticket = None

    async def _request_run(self, states: list[WidgetState], fragment: str) -> None:
        """Request a script run, as a page does after the states of its widgets have changed."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._url_query
        state.page_script_hash = self._page_hash
        state.page_name = "" if self._page_hash else self._page_path
        state.fragment_id = fragment
        state.context_info.locale = "en-GB"
        state.widget_states.widgets.extend(states)
        await self._open_connection.send(message.SerializeToString())

    async def _read_until_run_ends(self) -> None:
        """Read the server's messages until a script run has ended."""
        fragments: Sequence[str] = ()
        while True:
            message = ForwardMsg.FromString(await self._open_connection.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
                self._script_run_id = message.metadata.run.script_run_id
                fragments = message.metadata.run.fragment_ids
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash
            elif kind == "delta":
                self._page_elements[tuple(message.metadata.delta_path)] = (
                    message.delta,
                    self._script_run_id,
                )
                if message.delta.new_element.WhichOneof("type") == "exception":
                    raise PageError(message.delta.new_element.exception.message)
            elif kind == "script_finished" and message.script_finished in _FINISHED:
                # Elements that this run did not draw again are removed. A fragment run removes only
                # elements of its own fragments.
                self._page_elements = {
                    path: (delta, run)
                    for path, (delta, run) in self._page_elements.items()
                    if run == self._script_run_id
                    or (fragments and delta.fragment_id not in fragments)
                }
                return

    def _find_component(self, name: str) -> tuple[BidiComponent, str] | None:
        """Return the component with the given name, and the id of its fragment, or None."""
        for delta, _ in self._page_elements.values():
            if delta.new_element.bidi_component.component_name == name:
                return delta.new_element.bidi_component, delta.fragment_id
        return None

    def _handle_storage(self) -> WidgetState | None:
        """Update the local storage as the page's script does, and return its message, if any."""
        found = self._find_component(STORAGE)
        if found is None:
            return None
        data = json.loads(found[0].json)
        kept = self.storage
        if data["keep"] and data["token"] != self._last_kept_token:
            self._last_kept_token = data["token"]
            if data["left"] in (None, kept.token):
                kept.token = data["token"]
        kept.language = data["language"] or kept.language
        told = {
            "ask": data["ask"],
            "available": True,
            "token": kept.token,
            "language": kept.language,
        }
        if told == self._last_storage_message or data["token"] == kept.token:
            return None
        self._last_storage_message = told
        return WidgetState(id=found[0].id, json_value=json.dumps({"held": told}))

    def _click_widget_state(self, key: str) -> tuple[list[WidgetState], str]:
        """Return the widget state that a click on a button sends, and the button's fragment id."""
        button, fragment = self._require_widget(key, self._find_widget(key, "button"))
        return [WidgetState(id=button.id, trigger_value=True)], fragment

    def _find_widget(self, key: str, *kinds: str) -> tuple[Any, str] | None:
        """Return the enabled widget with this key whose kind is in `kinds`, and its fragment id.

        Return None if there is no such widget.
        """
        for delta, _ in self._page_elements.values():
            for kind in kinds:
                widget = getattr(delta.add_block if kind in _WINDOWS else delta.new_element, kind)
                if _widget_has_key(widget.id, key) and not getattr(widget, "disabled", False):
                    return widget, delta.fragment_id
        return None

    def _require_widget(self, what: str, found: tuple[Any, str] | None) -> tuple[Any, str]:
        if found is None:
            raise PageError(f"no {what} that can be used; the page reads: {self.text()}")
        return found

    def _container_path(self, key: str) -> Path | None:
        """Return the path of the container with this key in the page's element tree, or None."""
        for path, (delta, _) in self._page_elements.items():
            if delta.WhichOneof("type") == "add_block" and _widget_has_key(delta.add_block.id, key):
                return path
        return None


def make_trigger_state(component: str, event: str, value: object) -> WidgetState:
    """Return the widget state that is sent when a component calls ``setTriggerValue``."""
    events = [{"event": event, "value": value}]
    name = f"$$STREAMLIT_INTERNAL_KEY_{component}__events"
    return WidgetState(id=name, json_trigger_value=json.dumps(events))


def _widget_has_key(widget: str, key: str) -> bool:
    return widget == key or widget.endswith(f"-{key}")


def _element_text(delta: Delta) -> str:
    element = delta.new_element
    kind = element.WhichOneof("type")
    if kind == "html":  # HTML elements contain style sheets, which are not text
        return ""
    content = getattr(element, kind) if kind else None
    return next(
        (str(getattr(content, name)) for name in ("body", "label") if getattr(content, name, "")),
        "",
    )
