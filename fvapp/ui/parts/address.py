"""Reads settings from the page's address, and finds the address at which others reach the app."""

from collections.abc import Collection
from urllib.parse import urlsplit

import streamlit as st

from fvapp.core.errors import SettingsError
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import Translate
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.ui.compat.greeting import PAGE, read_greeting
from fvapp.ui.kept_settings import (
    is_new_address,
    set_settings_from_address,
    settings_before_address,
)
from fvapp.ui.visit import Visit

FRAMED = "/~/+"
"""Path at which Streamlit Community Cloud serves the app itself.

The address without this path serves a page that shows the app in a frame.

https://github.com/streamlit/streamlit/issues/5084
"""
_OTHER_NAMES = frozenset({"lang", "lock", "mission", "index", "part", "embed", "embed_options"})


def take_settings_from_address(visit: Visit, besides: Collection[str] = ()) -> None:
    """Apply the settings in the page's address, once for each new address.

    Unknown names are ignored, and invalid values are replaced by defaults. In both cases, the
    visitor gets a notice.

    Args:
        besides: names of query parameters that the page reads itself.
    """
    query = {
        name: value for name, value in st.query_params.to_dict().items() if name not in besides
    }
    if query and is_new_address(visit.engine, visit.token, query):
        errors = [
            SettingsError("unknown_setting", field=name[:40])
            for name in query
            if name not in SETTINGS and name not in _OTHER_NAMES
        ]
        if any(name in SETTINGS for name in query):
            before = settings_before_address(visit.token)
            settings, bad_values = RunSettings.from_query({**before.to_query(), **query})
            set_settings_from_address(visit.engine, visit.token, settings)
            errors += bad_values
        for error in errors:
            visit.messages.queue_default_used(error)


def app_address() -> str:
    """Return the address at which others reach the app, without a page's path; empty if unknown.

    The result is usually the address in the visitor's browser. A browser on the server's own
    computer may use a name such as localhost, which does not work on other computers. In that case,
    return the server's address in the local network, if the server listens there.
    """
    return server_address().removesuffix(FRAMED)


def server_address() -> str:
    """Return the server's own address, for links to files and other routes that are not pages.

    If a host shows the app's pages in a frame, these routes are not available at the frame's
    address.
    """
    parts = urlsplit(st.context.url or "")
    port = st.get_option("server.port")
    if not parts.netloc:
        return ""
    # If a page on the same site shows the app in a frame, `st.context.url` is that page's address.
    # The app's own path comes from the greeting, which the page sends when it opens its socket.
    below = read_greeting(
        st.context.headers
    ).base_path or f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    host = parts.netloc
    is_everywhere = (st.get_option("server.address") or "") in EVERYWHERE
    # Any port other than the server's own belongs to a tunnel or container, which cannot be reached
    # at the address in the local network.
    if (
        parts.hostname in ONLY_HERE
        and is_everywhere
        and parts.port == port
        and (number := lan_address()) is not None
    ):
        host = f"{number}:{port}"
    return f"{parts.scheme}://{host}{below}"


def is_only_here(address: str) -> bool:
    """Return whether an address opens the app on the computer that runs it, and on no other."""
    return urlsplit(address).hostname in ONLY_HERE


def draw_address_warning(address: str, t: Translate) -> None:
    """Draw a note below an address that is handed out, if no other device can open it."""
    if is_only_here(address):
        st.caption(t("common.only_here"))


def visitor_ip_network() -> str:
    """Return the visitor's IPv4 address or IPv6 network prefix; empty behind a local proxy."""
    return st.context.headers.get(PAGE, "").partition(" ")[2]
