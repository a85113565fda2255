"""Buttons that give the engine a command; a refusal is said to the visitor."""

from collections.abc import Callable

import streamlit as st

from fvapp.ui.messages import say_next
from fvapp.ui.visit import Visit

Confirmation = str | Callable[[object], str] | None
"""What to say after a command: a sentence, or a function from the command's result to one."""


def give_command(
    visit: Visit,
    command: Callable[..., object],
    *values: object,
    confirmation: Confirmation = None,
    **named: object,
) -> bool:
    """Give the engine a command as this visitor; return whether it succeeded. For callbacks."""
    with visit.messages.errors_said_next():
        result = command(visit.token, *values, **named)
        if confirmation is not None:
            say_next(confirmation(result) if callable(confirmation) else confirmation)
        return True
    return False


def draw_command(
    visit: Visit,
    label: str,
    key: str,
    command: Callable[..., object],
    *values: object,
    **options: object,
) -> None:
    """Draw a button that gives the engine a command.

    Args:
        options: for ``st.button``.
    """
    st.button(
        label,
        key=key,
        on_click=give_command,
        args=(visit, command, *values),
        **options,
    )
