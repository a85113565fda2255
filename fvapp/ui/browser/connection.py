"""A lost connection, said at once and in the visitor's language.

Streamlit's page says "Connecting" in a corner and after a while "Connection error" in a dialog, both in English, with
advice for whoever wrote the app. A browser that knows it is offline tells so; that the server is gone is known by the
state of Streamlit's own connection, which its page writes on its root for tests. Where that is no longer written, what
the browser tells is left.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fvapp.i18n import Translator

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "fvapp.connection",
    js=(_FOLDER / "connection.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "connection.css").read_text(encoding="utf-8"),
)


def watch_connection(t: Translator) -> None:
    """Have the browser say when the connection is lost. Once in a full script run."""
    _component(key="connection", data={"lost": t("common.connection_lost")}, height=1)
