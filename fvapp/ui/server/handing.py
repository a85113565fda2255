"""Files that a visitor hands on: to a phone, once within ten minutes, or to a class, while they are on its wall.

They lie in memory and are gone with the server. The address alone gives the file, without a workspace, and the
address says nothing of whose it was.
"""

import secrets
import threading
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PATH = "at-home"
SECONDS = 600.0
WALL_SECONDS = 3 * 3_600.0  # a morning, should nobody take a file off the wall
MOST_BYTES = 32 * 2**20  # of all files together; beyond it the oldest goes

# The page may run its own script and has nothing else of the app's: not its storage, in which a workspace's token is.
_HEADERS = {"Content-Security-Policy": "sandbox allow-scripts; frame-ancestors 'none'", "Cache-Control": "no-store"}


class Handing:
    """The files that wait to be fetched.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        # The oldest first: content, whether it is on a wall, until when it is kept.
        self._files: dict[str, tuple[bytes, bool, float]] = {}

    def offer(self, content: bytes, on_wall: bool = False) -> str:
        """Keep an HTML file and return the code in its address. Called by script runs, from any thread."""
        code = secrets.token_urlsafe(16)
        with self._lock:
            self._forget_old()
            self._files[code] = content, on_wall, self._clock() + (WALL_SECONDS if on_wall else SECONDS)
            while len(self._files) > 1 and sum(len(each) for each, *_ in self._files.values()) > MOST_BYTES:
                del self._files[next(iter(self._files))]
        return code

    def holds(self, code: str) -> bool:
        """Return whether a file is still there; none is after the server has started again."""
        with self._lock:
            self._forget_old()
            return code in self._files

    def take_back(self, code: str) -> None:
        with self._lock:
            self._files.pop(code, None)

    async def serve(self, request: Request) -> Response:
        """Answer the address of a file; what only asks whether it is there does not use it up."""
        code = request.path_params["code"]
        with self._lock:
            self._forget_old()
            content, on_wall, _ = self._files.get(code, (None, True, 0))
            if not on_wall and request.method != "HEAD":
                del self._files[code]
        if content is None:
            return PlainTextResponse("Not found", 404, _HEADERS)
        # Android's browsers run the script of a file that they saved, iPhones only that of a page.
        way = "attachment" if "Android" in request.headers.get("user-agent", "") else "inline"
        named = {"Content-Disposition": f'{way}; filename="network.html"'}
        return Response(content, media_type="text/html", headers=_HEADERS | named)

    def _forget_old(self) -> None:
        now = self._clock()
        for code in [code for code, (*_, until) in self._files.items() if now > until]:
            del self._files[code]
