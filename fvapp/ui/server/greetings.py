"""Passes a page's greeting, which identifies its visitor, on to script runs as a header."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from fvapp.ui.compat.greeting import HEADER, split_off_greeting

_PROTOCOLS = "sec-websocket-protocol"


class GreetingMiddleware:
    """Middleware that moves a page's greeting from its socket's subprotocols to a header.

    The greeting tells the first script run who the visitor is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            headers = MutableHeaders(scope=scope)
            protocols, greeting = split_off_greeting(
                [protocol.strip() for protocol in headers.get(_PROTOCOLS, "").split(",")]
            )
            del headers[HEADER]
            if greeting is not None:
                headers.update({_PROTOCOLS: ", ".join(protocols), HEADER: greeting})
                scope["subprotocols"] = protocols
        await self._app(scope, receive, send)
