"""A page's first paint: what one needs at once comes first, what the browser has to load for comes with the next run.

Streamlit's page shows nothing of a script run until it has loaded the code of every kind of element in it: with charts,
fields, lists, tables and code the button one looks for came at 2 to 3 times the time of a page without them. So a
visit's first run leaves those out, and a fragment run brings them when the browser has painted and is idle.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_SCRIPT = """
let asked = false;

function ask(setTriggerValue) {
  const title = document.querySelector(".stMain h1");
  if (!title?.checkVisibility?.({ visibilityProperty: true })) {
    requestAnimationFrame(() => ask(setTriggerValue));
    return;
  }
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 50));
  requestAnimationFrame(() => idle(() => setTriggerValue("painted", true), { timeout: 1000 }));
}

export default function ({ setTriggerValue }) {
  if (asked) return;
  asked = true;
  ask(setTriggerValue);
}
"""

PAINTED = "painted"
_component = st.components.v2.component("fvapp.first_paint", js=_SCRIPT)


def is_painted() -> bool:
    """Return whether the browser has shown the visit's first page, and the rest of it can come."""
    return st.session_state.get(PAINTED, False)


def draw_page(draw: Callable[[], None]) -> None:
    """Draw the page; a visit's first one twice, the first time without what `is_painted` holds back."""
    if is_painted():
        draw()
        return
    painted = [False]

    @st.fragment
    def first() -> None:
        if painted[0]:
            st.rerun()  # what a visitor does on a page that is whole concerns the whole page
        painted[0] = is_painted()
        draw()
        _component(key="first_paint", on_painted_change=_painted, height=1)

    first()


def _painted() -> None:
    st.session_state[PAINTED] = True
