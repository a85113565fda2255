"""Links to files on this server, and QR codes of addresses."""

from html import escape

import segno

from fvapp.core.colours import WHITE
from fvapp.ui.server.handing import PATH
from fvapp.ui.server.home import HOME_PATH, home_page
from fvapp.ui.server.parts import HANDING, LIVE

__all__ = [
    "HANDING",
    "can_hand_on",
    "code_html",
    "home_page",
    "link_to",
    "link_to_home",
]

# QR code version: 37 squares a side, 84 characters, or 106 at the lowest error correction
FINEST = 5


def can_hand_on() -> bool:
    """Return whether this process serves files; a host that runs ``app.py`` itself does not."""
    return LIVE.is_served


def link_to(code: str, address: str) -> str:
    """Return the link to the file of a code.

    Args:
        address: of the server, as a phone reaches it.
    """
    return f"{address}/{PATH}/{code}"


def link_to_home(address: str) -> str:
    """Return the link to the smallest edition, like :func:`link_to`."""
    return f"{address}/{HOME_PATH}"


def code_html(link: str) -> str:
    """Return an address as a QR code, in HTML.

    A code finer than `FINEST` gets less error correction instead: a projected picture has no dirt,
    but a phone at the back of the room must tell the squares apart.
    """
    made = segno.make(link, error="m", micro=False)
    if int(made.version) > FINEST:
        made = segno.make(link, error="l", micro=False)
    picture = made.svg_data_uri(border=4, light=WHITE)
    return f"<img class='fvapp-qr' src='{escape(picture)}' alt='{escape(link)}'>"
