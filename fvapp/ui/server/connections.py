"""Connections that never ask for anything are closed, so that they shut nobody out.

uvicorn waits for a first request for ever. Each connection is a file of the process, of which a shell may allow 1,024;
with all of them taken, nobody gets in.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.ui.compat import connections_told, has_asked

if sys.platform != "win32":
    import resource

SILENT_SECONDS = 10.0  # for a first request, complete with its headers
MOST_FILES = 65_536  # as many as we ask for; the system may allow fewer
MOST_SILENT = 1_000  # at a time, of everybody together: a school is one address, and all its browsers speak at once


def raise_file_limit(wanted: int = MOST_FILES) -> int:
    """Raise the number of files this process may have open as far as it may; return the limit that holds now."""
    if sys.platform == "win32":
        return wanted  # no such limit for sockets there
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft if soft != resource.RLIM_INFINITY else wanted


class SilentConnections:
    """Those that are open and have not asked for anything yet, of all addresses together.

    Args:
        most: beyond it the oldest goes at once.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._watched: dict[asyncio.Protocol, asyncio.Transport] = {}  # the oldest first

    def watch(self, protocol: asyncio.Protocol, transport: asyncio.Transport) -> None:
        """Begin to watch a connection that was just made."""
        self._watched[protocol] = transport
        asyncio.get_running_loop().call_later(self._seconds, self._end_if_silent, protocol)
        while len(self._watched) > self._most:
            self._end_if_silent(next(iter(self._watched)))

    def forget(self, protocol: asyncio.Protocol) -> None:
        """Stop watching a connection that is gone."""
        self._watched.pop(protocol, None)

    def _end_if_silent(self, protocol: asyncio.Protocol) -> None:
        transport = self._watched.pop(protocol, None)
        if transport is not None and not has_asked(protocol, transport):
            transport.abort()


@contextmanager
def watch_connections(seconds: float = SILENT_SECONDS, most: int = MOST_SILENT) -> Iterator[None]:
    """Watch the connections of this process's server until the block ends. Call it where the loop runs.

    Args:
        seconds: for a first request.
        most: silent at a time; half of the files this process may have open, where that is less.
    """
    silent = SilentConnections(min(most, raise_file_limit() // 2), seconds)
    with connections_told(silent.watch, silent.forget):
        yield
