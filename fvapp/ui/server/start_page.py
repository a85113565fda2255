"""Streamlit's page told where its server is.

A page opened at an address of its own, such as ``/draw``, first asks for ``/draw/_stcore/health`` and
``/draw/_stcore/host-config``: it cannot know whether the app is served below ``/draw``. Both are refused, which stands
as two errors in the console of every browser and takes a round trip. The page has a variable for it, which a host may
set; everything else of the page is loaded relative to the same place.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = b"<head>"
_TOLD = b'<head><script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };</script>'
_LONGEST = 2**20  # bytes; Streamlit's page has 6 kB


class StartPage:
    """Middleware that adds a line to Streamlit's HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in _header(scope, b"accept"):
            await self._app(scope, receive, send)
            return
        # Streamlit's own middleware, which comes after this, compresses the page of every address but "/".
        scope = {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}
        begun: Message | None = None  # an answer that is HTML waits for its body: its length changes
        body = b""

        async def tell(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
            elif begun is not None and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body") and len(body) < _LONGEST:
                    return
                told = body.replace(_HEAD, _TOLD, 1)
                headers = MutableHeaders(scope=begun)
                if "content-length" in headers:
                    headers["content-length"] = str(int(headers["content-length"]) + len(told) - len(body))
                await send(begun)
                begun = None
                await send({**message, "body": told})
            else:
                await send(message)

        await self._app(scope, receive, tell)


def _header(scope: Scope, name: bytes) -> bytes:
    return dict(scope["headers"]).get(name, b"")


def _is_page(message: Message) -> bool:
    return message["status"] == 200 and Headers(scope=message).get("content-type", "").startswith("text/html")
