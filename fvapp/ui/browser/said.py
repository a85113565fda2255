"""What a screen reader says by itself: one polite region for all pages, in the visitor's language.

Nothing of Streamlit's can be made a live region (streamlit/streamlit#8399), and a container that a script run
redraws would be read out again as a whole. So a page names what happened, and only a new name is spoken. Streamlit's
errors and warnings are alerts, and say themselves.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
const settling = 300; // of what comes within this time the last is said

const heard = new Map(); // the name of what happened last, for each part of the pages and what it shows
let next = null;

function region() {
  let found = document.getElementById("fvapp-said");
  if (!found) {
    found = document.createElement("div");
    found.id = "fvapp-said";
    found.setAttribute("role", "status");
    found.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
    document.body.append(found);
  }
  return found;
}

export default function ({ data }) {
  const place = region(); // there before it has anything to say, else a reader does not listen to it
  const about = `${data.part} ${data.of}`;
  const before = heard.get(about);
  heard.set(about, data.name);
  if (!data.text || before === data.name || (before === undefined && !data.fresh)) return;
  clearTimeout(next);
  next = setTimeout(() => (place.textContent = data.text), settling);
}
"""

_component = st.components.v2.component("fvapp.said", js=_SCRIPT)


def announce(part: str, name: str, text: str, *, of: str = "", fresh: bool = False) -> None:
    """Have `text` said when what happened in a part of a page has another `name` than what happened there before.

    Args:
        part: of the pages, such as "answer".
        name: of what happened, the same in every language; empty for nothing yet.
        text: one sentence, or an empty text where there is nothing to say.
        of: what the part shows; what another one is like is no news.
        fresh: whether the first name is news too.
    """
    data = {"part": part, "of": of, "name": name, "text": text, "fresh": fresh}
    _component(key=f"said_{part}", data=data, height=1)
