"""Which pages may open a WebSocket here: the one decision, for Streamlit's stream and for our own.

The rules are Streamlit's: the page's own host, this machine, and what ``server.corsAllowedOrigins``,
``server.enableCORS`` and ``server.allowedHosts`` say. A proxy that rewrites Host is named in the first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed


def is_allowed(origin: str | None, host: str | None) -> bool:
    """Return whether a page of `origin` may talk to us, who were asked for as `host`; both as in the headers.

    Who sends no origin is no browser and needs none.
    """
    if not is_host_allowed(host):
        return False
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == host or is_url_from_allowed_origins(origin)
    except ValueError:  # no address at all, such as "http://["
        return False


@contextmanager
def external_address_found_aside() -> Iterator[None]:
    """Have Streamlit find this machine's external address once and in a thread, until the block ends.

    It is one of the allowed origins. Streamlit asks a server on the internet for it at each handshake of an origin that
    is none of the others, two seconds each time where that is out of reach, on the loop that serves everybody. Here the
    first such handshake has it looked up, and is refused like those that follow until it is found; a page that is
    refused tries again by itself. Where nobody comes from elsewhere nobody is asked.
    """
    look_up, found, lock = net_util.get_external_ip, [], threading.Lock()

    def external_address() -> str | None:
        if lock.acquire(blocking=False):  # never released: once
            threading.Thread(target=lambda: found.append(look_up()), name="fvapp-address", daemon=True).start()
        return next(iter(found), None)

    net_util.get_external_ip = external_address
    try:
        yield
    finally:
        net_util.get_external_ip = look_up
