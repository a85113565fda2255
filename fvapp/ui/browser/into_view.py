"""Part of a page brought into view when a button elsewhere on it was pressed; Streamlit's pages stay where they are."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
const LOW = 0.45; // of the window's height: what begins below shows too little of itself

let seen = null;

export default function ({ data }) {
  const first = seen === null;
  if (data.count === seen) return;
  seen = data.count;
  if (first && !data.atOnce) return;
  // The layout of the page changes in the same moment.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const part = document.querySelector(`.st-key-${data.part}`);
    if (!part) return;
    const { top } = part.getBoundingClientRect();
    const bar = parseFloat(getComputedStyle(document.querySelector(".stMain")).scrollPaddingTop) || 0;
    if (top < bar || top > innerHeight * LOW) part.scrollIntoView({ block: "start" });
  }));
}
"""

_component = st.components.v2.component("fvapp.into_view", js=_SCRIPT)


def bring_into_view(part: str, count: int, at_once: bool = False) -> None:
    """Scroll to the container of a key when `count` is another one than before.

    Args:
        at_once: whether to do so too when the page is opened.
    """
    _component(key="into_view", data={"part": part, "count": count, "atOnce": at_once}, height=1)
