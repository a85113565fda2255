"""Who is here: the token of the workspace and the language, which the browser keeps in its local storage.

The server asks before it draws anything, and the browser always answers; it makes the token where it has none. Later
it tells when another of its tabs has put something else there. What it tells is a state of the component and no
trigger: whatever becomes of a script run, the next one has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from fvapp.engine.runs.tokens import is_token
from fvapp.ui.compat.late_scripts import HOLD_BACK

_SCRIPT = """
const name = "fvapp";
const form = /^[\\w-]{43}$/; // 32 bytes in base64url

let page = null; // the latest call: its data, and the way to tell the server
let told = null; // what the server was told last
let spoken = null; // the language that page and storage last agreed on
let kept = null; // the token that was last written because the server said so
let own = null; // the token, where there is no storage: as long as this page is open

/** Return what is stored; what is no text of ours counts as nothing. Throws where there is no storage. */
function read() {
  const text = localStorage.getItem(name);
  let stored = null;
  try {
    stored = JSON.parse(text);
  } catch {}
  const word = (value, like) => (typeof value === "string" && like.test(value) ? value : null);
  return { token: word(stored?.token, form), language: word(stored?.language, /^.{1,100}$/) };
}

// On http://192.168... there is neither `crypto.randomUUID` nor `navigator.locks`.
function newToken() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}

function look() {
  const { ask, token, keep, left, language } = page.data;
  const held = { ask, available: true, token: null, language: null };
  try {
    Object.assign(held, read());
  } catch {
    held.available = false;
  }
  const stored = { ...held };
  held.token ??= own ?? newToken();
  if (keep && token !== kept) {
    kept = token;
    if (!left || held.token === left) held.token = token;
  }
  own = held.token;
  if (language && language !== spoken) held.language = language;
  spoken = language ?? held.language;
  if (held.token !== stored.token || held.language !== stored.language) {
    try {
      localStorage.setItem(name, JSON.stringify({ token: held.token, language: held.language }));
    } catch {
      held.available = false;
    }
  }
  const asked = told?.ask !== ask;
  if (!asked && held.token === token && (language || held.language === told.language)) return;
  if (JSON.stringify(held) === JSON.stringify(told)) return; // the answer is on its way
  told = held;
  page.setStateValue("held", held);
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
_component = st.components.v2.component("fvapp.browser_storage", js=HOLD_BACK + _SCRIPT)


@dataclass(frozen=True)
class Held:
    """What the browser holds.

    Attributes:
        token: of the workspace.
        language: the one chosen before; any text.
        available: False where it has no local storage for us, and the token ends with the tab.
    """

    token: str
    language: str | None
    available: bool


def read_answer(question: str) -> Held | None:
    """Return what the browser last told this visit; None until it has."""
    told = getattr(st.session_state.get(KEY), "held", None)
    # A browser may send anything.
    if not isinstance(told, Mapping) or told.get("ask") != question or not is_token(told.get("token")):
        return None
    language = told.get("language")
    return Held(told["token"], language if isinstance(language, str) else None, told.get("available") is True)


def ask(question: str, token: str | None, keep: bool, left: str | None, language: str | None) -> None:
    """Ask the browser what it holds, and say what it is to hold. Once in every full script run.

    Args:
        question: name of this visit, which has heard nothing yet.
        token: of the visit's workspace, once there is one.
        keep: whether the browser is to hold that one from now on.
        left: if it holds no other one than this; None: whatever it holds.
        language: to hold, or None to leave what the browser holds.
    """
    data = {"ask": question, "token": token, "keep": keep, "left": left, "language": language}
    with st.container(key="storage_place", height=1, border=False):  # of a height before the style comes
        _component(key=KEY, data=data, on_held_change=lambda: None, height=1)
