"""Delays the code of charts, coloured code, lists, metrics and downloads in Streamlit's page.

Streamlit's page runs the code for a kind of element as soon as the first such element arrives. The
code for charts blocks the browser's main thread for half a second or more, the code for lists for a
tenth of a second. Meanwhile, the page cannot draw the button that a visitor is looking for. So an
import map replaces each of these scripts with a small module that waits until the page is drawn.

This server puts the import map into the page's head (`late_scripts_html`). If a host ignores
``st.App`` and serves Streamlit's own page, the component that asks for the browser's storage adds
the map (`HOLD_BACK`), which works only in browsers that accept an import map after the page has
begun to load.

The names of these scripts are private to Streamlit: if they change, or the browser does not support
import maps, the page loads as usual.
"""

import json
from pathlib import Path

import streamlit

_SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_LATE = ("PlotlyChart", "StreamlitSyntaxHighlighter", "Selectbox", "Metric", "DownloadButton")

_HOLD_BACK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def late_scripts_html(folder: Path = _SCRIPTS) -> str:
    """Return HTML that delays Streamlit's slow scripts, for the start of the page's head.

    Return "" if none of the scripts is found.
    """
    call = _hold_back_call(folder, 'new URL("./static/js/", location.href).href')
    return f"<script>(() => {{{_HOLD_BACK}{call}}})();</script>" if call else ""


def _hold_back_call(folder: Path, address: str) -> str:
    names = [path.name for name in _LATE for path in folder.glob(f"{name}.*.js")]
    return f"holdBack({json.dumps(names)}, {address});" if names else ""


HOLD_BACK = f"""{_HOLD_BACK}
const main = document.querySelector("script[type=module][src*='/static/js/']"); // none where a host has its own page
if (main) {_hold_back_call(_SCRIPTS, 'new URL(".", main.src).href') or "{}"}
"""
"""JavaScript that delays Streamlit's slow scripts in a page that is already loaded.

A component's script begins with this code. On the app's own server, `late_scripts_html` delays the scripts.
"""
