"""The code of charts, coloured code, lists, figures and downloads, which Streamlit's page loads
late.

Streamlit's page runs the code of a kind of element as soon as the first of its kind comes. That of
charts takes half a second of the browser's only thread and more, that of lists a tenth: meanwhile
the button one looks for is not drawn. So an import map puts a small module in its place that waits
until the page is there.

The head of the page that this server sends does so (`late_scripts`); where a host runs ``app.py``
by itself, the component that asks who is here (`HOLD_BACK`), which only a browser heeds that takes
a map after the page has begun.

The names of these files are private to Streamlit: where they are others the page is served as it
    is, and so does a
browser load it that takes no import map.
"""

import json
from pathlib import Path

import streamlit

_SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_LATE = ("PlotlyChart", "StreamlitSyntaxHighlighter", "Selectbox", "Metric", "DownloadButton")

_HOLD_BACK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def late_scripts(folder: Path = _SCRIPTS) -> str:
    """Return what the page's head is to begin with; empty where nothing is found."""
    call = _call(folder, 'new URL("./static/js/", location.href).href')
    return f"<script>(() => {{{_HOLD_BACK}{call}}})();</script>" if call else ""


def _call(folder: Path, address: str) -> str:
    names = [path.name for name in _LATE for path in folder.glob(f"{name}.*.js")]
    return f"holdBack({json.dumps(names)}, {address});" if names else ""


HOLD_BACK = f"""{_HOLD_BACK}
const main = document.querySelector("script[type=module][src*='/static/js/']"); // none where a host has its own page
if (main) {_call(_SCRIPTS, 'new URL(".", main.src).href') or "{}"}
"""
"""The same for a page that is there: JavaScript for the top of a component's script."""
