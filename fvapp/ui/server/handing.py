"""Serves HTML files that contain a network: to a visitor's phone, or from a class's wall.

The wall is where students show their networks to their school class. Anybody with a file's address
can download the file without a workspace, and the address does not reveal the owner. A file for a
phone can be downloaded once, within ten minutes; it is kept in memory, and lost when the server
stops. A file from a class's wall is made on request, and cached.
"""

import asyncio
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fvapp.core.errors import FvappError
from fvapp.core.export.at_home import write_take_home_page
from fvapp.engine.api import ShownNetwork
from fvapp.i18n import Translator

PATH = "at-home"
SECONDS = 600.0
MOST_BYTES = 32 * 2**20  # maximum bytes of all files for phones, and of all files from walls

# Headers of a served page, which may run its own script and offer a download, but must not access
# the app's storage in the browser, which contains the workspace's token.
SANDBOXED = {
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads; frame-ancestors 'none'"
}
_HEADERS = {**SANDBOXED, "Cache-Control": "no-store"}


class BoundedFiles:
    """Files in memory, whose total size is `MOST_BYTES` at most.

    Beyond this limit, the oldest file of the owner with the most bytes is deleted.
    """

    def __init__(self) -> None:
        self._files: dict[object, tuple[str, bytes]] = {}  # owner and content by key, oldest first

    def __contains__(self, key: object) -> bool:
        return key in self._files

    def put_file(self, key: object, owner: str, content: bytes) -> None:
        self._files[key] = owner, content
        sizes: Counter[str] = Counter()
        for holder, stored in self._files.values():
            sizes[holder] += len(stored)
        while sizes.total() > MOST_BYTES and len(self._files) > 1:
            most = max(sizes, key=sizes.__getitem__)
            oldest = next(file for file, (holder, _) in self._files.items() if holder == most)
            sizes[most] -= len(self.pop_file(oldest) or b"")

    def get_file(self, key: object) -> bytes | None:
        return self._files.get(key, ("", None))[1]

    def pop_file(self, key: object) -> bytes | None:
        return self._files.pop(key, ("", None))[1]


class FileHandover:
    """Offers files with networks for download.

    Args:
        on_wall: returns the network that a class's wall shows under a code, or raises an
            FvappError.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self, on_wall: Callable[[str], ShownNetwork], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find_network_on_wall = on_wall
        self._clock = clock
        self._lock = threading.Lock()
        # When each file for a phone expires, by the file's code, oldest first.
        self._expiry_time_by_code: dict[str, float] = {}
        self._phone_files = BoundedFiles()
        self._wall_files = BoundedFiles()
        # Only one file is made at a time, so that two requests do not make the same file.
        self._file_making_lock = asyncio.Lock()

    def offer_file(self, content: bytes, owner: str) -> str:
        """Keep an HTML file for a phone, and return the code in the file's address. Thread-safe.

        Args:
            owner: id of the file's owner, so that a visitor with many files does not displace
                other visitors' files.
        """
        code = secrets.token_urlsafe(16)
        with self._lock:
            self._forget_expired_files()
            self._phone_files.put_file(code, owner, content)
            self._expiry_time_by_code[code] = self._clock() + SECONDS
        return code

    async def serve_file(self, request: Request) -> Response:
        """Return the file at an address.

        A phone's file can be downloaded only once; a HEAD request does not count as a download.
        """
        code = request.path_params["code"]
        with self._lock:
            self._forget_expired_files()
            content = (
                self._phone_files.get_file
                if request.method == "HEAD"
                else self._phone_files.pop_file
            )(code)
        if content is None:
            async with self._file_making_lock:
                content = await asyncio.to_thread(self._make_wall_file, code)
        if content is None:
            return PlainTextResponse("Not found", 404, _HEADERS)
        # Android's browsers run scripts in saved files, but iPhones run them only in opened pages.
        way = "attachment" if "Android" in request.headers.get("user-agent", "") else "inline"
        named = {"Content-Disposition": f'{way}; filename="network.html"'}
        return Response(content, media_type="text/html", headers=_HEADERS | named)

    def _make_wall_file(self, code: str) -> bytes | None:
        try:
            shown = self._find_network_on_wall(code)
            # The key changes as the network trains, so that a network that has trained further
            # gets a new file.
            key = (code, shown.record.state, shown.record.run_position)
            if key not in self._wall_files:
                t = Translator(shown.wall_entry.language)
                wall = shown.wall_entry
                page = write_take_home_page(
                    shown.network,
                    shown.dataset,
                    t,
                    record=shown.record,
                    name=wall.name,
                    own_drawings=wall.own_drawings,
                )
                self._wall_files.put_file(key, shown.class_id, page)
            return self._wall_files.get_file(key)
        except FvappError:
            return None

    def _forget_expired_files(self) -> None:
        now = self._clock()
        for code in [
            code
            for code, until in self._expiry_time_by_code.items()
            if now > until or code not in self._phone_files
        ]:
            del self._expiry_time_by_code[code]
            self._phone_files.pop_file(code)
