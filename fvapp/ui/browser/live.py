"""Parts of a page that are drawn again when something changed.

Streamlit can draw a part again by the clock only (``run_every``), until streamlit/streamlit#11665
and #2838 give a way to ask for it from the server: each tick is a script run, also while there is
nothing new, and it sends along every widget change that waits, so that a click near a tick comes
twice. Here the server's socket tells the page, and the page asks by a trigger for the one part.
"""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.browser.components import make_component
from fvapp.ui.server.parts import LIVE

TICK = (
    1.0  # seconds between two looks where nothing tells us: under a host that runs app.py by itself
)

_UNDER_WAY = "part_under_way"
_TICKET = "live_ticket"
_component = make_component(__file__)


def draw_live(
    key: str,
    token: str,
    version: Callable[[], int],
    title: Callable[[], str],
    draw: Callable[[], bool],
) -> None:
    """Draw a part of the page, and draw it again whenever something changed. Once on each page.

    Args:
        key: of the part, different on each page.
        token: of the visitor's workspace.
        version: returns what the engine calls the latest change.
        title: returns what the browser's tab says; ``st.set_page_config`` reaches it from full
            script runs only.
        draw: draws the part; returns whether a run waits or trains.
    """
    under_way = st.session_state.setdefault(_UNDER_WAY, {})

    def part() -> None:
        drawn = version()  # before what is drawn is read: never more than was seen
        active = under_way[key] = draw()
        closed = getattr(st.session_state.get(f"live_{key}"), "changed", None) == 0
        data = {"drawn": drawn, "ticket": _ticket(token, closed), "title": title()}
        _component(key=f"live_{key}", data=data, on_changed_change=lambda: None, height=1)
        if not LIVE.runs and active != ticking:
            st.rerun()  # the whole page: its ticks begin or end with the runs

    ticking = not LIVE.runs and under_way.get(key, False)
    st.fragment(part, run_every=TICK if ticking else None)()


def _ticket(token: str, closed: bool) -> str | None:
    if not LIVE.runs:
        return None
    kept = st.session_state.get(_TICKET)
    before = kept[1] if kept is not None and kept[0] == token else None
    ticket = LIVE.ticket(token, before, closed)
    st.session_state[_TICKET] = (token, ticket)
    return ticket
