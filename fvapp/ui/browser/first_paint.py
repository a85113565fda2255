"""A page's first paint: what one needs at once comes first, what the browser has to load for comes with the next run.

Streamlit's page shows nothing of a script run until it has loaded the code of every kind of element in it: with charts,
fields, lists, tables and code the button one looks for came at 2 to 3 times the time of a page without them. So a
visit's first run leaves those out, and a fragment run brings them when the browser has painted and is idle.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

import streamlit as st

from fvapp.ui.browser.at_rest import AT_REST

_SCRIPT = """
const moment = 50; // ms; until the next look where a script run is under way
const patience = 5000; // ms; then it is told again: of two things told in the same moment the page may send one

let page = null; // the latest call: its data, and the way to tell the server
let told = null; // what was told last
let asking = false;
let again = 0;

// A page that lost its connection may be served as another visit, which has heard nothing yet.
const latest = () => `${page.data.visit} ${page.data.round}`;
const isVisible = (element) => !element.checkVisibility || element.checkVisibility({ visibilityProperty: true });

function ask() {
  const title = document.querySelector(".stMain h1");
  if (!title || !isVisible(title)) {
    setTimeout(ask, moment);
    return;
  }
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, moment));
  tellIn(patience); // where no frame comes, as in a tab behind another one
  requestAnimationFrame(() => idle(tell, { timeout: 1000 }));
}

function tellIn(pause) {
  clearTimeout(again);
  again = setTimeout(tell, pause);
}

function tell() {
  asking = false;
  clearTimeout(again);
  if (!page || page.data.whole) return;
  if (!atRest()) {
    tellIn(moment);
    return;
  }
  told = latest();
  page.setTriggerValue("painted", page.data.round);
  tellIn(patience);
}

export default function (call) {
  page = call;
  if (!page.data.whole && !asking) {
    asking = told !== latest();
    if (asking) ask();
    else tellIn(patience);
  }
  return () => {
    if (page === call) page = null; // the end of an earlier call may come after a later one
  };
}
"""

PAINTED, ROUND, SEEN = "painted", "first_paint_round", "first_paint_seen"
_KEY, _VISIT = "first_paint", "first_paint_visit"
_component = st.components.v2.component("fvapp.first_paint", js=AT_REST + _SCRIPT)


def is_painted() -> bool:
    """Return whether the browser has shown the visit's first page, and the rest of it can come."""
    return st.session_state.get(PAINTED, False)


def ask_again() -> None:
    """Have the browser report again when it has painted, because this run puts other values into its fields.

    Until then its messages still carry the old values, as if the visitor had just chosen them; see `is_seen`.
    """
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def is_seen() -> bool:
    """Return whether the browser has painted since `ask_again`."""
    return st.session_state.get(SEEN, 0) == st.session_state.get(ROUND, 0)


def draw_page(draw: Callable[[], None]) -> None:
    """Draw the page; a visit's first one twice, the first time without what `is_painted` holds back."""
    at_once = is_painted() and is_seen()
    whole = [False]
    places = []

    @st.fragment
    def first() -> None:
        if whole[0]:
            st.rerun()  # what a visitor does on a page that is whole concerns the whole page
        whole[0] = is_painted() and is_seen()
        places.append(st.container())
        # Of a page that is drawn at once only the name and the place are left.
        if not at_once:
            with places[-1]:
                draw()
            visit = st.session_state.setdefault(_VISIT, token_hex(4))
            data = {"visit": visit, "round": st.session_state.get(ROUND, 0), "whole": whole[0]}
            _component(key=_KEY, data=data, on_painted_change=_painted, height=1)

    first()
    if at_once:
        # In the same place: elsewhere the whole page would be built anew and stand there twice meanwhile, and what is
        # clicked in the old one would be lost.
        with places[-1]:
            draw()


def _painted() -> None:
    st.session_state[PAINTED] = True
    told = st.session_state.get(_KEY)  # None where the run before was cut short: it is asked again then
    seen = told.get("painted") if told is not None else None
    if isinstance(seen, int):
        st.session_state[SEEN] = seen
