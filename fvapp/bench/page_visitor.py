"""A visitor of the page without a browser: speaks Streamlit's protocol over a plain websocket.

Hundreds of them fit into one process. What a browser would do is done here as far as a lesson needs it: read the page,
press a button, answer for the browser's storage, let the page's ticks come, lose the connection and come back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

STORAGE = "fvapp.browser_storage"
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"
_NO_XSRF = "PLACEHOLDER_AUTH_TOKEN"  # what Streamlit's own page sends where there is no login
_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_NO_TICK = 0.5  # seconds to the next look at a page where nothing is drawn by itself
_LARGEST = 2**26  # bytes of one message

Path = tuple[int, ...]


class PageError(RuntimeError):
    """The page failed: its script, or the connection."""


@dataclass
class Storage:
    """The local storage of one browser, shared by its tabs."""

    token: str | None = None
    language: str | None = None


@dataclass
class _Tick:
    interval: float
    due: float


@dataclass
class PageVisitor:
    """One tab of the app.

    Attributes:
        url: of the server, without a slash at the end, beginning with ``http``.
        storage: what the browser keeps.
        session: id of the server's session, once connected.
    """

    url: str
    storage: Storage = field(default_factory=Storage)
    session: str | None = None
    _connection: ClientConnection | None = None
    _path: str = ""
    _script: str = ""  # the page's hash, once the server has said it
    _query: str = ""
    _elements: dict[Path, tuple[Delta, str]] = field(default_factory=dict)  # with the script run that drew it
    _ticks: dict[str, _Tick] = field(default_factory=dict)  # by fragment
    _run: str = ""
    _answered: str | None = None  # to the storage's last question

    async def open(self, path: str = "", query: str = "") -> None:
        """Open a page in a new tab, the old one being closed: a new session of the server.

        Raises:
            PageError: its script failed.
        """
        await self.close()
        self.session = None
        self._path, self._script, self._query = path, "", query
        await self._connect()

    async def come_back(self) -> None:
        """Connect again after a lost connection, as Streamlit's page does: with the id of the session it had."""
        await self._connect()

    async def drop(self) -> None:
        """Lose the connection without a word."""
        if self._connection is not None:
            self._connection.transport.abort()
            await self._connection.wait_closed()
            self._connection = None

    async def press(self, key: str) -> None:
        """Press the button of a key.

        Raises:
            PageError: there is none, or it is disabled.
        """
        await self._rerun(*self._click(key))

    def has_button(self, key: str) -> bool:
        """Return whether there is a button of that key that can be pressed."""
        return self._button(key) is not None

    async def draw(self, json_data: Mapping[str, object]) -> None:
        """Put a drawing on the canvas, as ``json_data`` of Fabric.js.

        Raises:
            PageError: there is no canvas on this page.
        """
        for delta, _ in self._elements.values():
            component = delta.new_element.bidi_component
            if component.component_name == CANVAS:
                state = {"drawing": {"raw": json_data, "data": None}}
                await self._rerun([WidgetState(id=component.id, json_value=json.dumps(state))], delta.fragment_id)
                return
        raise PageError(f"no canvas to draw on; the page reads: {self.text()}")

    async def tick(self) -> None:
        """Draw the parts of the page that are due to be drawn again."""
        now = monotonic()
        for fragment, tick in list(self._ticks.items()):
            if tick.due <= now:
                tick.due = now + tick.interval
                await self._rerun([], fragment, automatic=True)

    async def wait_for_tick(self) -> None:
        """Wait until a part of the page is due, and draw it."""
        due = min((tick.due for tick in self._ticks.values()), default=monotonic() + _NO_TICK)
        await asyncio.sleep(max(0.0, due - monotonic()))
        await self.tick()

    def text(self, key: str | None = None) -> str:
        """Return the words inside the container of a key, or of the whole page."""
        within = () if key is None else self._find(key)
        if within is None:
            return ""
        found = sorted(path for path in self._elements if path[: len(within)] == within)
        return "\n".join(filter(None, (_words(self._elements[path][0]) for path in found)))

    async def close(self) -> None:
        """Close the tab."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connect(self) -> None:
        protocols = ["streamlit", _NO_XSRF, *([self.session] if self.session else [])]
        address = f"ws{self.url.removeprefix('http')}/_stcore/stream"
        self._connection = await connect(
            address, subprotocols=protocols, max_size=_LARGEST, open_timeout=60, ping_timeout=60
        )
        self._elements.clear()
        self._ticks.clear()
        self._answered = None
        await self._rerun([], "")

    async def _rerun(self, states: list[WidgetState], fragment: str, automatic: bool = False) -> None:
        """Have the script run, and answer the storage's questions until there is none."""
        await self._send(states, fragment, automatic)
        await self._read()
        answer = self._answer_for_storage()
        if answer is not None:
            await self._rerun(*answer)

    async def _send(self, states: list[WidgetState], fragment: str, automatic: bool = False) -> None:
        """Ask for a script run, as a page does on which `states` were changed."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self._query, self._script
        state.page_name = "" if self._script else self._path
        state.fragment_id, state.is_auto_rerun = fragment, automatic
        state.context_info.locale = "en-GB"
        state.widget_states.widgets.extend(states)
        await self._connection.send(message.SerializeToString())

    async def _read(self) -> None:
        """Read what the server says until a script run has ended."""
        while True:
            message = ForwardMsg.FromString(await self._connection.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
                self._run = message.metadata.run.script_run_id
                if not message.metadata.run.fragment_ids:
                    self._ticks.clear()
            elif kind == "navigation":
                self._script = message.navigation.page_script_hash
            elif kind == "delta":
                self._elements[tuple(message.metadata.delta_path)] = (message.delta, self._run)
                if message.delta.new_element.WhichOneof("type") == "exception":
                    raise PageError(message.delta.new_element.exception.message)
            elif kind == "auto_rerun":
                tick = message.auto_rerun
                self._ticks[tick.fragment_id] = _Tick(tick.interval, monotonic() + tick.interval)
            elif kind == "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._ticks.pop(fragment, None)
            elif kind == "script_finished" and message.script_finished in _FINISHED:
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    # What this run did not draw is not on the page any longer.
                    self._elements = {path: each for path, each in self._elements.items() if each[1] == self._run}
                return

    def _answer_for_storage(self) -> tuple[list[WidgetState], str] | None:
        """Do what the script in the browser does with the local storage; None when nothing is asked.

        Returns:
            The answer, and the fragment it is for.
        """
        for delta, _ in self._elements.values():
            component = delta.new_element.bidi_component
            if component.component_name != STORAGE or component.json == self._answered:
                continue
            self._answered = component.json
            asked = json.loads(component.json)
            kept = self.storage
            kept.token = kept.token if kept.token and kept.token != asked["forget"] else asked["token"]
            kept.language = asked["language"] or kept.language
            answer = {"available": True, "token": kept.token, "language": kept.language}
            if kept.token and (kept.token, kept.language) == (asked["token"], asked["language"]):
                return None
            if answer == asked["heard"]:
                return None
            return [WidgetState(id=component.id, json_value=json.dumps({"kept": answer}))], delta.fragment_id
        return None

    def _click(self, key: str) -> tuple[list[WidgetState], str]:
        """Return what a click on a button changes, and the fragment it is in."""
        delta = self._button(key)
        if delta is None:
            raise PageError(f"no button {key} to press; the page reads: {self.text()}")
        return [WidgetState(id=delta.new_element.button.id, trigger_value=True)], delta.fragment_id

    def _button(self, key: str) -> Delta | None:
        for delta, _ in self._elements.values():
            element = delta.new_element
            if element.WhichOneof("type") == "button" and _has_key(element.button.id, key):
                return None if element.button.disabled else delta
        return None

    def _find(self, key: str) -> Path | None:
        """Return the place of the container of a key."""
        for path, (delta, _) in self._elements.items():
            if delta.WhichOneof("type") == "add_block" and _has_key(delta.add_block.id, key):
                return path
        return None


def _has_key(widget: str, key: str) -> bool:
    return widget == key or widget.endswith(f"-{key}")


def _words(delta: Delta) -> str:
    element = delta.new_element
    kind = element.WhichOneof("type")
    if kind == "html":  # style sheets
        return ""
    content = getattr(element, kind) if kind else None
    return next((str(getattr(content, name)) for name in ("body", "label") if getattr(content, name, "")), "")
