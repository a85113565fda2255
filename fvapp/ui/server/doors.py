"""Checks the host, origin and path of each request, and adds security headers to responses."""

import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fvapp.engine.processes.machine import lan_address

_log = logging.getLogger(__name__)

# Environment variable that lists sites that may embed the app, such as "https://moodle.school.hk".
EMBEDDED_IN = "FVAPP_EMBEDDED_IN"
# Environment variable: "1" lets anybody who reaches the server read Streamlit's metrics.
METRICS = "FVAPP_METRICS"
_METRICS_PATH = "/_stcore/metrics"
# Path of Streamlit's uploads, which are refused: an upload stays in memory until its session ends,
# even if no page asked for it.
_UPLOAD_PATH = "/_stcore/upload_file/"
_BODY = {"content-length", "transfer-encoding"}
_SITES = re.compile(r"https?://[\w.*-]+(:(\d+|\*))?|\*")
_REFUSED = 1008  # close code in RFC 6455: policy violation
_HERE = ("localhost", "0.0.0.0", "127.0.0.1")


def named_hosts_middleware() -> Middleware:
    """Return middleware that refuses requests to hosts that ``server.allowedHosts`` does not list.

    If the option lists no host, any host is accepted.
    """
    hosts = [host.strip().lower().rstrip(".") for host in st.get_option("server.allowedHosts")]
    return Middleware(TrustedHostMiddleware, allowed_hosts=hosts or ["*"], www_redirect=False)


class RequestGuard:
    """Middleware that refuses foreign origins and private paths, and adds security headers.

    Args:
        environ: the environment, with `EMBEDDED_IN` and `METRICS` as options.
    """

    def __init__(self, app: ASGIApp, environ: Mapping[str, str] = os.environ) -> None:
        self._app = app
        self._serves_metrics = environ.get(METRICS) == "1"
        self._security_headers = {
            "Content-Security-Policy": f"frame-ancestors {frame_ancestors(environ.get(EMBEDDED_IN, ''))}",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        if scope["type"] == "websocket" and not is_origin_allowed(
            headers.get("origin"), headers.get("host")
        ):
            # The socket is closed before it is accepted, so that the browser gets a 403 response.
            await send({"type": "websocket.close", "code": _REFUSED})
        elif scope["type"] == "http":
            app = self._app
            if _UPLOAD_PATH in scope["path"] or (
                scope["path"].endswith(_METRICS_PATH) and not self._serves_metrics
            ):
                app = PlainTextResponse("Not found", 404)
            # No route reads a request's body, so the connection is closed after the response.
            # Otherwise, a client that sends a body slowly could stay connected forever.
            more = {"Connection": "close"} if _BODY & set(headers) else {}
            await app(
                scope,
                receive,
                lambda message: send(_add_security_headers(message, self._security_headers | more)),
            )
        else:
            await self._app(scope, receive, send)


def is_origin_allowed(origin: str | None, host: str | None) -> bool:
    """Return whether a page from `origin` may open a socket to `host`; both are header values.

    As for Streamlit's own socket, pages from the same host, from this machine and from
    ``server.corsAllowedOrigins`` are allowed. So are clients that send no origin, since they are
    not browsers.
    """
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    with suppress(ValueError):  # in case the origin is not a URL, such as "http://["
        page = urlsplit(origin)
        if page.netloc == host:
            return True
        named = (
            allowed.strip().rpartition("//")[2]
            for allowed in st.get_option("server.corsAllowedOrigins")
        )
        listed = [urlsplit(f"//{site}").hostname for site in named]
        options = map(st.get_option, ("server.address", "browser.serverAddress"))
        return page.hostname in {*_HERE, *listed, *options, lan_address()} - {None}
    return False


def _add_security_headers(message: Message, more: Mapping[str, str]) -> Message:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        for name, value in more.items():
            headers.setdefault(name, value)
    return message


def frame_ancestors(sites: str) -> str:
    """Return the value of ``frame-ancestors`` that lets the given sites embed the app.

    The sites are separated by spaces. Any word that is not a site is logged and left out, since it
    would change the meaning of the header.
    """
    wrong = [site for site in sites.split() if not _SITES.fullmatch(site)]
    if wrong:
        _log.warning("%s: no site is called %s", EMBEDDED_IN, ", ".join(wrong)[:200])
    return " ".join(["'self'", *(site for site in sites.split() if site not in wrong)])
