"""Sockets that send nothing, too much or odd messages are closed; a class's sockets are not."""

import asyncio
import json
import random
from contextlib import suppress
from types import SimpleNamespace

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from catalogue_texts import SHIPS
from fvapp.core.preparation.strokes import MOST_POINTS, MOST_STROKES
from fvapp.i18n import Translator
from fvapp.ui.compat.connections import PROXIES
from fvapp.ui.compat.greeting import HEADER, PAGE
from fvapp.ui.compat.messages import (
    MOST_FIELDS,
    MessageError,
    check_message_kind,
    count_message_fields,
)
from fvapp.ui.server import sockets
from fvapp.ui.server.shares import ProcessorShares
from fvapp.ui.server.sockets import (
    A_SECOND,
    AT_ONCE,
    CLASS,
    GAVE_WAY,
    TABS,
    SocketLimits,
    SocketMiddleware,
)
from visitor import aside

PUPIL = "10.0.0.7"
OTHER = "10.0.0.8"
PROXY = "10.0.0.1"


def message_with(states: list[WidgetState], **fields: object) -> bytes:
    """Return a message that requests a script run, with these widget states."""
    asked = {"widget_states": {"widgets": states}, **fields}
    return BackMsg(rerun_script=asked).SerializeToString()


def message(count: int = 1, **fields: object) -> bytes:
    """Return a message that requests a script run, with `count` widget states."""
    return message_with([WidgetState(id="a", bool_value=True)] * count, **fields)


# Which messages are let through, and which are refused


def test_all_that_is_in_a_message_counts():
    assert count_message_fields(message(3), 100) == 2 + 3 * 3
    listed = WidgetState(id="a", string_array_value={"data": ["", ""]})
    packed = WidgetState(id="a", int_array_value={"data": range(64)})
    assert count_message_fields(message_with([listed, packed]), 100) == 2 + 3 + 2 + 3 + 9


def test_a_drawing_with_the_most_points_is_let_through():
    path = [["Q", 1234.56, 1234.56, 1234.56, 1234.56]] * (MOST_POINTS // MOST_STROKES)
    stroke = {"path": path, **dict.fromkeys(map(str, range(40)), 1.5)}
    state = WidgetState(id="a", json_value=json.dumps({"objects": [stroke] * MOST_STROKES}))
    assert check_message_kind(message_with([state]))


@pytest.mark.parametrize(
    "states",
    [
        [WidgetState()] * 2_450_000,
        [WidgetState(string_array_value={"data": [""] * 2_450_000})],
        [WidgetState(int_array_value={"data": [1] * 4_900_000})],
        [WidgetState(json_value="[],[" * 1_000_000)],
    ],
    ids=["states", "texts", "numbers", "JSON"],
)
def test_a_message_with_more_than_any_page_sends_is_refused_and_not_unpacked(states, monkeypatch):
    sent = message_with(states)
    monkeypatch.setattr("fvapp.ui.compat.messages.BackMsg.FromString", None, raising=False)
    with pytest.raises(MessageError, match="too_much"):
        check_message_kind(sent)


@pytest.mark.parametrize(
    "sent",
    [
        *(None, b"\xff" * 5_000, b"\x0a" * 3, message(fragment_id="x" * 101), b"\xff" * 10**6),
        BackMsg(load_git_info=True).SerializeToString(),
    ],
)
def test_what_no_page_says_is_refused(sent):
    with pytest.raises(MessageError, match="strange"):
        check_message_kind(sent)


# How sockets are served, limited and closed


class Wire:
    """A WebSocket in the form in which a server passes it to an app."""

    def __init__(self, address: str = PUPIL, session: str | None = None, **headers: str) -> None:
        self.incoming: asyncio.Queue = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.sent: list[dict] = []
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.scope = {"type": "websocket", "path": "/_stcore/stream", "client": (address, 1)}
        self.scope["headers"] = [(name.encode(), named[name].encode()) for name in named]
        self.scope["subprotocols"] = ["streamlit", "xsrf", *([session] if session else [])]

    async def send(self, sent: dict) -> None:
        self.sent.append(sent)
        if sent["type"] == "websocket.close":
            self.say(type="websocket.disconnect", code=sent["code"])

    def say(self, content: bytes | None = None, **event: object) -> None:
        self.incoming.put_nowait(event or {"type": "websocket.receive", "bytes": content})

    @property
    def closed(self) -> dict | None:
        return next((each for each in self.sent if each["type"] == "websocket.close"), None)

    @property
    def code(self) -> int | None:
        return self.closed and self.closed["code"]


class App:
    """A substitute for Streamlit that counts its sessions and records their messages."""

    def __init__(self, **limits: object) -> None:
        self.open = 0
        self.opened = 0
        self.heard = []
        self.shares = ProcessorShares(self._engine)
        self.in_class: set[str] = set()
        self._served = SocketMiddleware(self._serve, self.shares, SocketLimits(**limits))

    def _engine(self) -> SimpleNamespace:
        return SimpleNamespace(workspaces=SimpleNamespace(workspace_status=self._status))

    def _status(self, token: str | None) -> tuple[str | None, bool, bool]:
        return token, token in self.in_class, False

    async def _serve(self, scope, receive, send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        self.open += 1
        self.opened += 1
        with suppress(Exception):
            while True:
                self.heard.append(await socket.receive_bytes())
        self.open -= 1

    async def connect(self, *said: bytes | None, **options: str) -> Wire:
        wire = Wire(**options)
        for each in said:
            wire.say(each)
        wire.ended = asyncio.create_task(self._served(wire.scope, wire.incoming.get, wire.send))
        await settle()
        return wire


async def come(app: App, **options: str) -> Wire:
    """Connect, and wait until the app serves or refuses the page."""
    before = app.opened
    wire = await app.connect(message(), **options)
    while app.opened == before and not wire.closed:
        # If the app has raised an error, the loop must end here instead of waiting forever.
        assert not wire.ended.done()
        await asyncio.sleep(0)
    return wire


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@aside
async def test_streamlit_hears_of_a_socket_once_it_asks_for_a_script_run():
    app = App()
    wire = await app.connect()
    assert wire.sent[0] == {"type": "websocket.accept", "subprotocol": "streamlit"} and not app.open
    kinds = ("app_heartbeat", "stop_script")
    others = [BackMsg(**{kind: True}).SerializeToString() for kind in kinds]
    asked = message(MOST_FIELDS // 4)
    for each in (*others, asked, *others):
        wire.say(each)
    await settle()
    assert app.open == 1 and app.heard == [asked, *others] and len(wire.sent) == 1


@aside
async def test_messages_that_come_quicker_than_hands_make_them_wait_in_the_network():
    app = App()
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await app.connect(*[message()] * 200)
    assert len(app.heard) <= AT_ONCE + 1 + (loop.time() - begin) * A_SECOND
    while len(app.heard) <= AT_ONCE:
        await asyncio.sleep(0)
    assert len(app.heard) <= AT_ONCE + 1 + (loop.time() - begin) * A_SECOND


@aside
async def test_who_asks_for_nothing_is_closed_in_time_and_the_oldest_goes_beyond_the_most():
    app = App(max_silent_streams=2, first_run_seconds=0.5)
    asking = await app.connect(message())
    silent = [await app.connect() for _ in range(3)]
    assert silent[0].closed and not silent[1].closed and not silent[2].closed
    await asyncio.gather(*(wire.ended for wire in silent))
    assert all(wire.closed for wire in silent) and not asking.closed


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (message(MOST_FIELDS), "too_much"),
        (None, "strange"),
        (message(fragment_id="x" * 101), "strange"),
    ],
)
@aside
async def test_what_no_page_sends_ends_the_socket_with_a_sentence_in_the_visitors_language(
    sent, why
):
    app = App()
    told = {"zh-Hant": {HEADER: "token.zh-Hant"}, "zh-Hans": {"accept_language": "zh-CN,en;q=0.5"}}
    for language, headers in told.items():
        wire = await app.connect(message(), sent, message(), **headers)
        sentence = Translator(language)(f"server.refused.{why}")
        assert (wire.code, wire.closed["reason"]) == (1008, sentence)
    assert app.heard == [message()] * 2 and not app.open


def test_the_sentences_fit_into_a_closing_frame():
    for language in SHIPS:
        sentences = Translator(language).texts_with_prefix("server.refused.").values()
        assert max(len(each.encode()) for each in sentences) <= 123


@aside
async def test_one_address_has_a_share_and_another_is_served_still():
    app = App(streams_per_ip_network=3)
    mine = [await come(app, address=PUPIL) for _ in range(4)]
    assert [wire.code for wire in mine] == [None, None, None, 1013]
    assert not (await app.connect(message(), address=OTHER)).closed
    mine[0].say(type="websocket.disconnect", code=1001)
    await mine[0].ended
    assert not (await come(app, address=PUPIL)).closed


@aside
async def test_a_class_behind_one_router_that_connects_again_all_at_once_is_served():
    app = App()
    pages = [await app.connect(message()) for _ in range(CLASS * TABS)]
    # The server has not noticed yet that the first connections are gone.
    again = [await app.connect(message()) for _ in pages]
    assert not any(wire.closed for wire in (*pages, *again))


@pytest.mark.parametrize(
    ("address", "configured"), [("127.0.0.1", ""), ("::ffff:127.0.0.1", ""), (PUPIL, PROXY)]
)
@aside
async def test_300_visitors_through_one_proxy_are_served(address, configured, monkeypatch):
    """The proxy is on this machine, or configured so that uvicorn reads visitors' addresses."""
    monkeypatch.setenv(PROXIES, configured)
    app = App()
    addresses = [f"10.1.{n // 256}.{n % 256}" if configured else address for n in range(300)]
    assert not any([(await app.connect(message(), address=each)).closed for each in addresses])


@aside
async def test_sessions_are_limited_and_the_page_says_so():
    app = App(max_sessions=2)
    wires = [await come(app, address=f"10.0.0.{n}") for n in range(3)]
    assert [wire.code for wire in wires] == [None, None, 1013]


def page_of(wire: Wire) -> str:
    return dict(wire.scope["headers"])[PAGE.encode()].decode().split()[0]


def say(token: str) -> dict[str, str]:
    """Return the headers of a page whose visitor has this token."""
    return {HEADER.replace("-", "_"): f"{token}.en"}


@aside
async def test_in_a_full_app_the_longest_idle_page_gives_way_and_says_so():
    app = App(max_sessions=3, idle_seconds=0.0)
    wires = [await come(app) for _ in range(3)]
    wires[0].say(message())
    await settle()
    wires += [await come(app) for _ in range(2)]
    assert [wire.code for wire in wires] == [None, GAVE_WAY, GAVE_WAY, None, None]
    assert wires[1].closed["reason"] == Translator("en")("server.refused.gave_way")
    await asyncio.gather(wires[1].ended, wires[2].ended)
    assert app.open == 3


@aside
async def test_pages_of_a_class_and_those_at_work_do_not_give_way():
    app = App(max_sessions=2, idle_seconds=0.0)
    app.in_class = {"student"}
    student = await come(app, **say("student"))
    stranger = await come(app, **say("stranger"))
    newcomers = [await come(app, **say("newcomer")) for _ in range(3)]
    assert not student.closed and stranger.code == GAVE_WAY
    assert [bool(wire.closed) for wire in newcomers] == [True, True, False]
    working = App(max_sessions=2)
    wires = [await come(working) for _ in range(3)]
    assert [wire.code for wire in wires] == [None, None, 1013]


@pytest.mark.parametrize("seed", range(5))
@aside
async def test_no_newcomer_is_refused_while_an_idle_page_stands_outside_of_all_classes(seed):
    chance = random.Random(seed)
    app = App(max_sessions=8, idle_seconds=0.0)
    app.in_class = {"student"}
    wires = []
    for _ in range(60):
        who = chance.choice(["student", "stranger", "stranger"])
        open_before = [whose for whose, wire in wires if not wire.closed]
        address = f"2001:db8:{chance.randrange(3)}::{len(wires):x}"
        wire = await come(app, address=address, **say(who))
        wires.append((who, wire))
        is_full = len(open_before) >= 8 and "stranger" not in open_before
        assert wire.code == (1013 if is_full else None)
    assert ("student", GAVE_WAY) not in [(who, wire.code) for who, wire in wires]


@aside
async def test_a_network_that_is_full_has_its_own_idle_pages_give_way():
    """Half of an IPv6 address names the network; computers choose the other half freely."""
    app = App(streams_per_ip_network=2, idle_seconds=0.0)
    other = await come(app, address="2001:db8:0:1::1")
    wires = [await come(app, address=f"2001:db8::{number:x}") for number in range(1, 4)]
    assert [bool(wire.closed) for wire in (other, *wires)] == [False, True, False, False]


@aside
async def test_no_further_message_is_taken_from_a_page_whose_run_waits():
    app = App()
    wire = await app.connect(message())
    other = await app.connect(message())
    turns = app.shares.script_turns
    page = page_of(wire)

    def run() -> None:
        with turns.hold_turn(("student",), page):
            pass

    with turns.hold_turn(("somebody",)):
        running = asyncio.create_task(asyncio.to_thread(run))
        while not turns.is_page_waiting(page):
            await asyncio.sleep(0)
        for each in (wire, wire, other):
            each.say(message())
        await settle()
        # The server had already read one of these four messages when the script run began to wait.
        assert len(app.heard) == 4
    await running
    while len(app.heard) < 5:
        await asyncio.sleep(0)


@aside
async def test_a_page_that_comes_back_to_its_session_may_be_silent_and_takes_it_over(monkeypatch):
    monkeypatch.setattr(sockets, "session_exists", lambda name: name == "known")
    app = App(first_run_seconds=0.05)
    names = ("known", "known", "unknown")
    before, after, unknown = [await app.connect(session=name) for name in names]
    await unknown.ended
    assert before.closed and unknown.closed and not after.closed and app.open == 1


class Closing(Wire):
    """A socket that the browser has closed, which uvicorn knows but has not told the app."""

    async def send(self, sent: dict) -> None:
        if sent["type"] != "websocket.accept":
            raise RuntimeError("Unexpected ASGI message, after sending 'websocket.close'.")


@aside
async def test_what_is_sent_to_a_browser_that_has_just_closed_is_no_fault_of_the_app():
    async def serve(scope, receive, send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.receive_bytes()
        with pytest.raises(WebSocketDisconnect):
            await socket.send_bytes(b"the page")

    wire = Closing()
    wire.say(message())
    served = SocketMiddleware(serve, ProcessorShares(SimpleNamespace), SocketLimits())
    await served(wire.scope, wire.incoming.get, wire.send)


@aside
async def test_a_page_takes_its_session_over_from_a_socket_that_the_browser_has_just_closed(
    monkeypatch,
):
    monkeypatch.setattr(sockets, "session_exists", lambda name: name == "known")
    app = App()
    before = Closing(session="known")
    ends = asyncio.create_task(app._served(before.scope, before.incoming.get, before.send))
    await settle()
    after = await app.connect(message(), session="known")
    assert len(app.heard) == 1 and not after.closed
    before.say(type="websocket.disconnect", code=1000)
    await ends
