"""The page's address: the settings that come with it, and where the app is found."""

from collections.abc import Collection
from urllib.parse import urlsplit

import streamlit as st

from fvapp.core.errors import SettingsError
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.ui.compat.greeting import PAGE, read_greeting
from fvapp.ui.kept_settings import before_address, is_new_address, take_from_address
from fvapp.ui.messages import say_next
from fvapp.ui.visit import Visit

FRAMED = "/~/+"
"""Streamlit Community Cloud has an app below this path, and frames it in a page of its own at the
path without it.

https://github.com/streamlit/streamlit/issues/5084
"""
_OTHER_NAMES = frozenset({"lang", "lock", "mission", "index", "part", "embed", "embed_options"})


def take_settings_from_address(visit: Visit, besides: Collection[str] = ()) -> None:
    """Take over the settings an address names, once for each new address.

    Unknown names and bad values fall back to the default, with a notice for each.

    Args:
        besides: names that the page reads itself.
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
            before = before_address(visit.token)
            settings, bad_values = RunSettings.from_query({**before.to_query(), **query})
            take_from_address(visit.engine, visit.token, settings)
            errors += bad_values
        for error in errors:
            say_next(visit.t("common.default_instead", reason=error.sentence(visit.t)))


def app_address() -> str:
    """Return where others find the app, without a page's path; an empty text where nobody knows.

    That is where this visitor's browser found it. Who sits at the server sees a name that leads
    others nowhere; then it is the server's number in the local network, if it listens there.
    """
    return served_address().removesuffix(FRAMED)


def served_address() -> str:
    """Return the same of what is no page and may stand in no frame: where the server itself is
    reached.
    """
    parts = urlsplit(st.context.url or "")
    port = st.get_option("server.port")
    if not parts.netloc:
        return ""
    # In a frame of the same site Streamlit calls the address of the page around it the app's.
    below = read_greeting(
        st.context.headers
    ).below or f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    host = parts.netloc
    is_everywhere = (st.get_option("server.address") or "") in EVERYWHERE
    # Another port is a tunnel's or a container's, of which the number in the network says nothing.
    if (
        parts.hostname in ONLY_HERE
        and is_everywhere
        and parts.port == port
        and (number := lan_address()) is not None
    ):
        host = f"{number}:{port}"
    return f"{parts.scheme}://{host}{below}"


def visitor_network() -> str:
    """Return the visitor's network address, of IPv6 the half that no computer chooses; empty behind
    a proxy here.
    """
    return st.context.headers.get(PAGE, "").partition(" ")[2]
