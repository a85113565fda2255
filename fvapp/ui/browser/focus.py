"""The focus, given back where a script run rebuilds what had it or takes it away.

Streamlit's page rebuilds an element whose place among its neighbours changes, and a button that is gone leaves the
focus nowhere: who works with the keyboard begins at the top of the page again. The element of the same key gets it
back, else a neighbour in the same container.
"""

from __future__ import annotations

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def keep_focus() -> None:
    """Have the browser keep the focus. Once in a full script run."""
    _component(key="focus", height=1)
