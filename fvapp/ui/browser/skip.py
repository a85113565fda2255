"""The first tab stop leads to the links of the pages, which come last, in the visitor's language.

Streamlit has a link there, in English, to the page's content (streamlit/streamlit#8399 asks for what can be set). In
this app the content comes first anyway, so the link gets our own words and target; a second one would be one more stop.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
export default function ({ data }) {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (!link) return;
  if (link.textContent !== data.text) link.textContent = data.text;
  link.onclick = (event) => {
    event.preventDefault();
    event.stopPropagation(); // Streamlit listens further up
    document.querySelector(`.st-key-${data.to} a`)?.focus();
  };
}
"""

_component = st.components.v2.component("fvapp.skip", js=_SCRIPT)


def draw_skip(text: str, to: str) -> None:
    """Have the first tab stop say `text` and lead to the first link within the container of a key."""
    _component(key="skip", data={"text": text, "to": to}, height=1)
