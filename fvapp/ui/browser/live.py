"""Draws parts of a page that are redrawn when something changes.

Until streamlit/streamlit#11665 and #2838 let the server ask for a redraw, Streamlit can redraw a
part only at fixed intervals (``run_every``). Each timed redraw is a script run even if nothing is
new. It also sends every pending widget change, so that a click at about the same time arrives
twice. Here, a live socket notifies the page of a change, and the page requests a redraw of that
part alone.
"""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.browser.components import make_component
from fvapp.ui.server.parts import LIVE

# Seconds between redraws on a host that ignores ``st.App``, where no live socket reports changes.
TICK = 1.0

_UNDER_WAY = "part_under_way"
_TICKET = "live_ticket"
_component = make_component(__file__)


def draw_live_fragment(
    key: str,
    token: str,
    version: Callable[[], int],
    title: Callable[[], str],
    draw: Callable[[], bool],
) -> None:
    """Draw the page's only live part, which is redrawn whenever something changes.

    Args:
        key: the part's key, different on each page.
        token: the token of the visitor's workspace.
        version: returns the number of the engine's latest change.
        title: returns the title of the browser's tab, which ``st.set_page_config`` can set only in
            full script runs.
        draw: draws the part; returns whether a run is waiting or in training.
    """
    under_way = st.session_state.setdefault(_UNDER_WAY, {})

    def draw_part() -> None:
        drawn = version()  # read before drawing, so that changes made meanwhile cause a redraw
        active = under_way[key] = draw()
        closed = getattr(st.session_state.get(f"live_{key}"), "changed", None) == 0
        data = {"drawn": drawn, "ticket": _renew_ticket(token, closed), "title": title()}
        _component(key=f"live_{key}", data=data, on_changed_change=lambda: None, height=1)
        if not LIVE.serves_live_sockets and active != ticking:
            st.rerun()  # only a full rerun can start or stop timed redraws

    ticking = not LIVE.serves_live_sockets and under_way.get(key, False)
    st.fragment(draw_part, run_every=TICK if ticking else None)()


def _renew_ticket(token: str, closed: bool) -> str | None:
    if not LIVE.serves_live_sockets:
        return None
    kept = st.session_state.get(_TICKET)
    before = kept[1] if kept is not None and kept[0] == token else None
    ticket = LIVE.issue_ticket(token, before, closed)
    st.session_state[_TICKET] = (token, ticket)
    return ticket
