"""Hand a file on to the visitor's phone: a picture of its address, which is good once."""

from __future__ import annotations

from html import escape

import segno
import streamlit as st

from fvapp.ui.server.handing import PATH
from fvapp.ui.server.parts import HANDING, LIVE


def can_hand_on() -> bool:
    """Return whether this process serves addresses of files; a host that runs ``app.py`` by itself does not."""
    return LIVE.runs


def hand_on(content: str, address: str) -> str:
    """Keep an HTML file for ten minutes and return where it is.

    Args:
        address: of the app, as the phone finds it.
    """
    base = st.get_option("server.baseUrlPath").strip("/")
    return "/".join(filter(None, (address, base, PATH, HANDING.offer(content.encode()))))


def draw_code(link: str, key: str) -> None:
    """Draw an address as a QR code."""
    code = segno.make(link, error="m", micro=False).svg_data_uri(border=4, light="#fff")
    with st.container(key=key, width=200):
        st.html(f"<img src='{escape(code)}' alt='{escape(link)}' style='width: 100%'>")
