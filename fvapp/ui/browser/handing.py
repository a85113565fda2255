"""Makes links to files on this server, and QR codes for addresses."""

from html import escape

import segno

from fvapp.core.colours import WHITE
from fvapp.ui.server.handing import PATH
from fvapp.ui.server.home import HOME_PATH, smallest_edition_html
from fvapp.ui.server.parts import HANDING, LIVE

__all__ = [
    "HANDING",
    "can_serve_files",
    "file_link",
    "qr_code_html",
    "smallest_edition_html",
    "smallest_edition_link",
]

# Highest preferred QR version: 37 squares a side, for 84 characters, or 106 with the lowest error
# correction.
FINEST = 5


def can_serve_files() -> bool:
    """Return whether this process serves files; it does not if the host ignores ``st.App``."""
    return LIVE.serves_live_sockets


def file_link(code: str, address: str) -> str:
    """Return the link to a file offered under this code.

    Args:
        address: an address at which phones can reach the server.
    """
    return f"{address}/{PATH}/{code}"


def smallest_edition_link(address: str) -> str:
    """Return the link to the app's smallest edition, a page that trains without a server.

    Args:
        address: an address at which phones can reach the server.
    """
    return f"{address}/{HOME_PATH}"


def qr_code_html(link: str) -> str:
    """Return HTML with a QR code for an address.

    An address that needs a finer code than `FINEST` gets less error correction instead: a
    projected code cannot get dirty, but a phone at the back of the room must be able to tell its
    squares apart.
    """
    made = segno.make(link, error="m", micro=False)
    if int(made.version) > FINEST:
        made = segno.make(link, error="l", micro=False)
    picture = made.svg_data_uri(border=4, light=WHITE)
    return f"<img class='fvapp-qr' src='{escape(picture)}' alt='{escape(link)}'>"
