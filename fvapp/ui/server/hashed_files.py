"""Streamlit's own files, sent from memory and compressed: a browser's first visit asks for over a hundred of them.

Streamlit reads each of them from disk for every browser, in threads and in pieces of 64 kB, and does not compress them,
because its middleware would compress them again for every request. But files marked immutable, whose names contain a
hash of their content, can be kept in memory the way they are sent. The first answer for a file passes through
unchanged; later ones come from memory.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16 * 2**20
"""Of all that is kept; all of Streamlit's files take 9 MB."""

_WORTH = 0.9  # of the size: fonts and pictures are compressed already
_CONDITIONS = ("range", "if-none-match", "if-modified-since")


@dataclass(frozen=True)
class _Kept:
    headers: list[tuple[bytes, bytes]]
    body: bytes = field(repr=False)
    compressed: bool


class HashedFiles:
    """Middleware that keeps what an answer calls immutable."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0
        self._keeping: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or "/static/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        headers, kept = Headers(scope=scope), self._kept.get(scope["path"])
        if any(name in headers for name in _CONDITIONS):
            await self._app(scope, receive, send)
        elif kept is None:
            await self._first(scope, receive, send)
        elif kept.compressed and "gzip" not in headers.get("accept-encoding", ""):
            await self._app(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
            await send({"type": "http.response.body", "body": kept.body})

    async def _first(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an answer pass, and keep it when it is whole."""
        path = scope["path"]
        begun: Message | None = None
        parts: list[bytes] = []

        async def watch(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and self._wants(path, message):
                begun = {**message, "headers": list(message["headers"])}  # others add theirs on the way out
            elif message["type"] == "http.response.body" and begun is not None:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    self._keep(path, begun["headers"], b"".join(parts))
            await send(message)

        await self._app(scope, receive, watch)

    def _wants(self, path: str, start: Message) -> bool:
        headers = Headers(scope=start)
        immutable = start["status"] == 200 and "immutable" in headers.get("cache-control", "")
        size = int(headers.get("content-length", MOST_BYTES))
        room = self._bytes + size <= MOST_BYTES
        return immutable and room and "content-encoding" not in headers and path not in self._keeping

    def _keep(self, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        if path in self._keeping or path in self._kept:
            return
        task = self._keeping[path] = asyncio.create_task(self._compress(path, headers, body))
        task.add_done_callback(lambda _: self._keeping.pop(path))

    async def _compress(self, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Compress in a thread: the largest file takes a fifth of a second."""
        smaller = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        compressed = len(smaller) < _WORTH * len(body)
        kept = MutableHeaders(raw=list(headers))
        if compressed:
            kept["content-encoding"], kept["content-length"] = "gzip", str(len(smaller))
            kept.add_vary_header("Accept-Encoding")
            body = smaller
        self._kept[path] = _Kept(kept.raw, body, compressed)
        self._bytes += len(body)
