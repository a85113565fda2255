"""Reads the greeting by which a page identifies its visitor when it opens its socket.

The greeting tells the first script run who the visitor is. A page can add only the names of
subprotocols to a socket's request. Streamlit's page names three: its own, a token against forged
requests, and the session to resume. The greeting follows them, and the server removes it before
Streamlit reads the names (``fvapp.ui.server.greetings``). The greeting is missing if the host
ignores ``st.App`` and serves Streamlit's own page, if the browser refuses storage, or if a later
version of Streamlit's page opens its socket differently. Then the first script run asks the
browser; see ``fvapp.ui.browser.storage``.

The greeting also carries a secret from the page's address. The page removes the secret from the
address before it fetches anything else.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

HEADER = "fvapp-browser"  # request header with what the browser told the page's socket
# Request header that the server adds: the number of the page's socket, a space, and the client's
# network if known.
PAGE = "fvapp-page"
_PREFIX = "fvapp."
_PATH = re.compile(r"(/[\w~+.-]{1,60}){0,6}")

_FOLDER = Path(__file__).parent

STORED = (_FOLDER / "stored.js").read_text(encoding="utf-8")
"""JavaScript functions that read what the app has stored in the browser, and make a new token."""

GREETING = f"<script>(() => {{{STORED}{(_FOLDER / 'greeting.js').read_text(encoding='utf-8')}}})();</script>"
"""Script for the head of Streamlit's page; it adds the greeting when the page opens its socket.

The greeting tells the server which visitor has opened the page.
"""


class PageGreeting(NamedTuple):
    """The greeting's parts; in the header, dots separate them, and each may be empty or missing.

    Attributes:
        token: the workspace's token.
        language: the language that the visitor chose earlier.
        secret_name: name of the secret that the page removed from its address, to keep it out of
            the browser's history and of `Referer` headers.
        secret_value: the secret itself.
        base_path: path below which the browser finds the app; the server does not know the path if
            a proxy removes it from requests.
    """

    token: str = ""
    language: str = ""
    secret_name: str = ""
    secret_value: str = ""
    base_path: str = ""


def read_greeting(headers: Mapping[str, str]) -> PageGreeting:
    """Return the greeting in the headers of a socket's request."""
    greeting = PageGreeting(*headers.get(HEADER, "").split(".")[:5])
    below = unquote(greeting.base_path)
    return greeting._replace(base_path=below if _PATH.fullmatch(below) else "")


def split_off_greeting(protocols: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the subprotocols that are meant for Streamlit, and the page's greeting or None."""
    others = [protocol for protocol in protocols if not protocol.startswith(_PREFIX)]
    ours = [
        protocol.removeprefix(_PREFIX) for protocol in protocols if protocol.startswith(_PREFIX)
    ]
    return others, ours[0] if ours else None
