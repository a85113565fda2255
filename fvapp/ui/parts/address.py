"""The page's address, which carries settings, and the address at which others reach the app."""

from collections.abc import Collection
from urllib.parse import urlsplit

import streamlit as st

from fvapp.core.errors import SettingsError
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.ui.compat.greeting import PAGE, read_greeting
from fvapp.ui.kept_settings import (
    is_new_address,
    set_settings_from_address,
    settings_before_address,
)
from fvapp.ui.messages import queue_message
from fvapp.ui.visit import Visit

FRAMED = "/~/+"
"""Path at which Streamlit Community Cloud serves an app; the page without it frames the app.

https://github.com/streamlit/streamlit/issues/5084
"""
_OTHER_NAMES = frozenset({"lang", "lock", "mission", "index", "part", "embed", "embed_options"})


def take_settings_from_address(visit: Visit, besides: Collection[str] = ()) -> None:
    """Apply the settings in the address, once for each new address.

    Unknown names and bad values fall back to the default, with a notice for each.

    Args:
        besides: query names that the page reads itself.
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
            queue_message(visit.t("common.default_instead", reason=error.to_sentence(visit.t)))


def app_address() -> str:
    """Return the app's address for others, without a page's path; empty if unknown.

    It is the address in this visitor's browser. On the server itself that may be a name of no use
    to others, such as localhost; then it is the server's local network address, if it listens
    there.
    """
    return server_address().removesuffix(FRAMED)


def server_address() -> str:
    """Return the server's own address, for routes that are not pages and cannot be framed."""
    parts = urlsplit(st.context.url or "")
    port = st.get_option("server.port")
    if not parts.netloc:
        return ""
    # Inside a frame of the same site, Streamlit reports the outer page's address as the app's.
    below = read_greeting(
        st.context.headers
    ).base_path or f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    host = parts.netloc
    is_everywhere = (st.get_option("server.address") or "") in EVERYWHERE
    # A different port belongs to a tunnel or a container, which the local address does not lead to.
    if (
        parts.hostname in ONLY_HERE
        and is_everywhere
        and parts.port == port
        and (number := lan_address()) is not None
    ):
        host = f"{number}:{port}"
    return f"{parts.scheme}://{host}{below}"


def visitor_ip_network() -> str:
    """Return the visitor's IP address, for IPv6 its network half; empty behind a local proxy."""
    return st.context.headers.get(PAGE, "").partition(" ")[2]
