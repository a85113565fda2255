"""What the browser keeps for its visitor: the token of the workspace and the language, in its local storage."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import streamlit as st

_SCRIPT = """
const name = "fvapp";

/** Takes back an answer that is still to be given, or to be given again until it is heard. */
let forgetAnswer = () => {};

/** Return what is stored; what is no text of ours counts as nothing. Throws where there is no storage. */
function read() {
  const text = localStorage.getItem(name);
  let stored = null;
  try {
    stored = JSON.parse(text);
  } catch {}
  const word = (value) => (typeof value === "string" && value && value.length <= 100 ? value : null);
  return { text, token: word(stored?.token), language: word(stored?.language) };
}

export default function ({ data, setStateValue }) {
  let kept = { available: true, token: null, language: null };
  try {
    const stored = read();
    // Another tab may have been given a workspace first: what is stored wins, unless it is to be forgotten.
    const token = stored.token && stored.token !== data.forget ? stored.token : data.token;
    kept = { available: true, token, language: data.language || stored.language };
    const text = JSON.stringify({ token: kept.token, language: kept.language });
    if (text !== stored.text) localStorage.setItem(name, text);
  } catch (error) {
    kept = { available: false, token: null, language: null };
  }
  // What the server has said itself, or has heard, needs no answer: the page would be drawn once more, without its
  // notices; and a click in the very moment of an answer goes out with it, as one for this part of the page alone.
  const same = (known) => known && ["available", "token", "language"].every((name) => kept[name] === known[name]);
  const said = data.token && { available: true, token: data.token, language: data.language };
  forgetAnswer();
  if (same(said) || same(data.heard)) return;
  // The answer makes the page be drawn a second time, with charts: not before all that the first one needs is loaded
  // and painted, which is when nothing more has come from the server for a moment.
  const answer = () => {
    if (!waiting) return;
    loading.disconnect();
    setStateValue("kept", kept);
    // In the same moment as a click in another part of the page it goes out with that, and only that part is drawn.
    clearTimeout(late);
    late = setTimeout(answer, 3000);
  };
  const answerSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => requestAnimationFrame(() => setTimeout(answer)), 100);
  };
  let waiting = true;
  let soon = null;
  let late = null;
  const loading = new PerformanceObserver(answerSoon);
  forgetAnswer = () => {
    waiting = false;
    loading.disconnect();
  };
  loading.observe({ type: "resource" });
  answerSoon();
  late = setTimeout(answer, 2000);
}
"""

_KEY = "browser_storage"
_component = st.components.v2.component("fvapp.browser_storage", js=_SCRIPT)


@dataclass(frozen=True)
class Kept:
    """What the browser answered.

    Attributes:
        available: False where the browser has no local storage for us: runs then end with the tab.
        token: the workspace's token, or None for a new visitor.
        language: the language chosen before, or None.
    """

    available: bool
    token: str | None
    language: str | None


def read() -> Kept | None:
    """Return what the browser holds; None until it has answered, one round trip after the page is first shown."""
    kept = st.session_state.get(_KEY, {}).get("kept")
    if not isinstance(kept, dict):
        return None
    return Kept(kept.get("available") is True, _short_text(kept.get("token")), _short_text(kept.get("language")))


def write(kept: Kept | None, token: str | None, language: str | None, forget: str | None) -> None:
    """Keep `token` and `language` in the browser unless it holds others; called in every run, with what it decided.

    Within a fragment: its answer waits for a script run that is under way. An answer that came close upon a click had
    that click's run stopped by Streamlit before it had taken the click. Drawn alone, it has the whole page drawn: the
    browser has answered, perhaps in one message with a click elsewhere.

    Args:
        kept: what `read` returned in this run.
        token: to be kept when the browser has none, or None.
        language: to be kept, or None to leave it.
        forget: a token the browser is not to hold any longer, or None.
    """
    drawn = []

    @st.fragment
    def ask() -> None:
        if drawn:
            st.rerun()
        drawn.append(True)
        _component(
            key=_KEY,
            data={"token": token, "language": language, "forget": forget, "heard": kept and asdict(kept)},
            default={"kept": None},
            on_kept_change=lambda: None,
            height=1,
        )

    ask()


def _short_text(value: object) -> str | None:
    """A browser may send anything."""
    return value if isinstance(value, str) and 0 < len(value) <= 100 else None
