"""Which pages may open a WebSocket here: the one decision, for Streamlit's stream and for our own.

The rules are Streamlit's: the page's own host, this machine, and what ``server.corsAllowedOrigins``,
``server.enableCORS`` and ``server.allowedHosts`` say. A proxy that rewrites Host is named in the first.
"""

from __future__ import annotations

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
def internet_not_asked() -> Iterator[None]:
    """Keep Streamlit from asking a server on the internet for this machine's external address, until the block ends.

    It is one of Streamlit's allowed origins, two seconds each time where the internet is out of reach, on the loop that
    serves everybody. A page that was opened under that address is of the same host anyway.
    """
    look_up = net_util.get_external_ip
    net_util.get_external_ip = lambda: None
    try:
        yield
    finally:
        net_util.get_external_ip = look_up
