"""How much of uploaded files the server keeps in memory, for a session and for all.

Streamlit keeps each uploaded file until its session is over, whether or not a widget asked for it: anybody with a
session could fill the memory of the server, 2 MB at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

MB = 2**20
MOST_OF_SESSION = 8 * MB  # four of the largest; the oldest goes, which no widget shows by then
MOST = 64 * MB  # of everybody; the oldest of whoever has most goes
MOST_OF_GONE = 4 * MB  # of all sessions that have lost their connection, which may come back
MOST_AT_ONCE = 3  # uploads on their way, of one session
MOST_AT_ONCE_ALL = 64
LONGEST = 60.0  # seconds for one upload
TIDIED_EVERY = 10.0
_PATH = "/_stcore/upload_file/"


class Uploads:
    """Middleware before Streamlit's route for uploads.

    Args:
        runtime: returns Streamlit's runtime, which exists once the server has begun.
    """

    def __init__(self, app: ASGIApp, runtime: Callable[[], Runtime] = get_instance) -> None:
        self._app, self._runtime = app, runtime
        self._on_their_way: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or _PATH not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session = scope["path"].rpartition(_PATH)[2].partition("/")[0]
        count = self._on_their_way.get(session, 0)
        if count >= MOST_AT_ONCE or sum(self._on_their_way.values()) >= MOST_AT_ONCE_ALL:
            await PlainTextResponse("Too many uploads at the same time", 429)(scope, receive, send)
            return
        self._on_their_way[session] = count + 1
        try:
            async with asyncio.timeout(LONGEST):
                await self._app(scope, receive, send)
        except TimeoutError:
            with suppress(RuntimeError):  # the answer had begun
                await PlainTextResponse("The upload took too long", 408)(scope, receive, send)
        finally:
            self._on_their_way[session] -= 1
            if not self._on_their_way[session]:
                del self._on_their_way[session]
            keep_within(self._runtime(), session)


def keep_within(runtime: Runtime, session: str | None = None) -> None:
    """Drop what is too much: of one session, of all, and of those that have lost their connection."""
    files = runtime.uploaded_file_mgr
    if not isinstance(files, MemoryUploadedFileManager):
        return  # a host that keeps them elsewhere
    if session is not None:
        _shrink(files, [session], MOST_OF_SESSION)
    gone = [each for each in list(files.file_storage) if not runtime.is_active_session(each)]
    _shrink(files, gone, MOST_OF_GONE)
    _shrink(files, list(files.file_storage), MOST)


def _shrink(files: MemoryUploadedFileManager, sessions: list[str], most: int) -> None:
    """Drop the oldest files of whoever of `sessions` has most, until all of them have no more than `most` bytes."""
    held = {
        session: {file_id: len(file.data) for file_id, file in list(files.file_storage.get(session, {}).items())}
        for session in sessions
    }
    total = sum(sum(sizes.values()) for sizes in held.values())
    while total > most:
        session = max(held, key=lambda each: sum(held[each].values()))
        oldest = next(iter(held[session]))
        total -= held[session].pop(oldest)
        files.remove_file(session, oldest)


@asynccontextmanager
async def tidied_uploads() -> AsyncIterator[None]:
    """Free the files of sessions that are gone from time to time, until the block ends."""

    async def tidy() -> None:
        while True:
            await asyncio.sleep(TIDIED_EVERY)
            keep_within(get_instance())

    task = asyncio.create_task(tidy(), name="fvapp-uploads")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
