"""The code of charts, coloured code, lists, figures and downloads, which Streamlit's page loads late.

Streamlit's page runs the code of a kind of element as soon as the first of its kind comes. That of charts takes half a
second of the browser's only thread and more, that of lists a tenth: meanwhile the button one looks for is not drawn. So
an import map puts a small module in its place that waits until the page is there.

The names of these files are private to Streamlit: where they are others the page is served as it is, and so does a
browser load it that takes no import map.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import streamlit

_SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_LATE = ("PlotlyChart", "StreamlitSyntaxHighlighter", "Selectbox", "Metric", "DownloadButton")
_FOLDER = "./static/js/"  # of the page

# A page has its title once it is known who is here; see ``fvapp.ui.arrival``. A skeleton stands in the place of an
# element whose code is on its way.
_WAIT = """
window.fvappPageDrawn = new Promise((resolve) => {
  const idle = window.requestIdleCallback ?? setTimeout;
  let before = -1;
  const look = () => {
    const state = document.querySelector("[data-test-script-state]")?.dataset.testScriptState;
    const skeletons = document.querySelectorAll("[data-testid=stSkeleton]").length;
    const drawn = state === "notRunning" && document.querySelector(".stMain h1") && skeletons === before;
    before = skeletons;
    if (drawn) idle(resolve, { timeout: 500 });
    else setTimeout(look, 50);
  };
  look();
  setTimeout(resolve, 20000);
});
"""


def late_scripts(folder: Path = _SCRIPTS) -> str:
    """Return what the page's head is to begin with, after the address of its server; empty where nothing is found."""
    names = [path.name for name in _LATE for path in folder.glob(f"{name}.*.js")]
    if not names:
        return ""
    scopes = {_FOLDER: {_FOLDER + name: f"data:text/javascript,{quote(_late(name))}" for name in names}}
    return f'<script>{_WAIT}</script><script type="importmap">{json.dumps({"scopes": scopes})}</script>'


def _late(name: str) -> str:
    address = f'new URL("{_FOLDER}{name}", window.__streamlit.BACKEND_BASE_URL).href'
    return f"await window.fvappPageDrawn; export default (await import({address})).default;"
