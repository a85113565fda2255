"""Who is here: the token of the workspace and the language, which the browser keeps in its local
storage.

The page says so as it opens its socket; see ``fvapp.ui.compat.greeting``. Where it did not, the
server asks before it draws anything, and the browser always answers. It makes the token where it
has none. Later it tells when another of its tabs has put something else there. What it tells is a
state of the component and no trigger: whatever becomes of a script run, the next one has it.
"""

from dataclasses import dataclass, field
from typing import Annotated

import streamlit as st

from fvapp.core.schema import read_what_fits
from fvapp.engine.runs.tokens import is_token
from fvapp.ui.browser.components import make_component
from fvapp.ui.compat import greeting
from fvapp.ui.compat.greeting import STORED
from fvapp.ui.compat.late_scripts import HOLD_BACK

KEY = "browser_storage"
_component = make_component(__file__, before=HOLD_BACK + STORED)


@dataclass(frozen=True)
class Held:
    """What the browser holds.

    Attributes:
        token: of the workspace.
        language: the one chosen before; any text.
        available: False where it has no local storage for us, and the token ends with the tab.
        times: how many answers the component has given; 0 in what the socket said.
        ask: the question that it answers; empty in what the socket said.
    """

    token: Annotated[str, is_token] = ""
    language: str | None = None
    available: bool = False
    times: int = 0
    ask: str = field(default="", compare=False)


def read_answer(question: str) -> Held | None:
    """Return what the browser last told this visit; None until it has."""
    held = read_what_fits(Held, getattr(st.session_state.get(KEY), "held", None))
    return held if held.token and held.ask == question else None


def read_greeting() -> Held | None:
    """Return what the page said as it opened its socket; None where it said nothing."""
    said = greeting.read_greeting(st.context.headers)
    return Held(said.token, said.language or None, available=True) if is_token(said.token) else None


def ask(
    question: str, token: str | None, keep: bool, left: str | None, language: str | None
) -> None:
    """Ask the browser what it holds, and say what it is to hold. Once in every full script run.

    Args:
        question: name of this visit, which has heard nothing yet.
        token: of the visit's workspace, once there is one.
        keep: whether the browser is to hold that one from now on.
        left: if it holds no other one than this; None: whatever it holds.
        language: to hold, or None to leave what the browser holds.
    """
    data = {"ask": question, "token": token, "keep": keep, "left": left, "language": language}
    # of a height before the style comes
    with st.container(key="storage_place", height=1, border=False):
        _component(key=KEY, data=data, on_held_change=lambda: None, height=1)
