"""Serves Streamlit's files compressed, and its page with the app's scripts and style.

A browser requests over a hundred files on its first visit. Streamlit reads each file from disk for
every browser, in threads and in pieces of 64 kB. It does not compress the files, because its
middleware would compress them again for every request. Files marked immutable have a hash of their
content in their names, so this middleware can keep them compressed in memory.
"""

import asyncio
import gzip
import re
from collections import defaultdict
from functools import lru_cache, partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fvapp.ui.compat import PAGE_TOLD
from fvapp.ui.compat.greeting import GREETING
from fvapp.ui.compat.late_scripts import late_scripts_html
from fvapp.ui.style import PRELOADED_FONT, page_style

MOST_BYTES = 16 * 2**20
"""Maximum size of all cached files together, in bytes; all of Streamlit's files take 9 MB."""

PIECE = 2**15
"""Number of bytes that are sent at a time.

For a client that does not read, two such pieces stay in memory.
"""

_HEAD = b"<head>"
_BODY = b"<body>"
# The tag with which Streamlit preloads a font of 171 kB, which the app's theme never uses.
_ITS_FONT = re.compile(rb'<link\s+rel="preload"[^>]*as="font"[^>]*>')
# Scripts and tags for the start of the page's head. Preloading the code of the first elements here
# did not help: on a slow connection, the "Train" button appeared later.
_TOLD = PRELOADED_FONT.encode() + PAGE_TOLD + (GREETING + late_scripts_html()).encode()
_STYLE = page_style().encode()
_LEVEL = 9
# A compressed file is used only if smaller than this share of the original, as fonts hardly shrink.
_WORTH = 0.9
_CONDITIONS = ("range", "if-none-match", "if-modified-since")


class CompressedFiles:
    """Middleware that caches immutable files, and adds scripts and style to Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cached_responses: dict[str, Response] = {}
        self._cached_bytes = 0
        # Locks by path: a file is read and compressed only once, while other requests for the file
        # wait. A file that cannot be cached is requested from Streamlit each time.
        self._read_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._uncacheable_paths: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = partial(_send_in_pieces, send)
        asked = (
            Headers(scope=scope)
            if scope["type"] == "http" and scope["method"] == "GET"
            else Headers()
        )
        packs = "gzip" in asked.get("accept-encoding", "")
        if "text/html" in asked.get("accept", ""):
            # These headers are withheld from Streamlit's own middleware, which runs after this
            # middleware. Otherwise, Streamlit would compress the page at every address except "/",
            # and would report the page as unchanged even if the app's additions have changed.
            plain = [
                header
                for header in scope["headers"]
                if header[0].decode() not in ("accept-encoding", *_CONDITIONS)
            ]
            await self._app({**scope, "headers": plain}, receive, _send_with_scripts(send, packs))
        elif (
            packs and "/static/" in scope["path"] and not any(name in asked for name in _CONDITIONS)
        ):
            await self._serve_cached_file(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_cached_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the cached file, after reading it if it is not cached yet."""
        path = scope["path"]
        async with self._read_locks[path]:
            if path not in self._cached_responses and path not in self._uncacheable_paths:
                await self._cache_file(scope, receive)
        self._read_locks.pop(path, None)
        await self._cached_responses.get(path, self._app)(scope, receive, send)

    async def _cache_file(self, scope: Scope, receive: Receive) -> None:
        """Cache a file, or record that it cannot be cached.

        Files are compressed in a thread, since the largest file takes 0.2 s.
        """
        parts: list[Message] = []

        async def gather_response_message(message: Message) -> None:
            parts.append(message)

        await self._app(scope, receive, gather_response_message)
        start, *bodies = parts
        body = b"".join(message.get("body", b"") for message in bodies)
        headers = Headers(scope=start)
        if (
            start["status"] != 200
            or "content-length" not in headers
            or "content-encoding" in headers
            or "immutable" not in headers.get("cache-control", "")
            or self._cached_bytes + len(body) > MOST_BYTES
        ):
            self._uncacheable_paths.add(scope["path"])
            return
        kept = Response()
        kept.raw_headers = list(start["headers"])
        kept.body = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
        if len(kept.body) < _WORTH * len(body):
            kept.headers["content-encoding"] = "gzip"
            kept.headers.add_vary_header("Accept-Encoding")
        else:
            kept.body = body
        kept.headers["content-length"] = str(len(kept.body))
        self._cached_bytes += len(kept.body)
        self._cached_responses[scope["path"]] = kept


async def _send_in_pieces(send: Send, message: Message) -> None:
    """Send a response in pieces, to avoid a copy of the whole response for a slow client."""
    body = message.get("body", b"")
    for begin in range(0, len(body) - PIECE, PIECE):
        await send({**message, "body": body[begin : begin + PIECE], "more_body": True})
    await send(
        {**message, "body": body[max(0, len(body) - 1) // PIECE * PIECE :]} if body else message
    )


def _send_with_scripts(send: Send, packs: bool) -> Send:
    """Return a `send` function that adds scripts and style to the app's pages."""
    begun: Message | None = None
    parts: list[bytes] = []

    async def gather_response_message(message: Message) -> None:
        nonlocal begun
        if (
            message["type"] == "http.response.start"
            and message["status"] == 200
            and _is_app_page(Headers(scope=message))
        ):
            begun = message
        elif message["type"] == "http.response.body" and begun is not None:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                body = _add_scripts_to_page(packs, begun, b"".join(parts))
                await send(begun)
                await send({"type": "http.response.body", "body": body})
        else:
            await send(message)

    return gather_response_message


def _is_app_page(headers: Headers) -> bool:
    """Return whether a response is a page of the app, and not a downloadable HTML file."""
    return (
        headers.get("content-type", "").startswith("text/html")
        and "content-disposition" not in headers
    )


def _add_scripts_to_page(packs: bool, start: Message, body: bytes) -> bytes:
    """Return Streamlit's page with the app's scripts and style; change its headers accordingly."""
    told = (
        _ITS_FONT.sub(b"", body).replace(_HEAD, _HEAD + _TOLD, 1).replace(_BODY, _BODY + _STYLE, 1)
    )
    headers = MutableHeaders(scope=start)
    del headers["etag"], headers["last-modified"]
    if packs:
        told = _compressed_page(told)
        headers["content-encoding"] = "gzip"
        headers.add_vary_header("Accept-Encoding")
    if "content-length" in headers:
        headers["content-length"] = str(len(told))
    return told


@lru_cache(maxsize=4)
def _compressed_page(page: bytes) -> bytes:
    """Return the compressed page, cached because it is the same for every visitor and address."""
    return gzip.compress(page, _LEVEL, mtime=0)
