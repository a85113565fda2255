"""Streamlit's own files, compressed and served from memory, and its page with our scripts and our style.

Streamlit reads each file from disk for every browser, in threads and in pieces of 64 kB, and does not compress them,
because its middleware would compress them again for every request; a browser's first visit asks for over a hundred.
But files marked immutable, whose names contain a hash of their content, can be kept in memory the way they are sent.
The first answer for a file comes as it is; later ones come from memory.
"""

import asyncio
import gzip
from collections.abc import Callable
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fvapp.ui.compat import PAGE_TOLD
from fvapp.ui.compat.greeting import GREETING
from fvapp.ui.compat.late_scripts import late_scripts
from fvapp.ui.style import page_style

MOST_BYTES = 16 * 2**20
"""Of all that is kept; all of Streamlit's files take 9 MB."""

PIECE = 2**15
"""Bytes that are sent at a time, of which two are held for a connection that does not read."""

_HEAD, _BODY = b"<head>", b"<body>"
# Tried and left: naming the code of the first elements here too. On a slow line the Train button came later.
_TOLD = PAGE_TOLD + (GREETING + late_scripts()).encode()
_STYLE = page_style().encode()
_WORTH = 0.9  # of the size: fonts and pictures are compressed already
_CONDITIONS = ("range", "if-none-match", "if-modified-since")


class Files:
    """Middleware that keeps what an answer calls immutable, and adds our scripts and style to Streamlit's HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, Response] = {}
        self._bytes = 0
        # Each once at a time: of one that nobody reads, all is held for its connection.
        self._gathering: set[str] = set()
        self._keeping: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = partial(_send_in_pieces, send)
        asked = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "GET" else Headers()
        kept = self._kept.get(scope.get("path", ""))
        if "text/html" in asked.get("accept", ""):
            # Streamlit's own middleware, which comes after this, compresses the page of every address but "/". It would
            # also say that its page is still the same, whatever we have added to it since.
            plain = [each for each in scope["headers"] if each[0].decode() not in ("accept-encoding", *_CONDITIONS)]
            await self._app({**scope, "headers": plain}, receive, _whole(send, _is_page, _tell))
        elif not asked or "/static/" not in scope["path"] or any(name in asked for name in _CONDITIONS):
            await self._app(scope, receive, send)
        elif kept is None and scope["path"] not in self._gathering:
            self._gathering.add(scope["path"])
            try:
                await self._app(scope, receive, _whole(send, _is_immutable, partial(self._keep, scope["path"])))
            finally:
                self._gathering.discard(scope["path"])
        elif kept is None or ("content-encoding" in kept.headers and "gzip" not in asked.get("accept-encoding", "")):
            await self._app(scope, receive, send)
        else:
            await kept(scope, receive, send)

    def _keep(self, path: str, start: Message, body: bytes) -> bytes:
        if path not in self._keeping and self._bytes + len(body) <= MOST_BYTES:
            headers = list(start["headers"])  # others add theirs on the way out
            task = self._keeping[path] = asyncio.create_task(self._compress(path, headers, body))
            task.add_done_callback(lambda _: self._keeping.pop(path))
        return body

    async def _compress(self, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Compress in a thread: the largest file takes a fifth of a second."""
        smaller = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        kept = Response(body)
        kept.raw_headers = headers
        if len(smaller) < _WORTH * len(body):
            kept.body = smaller
            kept.headers["content-encoding"], kept.headers["content-length"] = "gzip", str(len(smaller))
            kept.headers.add_vary_header("Accept-Encoding")
        self._bytes += len(kept.body)
        self._kept[path] = kept


async def _send_in_pieces(send: Send, message: Message) -> None:
    """Send an answer bit by bit: what nobody reads is not copied for each connection."""
    body = message.get("body", b"")
    for begin in range(0, len(body) - PIECE, PIECE):
        await send({**message, "body": body[begin : begin + PIECE], "more_body": True})
    await send({**message, "body": body[max(0, len(body) - 1) // PIECE * PIECE :]} if body else message)


def _whole(send: Send, wants: Callable[[Headers], bool], look: Callable[[Message, bytes], bytes]) -> Send:
    """Return what an answer is sent by: one that `wants` names goes whole through `look`, which returns its body."""
    begun: Message | None = None
    parts: list[bytes] = []

    async def gather(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start" and message["status"] == 200 and wants(Headers(scope=message)):
            begun = message
        elif message["type"] == "http.response.body" and begun is not None:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                body = look(begun, b"".join(parts))
                await send(begun)
                await send({"type": "http.response.body", "body": body})
        else:
            await send(message)

    return gather


def _is_immutable(headers: Headers) -> bool:
    known = "content-length" in headers and "content-encoding" not in headers
    return known and "immutable" in headers.get("cache-control", "")


def _is_page(headers: Headers) -> bool:
    """Return whether an answer is a page of the app, and not a file that is handed on as it is."""
    return headers.get("content-type", "").startswith("text/html") and "content-disposition" not in headers


def _tell(start: Message, body: bytes) -> bytes:
    told = body.replace(_HEAD, _HEAD + _TOLD, 1).replace(_BODY, _BODY + _STYLE, 1)
    headers = MutableHeaders(scope=start)
    del headers["etag"], headers["last-modified"]
    if "content-length" in headers:
        headers["content-length"] = str(int(headers["content-length"]) + len(told) - len(body))
    return told
