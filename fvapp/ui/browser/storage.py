"""What the browser keeps for its visitor: the token of the workspace and the language, in its local storage.

The server has a token for every visit from its first run. The browser keeps that one if it holds none, and answers
nothing. If it holds another it says so, once, by a trigger: a state value (``setStateValue``) would send a click that
is just on its way along with it, and the click would come twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_SCRIPT = """
const name = "fvapp";

let page = null; // the latest call: its data, and the way to tell the server
let told = null; // what the server was told last, of which of its tokens
let kept = null; // the token of this page, once the storage held it
let spoken = null; // the language this page wrote last

/** Return what is stored; what is no text of ours counts as nothing. Throws where there is no storage. */
function read() {
  const text = localStorage.getItem(name);
  let stored = null;
  try {
    stored = JSON.parse(text);
  } catch {}
  const word = (value) => (typeof value === "string" && value && value.length <= 100 ? value : null);
  return { text, token: word(stored?.token), language: word(stored?.language), chosen: stored?.chosen === true };
}

function tell(held) {
  const text = JSON.stringify([page.data.token, held]);
  if (text === told) return;
  told = text;
  page.setTriggerValue("held", held);
}

function look() {
  const { data } = page;
  let stored, token, chosen;
  try {
    stored = read();
    // A workspace that was opened on purpose, or the one that was left or deleted: the server's word counts.
    const ours = (data.chosen && kept !== data.token) || !stored.token || stored.token === data.dropped;
    token = ours ? data.token : stored.token;
    chosen = ours ? data.chosen : stored.chosen;
    const language = data.language && data.language !== spoken ? data.language : stored.language;
    spoken = data.language;
    const text = JSON.stringify({ token, language, chosen });
    if (text !== stored.text) localStorage.setItem(name, text);
    stored.language = language;
  } catch {
    tell({ available: false, token: null, language: null, elsewhere: false });
    return;
  }
  const other = token !== data.token;
  const language = !data.language && stored.language !== data.drawn ? stored.language : null;
  // If this page already held that token, no tab has moved: the server has restarted and forgotten the session.
  const elsewhere = other && chosen && kept !== null && kept !== token;
  if (other || language) tell({ available: true, token: other ? token : null, language, elsewhere });
  if (!other) kept = token;
}

// Another tab of this browser was given another workspace.
function storageChanged(event) {
  if (event.key === name && page) look();
}

export default function (call) {
  if (!page) addEventListener("storage", storageChanged);
  page = call;
  look();
  return () => {
    if (page !== call) return; // the end of an earlier call may come after a later one
    removeEventListener("storage", storageChanged);
    page = null;
  };
}
"""

KEY = "browser_storage"
_HELD = "browser_held"
_TAKEN = "browser_held_taken"
_component = st.components.v2.component("fvapp.browser_storage", js=_SCRIPT)


@dataclass(frozen=True)
class Held:
    """What the browser told.

    Attributes:
        available: False where it has no local storage for us.
        token: of the workspace it holds, where that is another one than this visit's; any text.
        language: the language chosen before, where the page is in another one; any text.
        elsewhere: whether another tab went on in `token` on purpose: by a recovery code, or after leaving.
    """

    available: bool
    token: str | None
    language: str | None
    elsewhere: bool


def take_held() -> Held | None:
    """Return what the browser told since the last run, or None; once."""
    told = st.session_state.pop(_HELD, None)
    if not isinstance(told, dict):
        return None
    token, language = _short_text(told.get("token")), _short_text(told.get("language"))
    return Held(told.get("available") is True, token, language, told.get("elsewhere") is True)


def keep(token: str, chosen: bool, dropped: str | None, language: str | None, drawn: str) -> None:
    """Have the browser keep the workspace and the language, unless it holds others and tells so.

    Args:
        token: of this visit's workspace.
        chosen: whether the visitor opened it on purpose, so that it replaces what the browser holds.
        dropped: a token that was left or deleted and is replaced too.
        language: the one that was chosen, or None to leave what the browser holds.
        drawn: the one the page is drawn in.
    """
    data = {"token": token, "chosen": chosen, "dropped": dropped, "language": language, "drawn": drawn}
    held = _component(key=KEY, data=data, on_held_change=_take, height=1).held
    taken = st.session_state.pop(_TAKEN, False)
    if held is not None and not taken:
        st.session_state[_HELD] = held
        st.rerun()


def _take() -> None:
    told = st.session_state.get(KEY)
    # Where the run before was cut short, Streamlit may know the trigger already and the component not yet, or neither:
    # then `keep` takes it.
    if told is not None:
        st.session_state.update({_HELD: told.get("held"), _TAKEN: True})


def _short_text(value: object) -> str | None:
    """A browser may send anything."""
    return value if isinstance(value, str) and 0 < len(value) <= 100 else None
