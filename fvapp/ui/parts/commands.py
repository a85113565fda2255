"""What many buttons do: give the engine a command, and say what was refused."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.messages import say_next
from fvapp.ui.visit import Visit

Said = str | Callable[[object], str] | None
"""What to say when a command was carried out: a sentence, or what makes one of the command's
answer.
"""


def give(
    visit: Visit,
    command: Callable[..., object],
    *values: object,
    said: Said = None,
    **named: object,
) -> bool:
    """Give a command of the engine as this visitor, in a callback; return whether it was carried
    out.
    """
    with visit.messages.errors_said_next():
        answer = command(visit.token, *values, **named)
        if said is not None:
            say_next(said(answer) if callable(said) else said)
        return True
    return False


def draw_command(
    visit: Visit,
    label: str,
    key: str,
    command: Callable[..., object],
    *values: object,
    **look: object,
) -> None:
    """Draw a button that gives a command of the engine.

    Args:
        look: of the button, for ``st.button``.
    """
    st.button(label, key=key, on_click=give, args=(visit, command, *values), **look)
