"""What the terminal says when the server starts: which address is for whom.

Streamlit's own lines are switched off in ``.streamlit/config.toml``: they name no one, and without a screen Streamlit
asks a server on the internet for the address it would print.
"""

from __future__ import annotations

import os

import streamlit as st

from fvapp.core.processor import has_avx
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.i18n import Translator, locale_language
from fvapp.ui.server.guards import missing_guards


def print_addresses() -> None:
    """Print the address to open on this computer and the one that students type, in the language of the locale."""
    t = Translator(locale_language(os.environ))
    bound = st.get_option("server.address") or ""
    students = lan_address() if bound in EVERYWHERE else bound
    lines = ["", t("server.here", url=_url("localhost" if bound in EVERYWHERE else bound))]
    if bound in ONLY_HERE:
        lines.append(t("server.only_here"))
    elif students is None:
        lines.append(t("server.no_network"))
    else:
        lines.append(t("server.students", url=_url(students)))
    if not has_avx():
        lines.append(t("errors.no_avx"))
    if missing := missing_guards(t):
        lines.append(missing)
    print("\n  ".join(lines), end="\n\n", flush=True)


def _url(host: str) -> str:
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{host}:{st.get_option('server.port')}" + (f"/{base}" if base else "")
