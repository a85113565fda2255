"""A lost connection, said at once and in the visitor's language.

Streamlit's page says "Connecting" in a corner and after a while "Connection error" in a dialog, both in English, with
advice meant for the app's author. The browser itself reports that it is offline; that the server is gone shows in the
state of Streamlit's own connection, which its page writes on its root element for tests. Should a later version not
write it, the browser's report remains.
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
