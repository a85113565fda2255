"""Buttons that give the engine a command; a refusal is said to the visitor."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.messages import say_next
from fvapp.ui.visit import Visit

Said = str | Callable[[object], str] | None
"""What to say after a command: a sentence, or a function from the command's result to one."""


def give(
    visit: Visit,
    command: Callable[..., object],
    *values: object,
    said: Said = None,
    **named: object,
) -> bool:
    """Give the engine a command as this visitor; return whether it succeeded. For callbacks."""
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
    """Draw a button that gives the engine a command.

    Args:
        look: options for ``st.button``.
    """
    st.button(label, key=key, on_click=give, args=(visit, command, *values), **look)
