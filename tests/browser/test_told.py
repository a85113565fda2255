"""Pages learn of changes by the live socket, or by polling where the socket is not available.

The socket also works below a URL path. `test_main_path` tests that another tab learns of changes.
"""

import re
from pathlib import Path

import pytest

from fvapp.bench.served_app import ROOT, serve_app
from visitor import PERCENT, SHORT, Visitor

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

# Imitates a host that runs the app's script itself, without st.App.
PLAIN_HOST = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
runpy.run_path({str(ROOT / "app.py")!r})
"""


@pytest.fixture
def live(visit):
    """Return ``live(visitor)``: a list of the live sockets that its page opens from now on."""

    def watch(visitor: Visitor) -> list:
        opened = []
        visitor.page.on(
            "websocket",
            lambda socket: opened.append(socket) if socket.url.endswith("/live") else None,
        )
        return opened

    return watch


def environ_of(home: Path) -> dict[str, str]:
    return {"FVAPP_HOME": str(home), "FVAPP_WORKERS": "1"}


def test_a_page_asks_again_where_its_ask_was_lost(visit):
    first = visit(None)
    lost = True
    asks = []

    def route(socket):
        server = socket.connect_to_server()

        def pass_on(message):
            if isinstance(message, bytes) and b"changed" in message:
                asks.append(message)
                if lost:
                    return
            server.send(message)

        socket.on_message(pass_on)

    def tell_while_lost(socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: lost and socket.send(message))

    first.page.route_web_socket(re.compile("/_stcore/stream"), route)
    first.page.route_web_socket(re.compile("/live$"), tell_while_lost)
    first.open(SHORT)
    second = Visitor(first.page.context.new_page(), first.url).open(SHORT)
    second.press("train_start")
    second.read("test_result", PERCENT, timeout=150)
    assert asks and not first.find("test_result").count()
    lost = False
    first.read("test_result", PERCENT, timeout=30)


def test_below_a_path_the_socket_is_there_too(browse, live, tmp_path):
    with serve_app(environ=environ_of(tmp_path), below="/fv") as served:
        visitor = browse(served.url)
        sockets = live(visitor)
        visitor.train()
        (socket,) = sockets
        assert socket.url.endswith("/fv/live")


def test_a_host_that_runs_the_script_itself_has_the_same_pages(browse, live, tmp_path):
    script = tmp_path / "host.py"
    script.write_text(PLAIN_HOST, encoding="utf-8")
    with serve_app(script, environ=environ_of(tmp_path)) as served:
        visitor = browse(served.url)
        sockets = live(visitor)
        accuracy = visitor.train()
        visitor.wait_for_lines("curves", 2)
        visitor.open_again()
        assert visitor.read("test_result", PERCENT) == accuracy
        assert sockets == []
