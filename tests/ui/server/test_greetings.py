"""The greeting in a page's socket request becomes a header, and Streamlit sees only the rest."""

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from fvapp.ui.compat.greeting import HEADER
from fvapp.ui.server.greetings import GreetingMiddleware

TOKEN = "Ab-_" * 10 + "Abc"


async def tell(socket) -> None:
    """Send back the protocols and the header that reach Streamlit."""
    await socket.accept(subprotocol="streamlit")
    headers = [socket.headers.get(name) for name in ("sec-websocket-protocol", HEADER)]
    await socket.send_json([*headers, socket.scope["subprotocols"]])


@pytest.mark.parametrize(
    ("protocols", "found"),
    [
        (["streamlit", "xsrf"], ["streamlit, xsrf", None]),
        (["streamlit", "xsrf", f"fvapp.{TOKEN}"], ["streamlit, xsrf", TOKEN]),
        (
            ["streamlit", "xsrf", "session", f"fvapp.{TOKEN}.zh-Hant"],
            ["streamlit, xsrf, session", f"{TOKEN}.zh-Hant"],
        ),
        (["streamlit", "xsrf", "fvapp.one", "fvapp.two"], ["streamlit, xsrf", "one"]),
    ],
)
def test_a_greeting_becomes_a_header_and_nobody_else_can_set_it(protocols, found):
    app = Starlette(routes=[WebSocketRoute("/", tell)])
    client = TestClient(GreetingMiddleware(app), headers={HEADER: "forged"})
    with client.websocket_connect("/", subprotocols=protocols) as socket:
        assert socket.receive_json() == [*found, found[0].split(", ")]
