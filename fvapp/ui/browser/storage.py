"""Reads and writes the workspace token and language in the browser's local storage.

The page sends the token and the language when it opens its socket; see
``fvapp.ui.compat.greeting``. If the page has not sent them, the server asks the browser before it
draws anything, and the browser always answers. The browser makes a token if it has none, and later
reports when another of its tabs has changed the token or the language. The answer is a component's
state, not a trigger, so that it survives an interrupted script run.
"""

from dataclasses import dataclass, field
from typing import Annotated

import streamlit as st

from fvapp.core.schema import read_valid_fields
from fvapp.engine.runs import is_token
from fvapp.ui.browser.components import make_component
from fvapp.ui.compat import greeting
from fvapp.ui.compat.greeting import STORED
from fvapp.ui.compat.late_scripts import HOLD_BACK

KEY = "browser_storage"
_component = make_component(__file__, before=HOLD_BACK + STORED)


@dataclass(frozen=True)
class BrowserStorage:
    """The token and language that the browser has stored.

    Attributes:
        token: the workspace's token.
        language: the language chosen before; may be any text.
        available: False if the browser refuses local storage, so that the token is lost when the
            tab is closed.
        times: number of answers the component has given; 0 for its first, unrequested message.
        ask: id of the question that was answered; empty if the page sent the values unasked.
    """

    token: Annotated[str, is_token] = ""
    language: str | None = None
    available: bool = False
    times: int = 0
    ask: str = field(default="", compare=False)


def read_browser_answer(question: str) -> BrowserStorage | None:
    """Return the browser's latest answer to this visit's question; None before any answer."""
    held = read_valid_fields(BrowserStorage, getattr(st.session_state.get(KEY), "held", None))
    return held if held.token and held.ask == question else None


def read_greeting() -> BrowserStorage | None:
    """Return the token and language sent when the page opened its socket; None without a token."""
    sent = greeting.read_greeting(st.context.headers)
    return (
        BrowserStorage(sent.token, sent.language or None, available=True)
        if is_token(sent.token)
        else None
    )


def ask_browser(
    question: str, token: str | None, keep: bool, left: str | None, language: str | None
) -> None:
    """Ask the browser what it has stored, and tell it what to store.

    Call this function in every full script run.

    Args:
        question: random id of this visit's question.
        token: token of the visit's workspace; None before it is known.
        keep: whether the browser should store `token`.
        left: the stored token that may be replaced; None to replace any token.
        language: language to store; None to keep the stored language.
    """
    data = {"ask": question, "token": token, "keep": keep, "left": left, "language": language}
    # The container has this height only until the app's style sheet arrives.
    with st.container(key="storage_place", height=1, border=False):
        _component(key=KEY, data=data, on_held_change=lambda: None, height=1)
