"""The live socket: who may open it, what it sends and when, and what it refuses."""

import asyncio
import contextlib
import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from fvapp.ui.server import live as live_module
from fvapp.ui.server.live import MOST_OF_WORKSPACE, TICKET_SECONDS, LiveSockets
from scripted_engine import ScriptedEngine, new_visitor


class Told(ScriptedEngine):
    """An engine whose change numbers a test sets."""

    now = 100

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        known = self.workspaces.latest_change_number
        self.workspaces.latest_change_number = lambda token: known(token) and self.now

    def change(self, live: LiveSockets, token: str, urgent: bool = True) -> None:
        self.now += 1
        live.notify_pages(self.workspaces.workspace_id(token), self.now, urgent)


@pytest.fixture
def engine(tmp_path):
    with contextlib.closing(Told(tmp_path)) as engine:
        yield engine


@pytest.fixture
def live(engine, clock):
    return LiveSockets(lambda: engine, clock)


@pytest.fixture
def client(live):
    @contextlib.asynccontextmanager
    async def lifespan(_):
        live.start_serving_sockets(asyncio.get_running_loop())
        yield
        live.stop_serving_sockets()

    routes = [WebSocketRoute("/live", live.serve_socket)]
    with TestClient(Starlette(routes=routes, lifespan=lifespan)) as client:
        yield client


@contextlib.contextmanager
def listening(client: TestClient, live: LiveSockets, token: str = "", ticket: str | None = None):
    """Open a page's live socket, and receive the current change number."""
    with client.websocket_connect("/live") as socket:
        socket.send_text(ticket or live.issue_ticket(token, None))
        assert socket.receive_text() == "100"
        yield socket


def refused(client: TestClient, *said: str | bytes) -> int:
    """Return the code with which the server closes a socket that has sent something."""
    with client.websocket_connect("/live") as socket:
        for each in said:
            send = socket.send_text if isinstance(each, str) else socket.send_bytes
            send(each)
        with pytest.raises(WebSocketDisconnect) as end:
            while True:
                socket.receive_text()
    return end.value.code


def test_a_page_hears_the_version_at_once_and_each_change_of_its_own_and_for_everybody(
    client, live, engine, token
):
    other = new_visitor(engine)
    with listening(client, live, token) as socket:
        engine.change(live, other)
        engine.change(live, token)
        assert socket.receive_text() == "102"
        live.notify_pages(None, 200, urgent=True)
        assert socket.receive_text() == "200"


def test_a_change_that_is_not_urgent_is_told_in_a_while_or_with_one_that_is(
    client, live, engine, token, monkeypatch
):
    monkeypatch.setattr("fvapp.ui.server.live.CALM", 3_600.0)
    with listening(client, live, token) as socket:
        engine.change(live, token, urgent=False)
        engine.change(live, token)
        assert socket.receive_text() == "102"
        monkeypatch.setattr("fvapp.ui.server.live.CALM", 0.0)
        engine.change(live, token, urgent=False)
        assert socket.receive_text() == "103"


def test_many_changes_are_one_number(client, live, engine, token):
    with listening(client, live, token) as socket:
        for _ in range(50):
            engine.change(live, token)
        heard = [socket.receive_text()]
        while heard[-1] != "150":
            heard.append(socket.receive_text())
        assert len(heard) < 10


def test_a_hidden_page_hears_nothing_and_catches_up_when_it_is_seen(client, live, engine, token):
    with listening(client, live, token) as socket:
        socket.send_text("hidden")
        engine.change(live, token)
        engine.change(live, token)
        socket.send_text("visible")
        assert socket.receive_text() == "102"


def test_a_ticket_is_good_once_and_for_a_minute(client, live, clock, token):
    ticket, late = (live.issue_ticket(token, None) for _ in range(2))
    with listening(client, live, ticket=ticket):
        assert refused(client, ticket) == 1008
    clock.skip(TICKET_SECONDS + 1)
    assert refused(client, late) == 1008


def test_a_page_drawn_again_keeps_its_ticket_while_it_waits_or_its_socket_is_open(
    client, live, clock, token, engine
):
    ticket = live.issue_ticket(token, None)
    assert live.issue_ticket(token, ticket) == ticket
    with listening(client, live, ticket=ticket):
        clock.skip(10 * TICKET_SECONDS)
        assert live.issue_ticket(token, ticket) == ticket
        assert live.issue_ticket(token, ticket, closed=True) != ticket
    assert live.issue_ticket(token, ticket) != ticket
    assert live.issue_ticket(new_visitor(engine), ticket) != ticket


GARBAGE = {
    "unknown": "never issued",
    "huge": "x" * 5_000_000,
    "empty": "",
    "json": '{"ticket": null}',
}


@pytest.mark.parametrize("said", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused(client, said):
    assert refused(client, said) == 1008
    assert refused(client, b"\x00" + said.encode()) == 1008


def test_a_word_that_no_page_says_ends_the_socket_and_no_other(client, live, engine, token):
    with listening(client, live, token) as good:
        assert refused(client, live.issue_ticket(token, None), "louder") == 1008
        engine.change(live, token)
        assert good.receive_text() == "101"


def test_the_log_holds_neither_token_nor_ticket(client, live, engine, caplog, token):
    engine.workspaces.delete_workspace(token)
    ticket = live.issue_ticket(token, None)
    with caplog.at_level(logging.DEBUG):
        assert refused(client, ticket) == 1008
    logged = caplog.text
    assert "workspace_gone" in logged and token not in logged and ticket not in logged


def test_sockets_of_one_workspace_and_in_all_are_bounded(client, live, monkeypatch, engine, token):
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_OF_WORKSPACE):
            stack.enter_context(listening(client, live, token))
        assert refused(client, live.issue_ticket(token, None)) == 1013
        with listening(client, live, new_visitor(engine)):
            pass
        monkeypatch.setattr(live_module, "MOST_SOCKETS", MOST_OF_WORKSPACE)
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live"):
            pass


@pytest.mark.parametrize(
    ("late", "seconds"),
    [
        ([0.0], live_module.PAUSE),
        ([2.0, 0.0], 2 * live_module.PAUSE),
        ([2.0] * 99, live_module.PAUSE + 16.0),
    ],
    ids=["in time", "late once", "late all the time"],
)
def test_a_page_is_told_less_often_only_as_long_as_the_server_is_late(monkeypatch, late, seconds):
    page = live_module.LivePage("a", latest_version=1, urgent_version=1)
    slept = []
    later = iter(late)

    async def sleep(wanted: float) -> float:
        slept.append(wanted)
        page.latest_version = page.urgent_version = 2
        page.wake_event.set()
        return next(later)

    class Socket:
        told = 0

        async def send_text(self, text: str) -> None:
            self.told += 1
            if self.told == 2:
                raise RuntimeError("closed")

    monkeypatch.setattr(live_module, "_sleep_overrun", sleep)
    page.wake_event.set()
    asyncio.run(live_module._send_versions(Socket(), page))
    assert sum(slept) == pytest.approx(seconds)
