"""Parts of a page that follow what another part of it shows, once somebody looks at them.

Streamlit reruns only the fragment in which something was done, so the parts below a live view would keep showing the
previous image. Rerunning them with every stroke would slow the live view down. So the browser is told what the leading
part shows, and a part that is in view asks to be redrawn once that has stayed the same for a moment.
"""

from __future__ import annotations

import streamlit as st

from fvapp.ui.browser.at_rest import AT_REST

_SCRIPT = """
const REST = 500; // milliseconds

// Each place on the page has this script by itself: what they share is the window's.
// latest: what the leading part shows; parts, by the element of each: what it shows, what it asked for last, whether it
// is in view, how it asks.
const shared = (window.fvappFollow ??= { latest: null, timer: 0, parts: new Map() });

function look() {
  clearTimeout(shared.timer);
  shared.timer = setTimeout(() => {
    const { latest, parts } = shared;
    const waits = ({ inView, shown, asked }) => inView && latest !== null && shown !== latest && asked !== latest;
    const part = [...parts.values()].find(waits);
    if (!part) return;
    if (!atRest()) {
      look();
      return;
    }
    part.asked = latest;
    part.ask("changed", latest);
    look(); // one at a time: of two asked in the same moment Streamlit's page tells the server of one
  }, REST);
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (data.leads) {
    if (shared.latest !== data.value) look();
    shared.latest = data.value;
    return;
  }
  const part = shared.parts.get(parentElement) ?? { inView: false, asked: null };
  Object.assign(part, { shown: data.value, ask: setTriggerValue });
  shared.parts.set(parentElement, part);
  const place = document.querySelector(`.st-key-${data.part}`);
  const observer = new IntersectionObserver((seen) => {
    part.inView = seen[seen.length - 1].isIntersecting;
    if (part.inView) look();
  });
  if (place) observer.observe(place);
  part.observer = observer;
  return () => {
    observer.disconnect();
    if (part.observer !== observer) return; // the end of an earlier call may come after a later one
    shared.parts.delete(parentElement);
  };
}
"""

_component = st.components.v2.component("fvapp.follow", js=AT_REST + _SCRIPT)


def lead(value: int) -> None:
    """Tell what the leading part shows, as a number that is another one when it is another thing."""
    _component(key="follow_lead", data={"leads": True, "value": value}, height=1)


def follow(part: str, value: int) -> None:
    """Have the fragment around drawn again when the leading part shows something else and the part is in view.

    Args:
        part: key of the container that is to be in view.
        value: what it shows now.
    """
    data = {"leads": False, "part": part, "value": value}
    _component(key=f"follow_{part}", data=data, on_changed_change=lambda: None, height=1)
