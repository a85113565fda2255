"""Draws buttons that give the engine a command, and shows why the engine refuses a command."""

from collections.abc import Callable
from typing import Literal, TypedDict, TypeVarTuple, Unpack

import streamlit as st

from fvapp.ui.messages import queue_message
from fvapp.ui.visit import Visit

Values = TypeVarTuple("Values")

Confirmation = str | Callable[[object], str] | None
"""The sentence shown after a command, or a function that makes it from the command's result."""


class ButtonOptions(TypedDict, total=False):
    """Options of a command button that are passed on to ``st.button``."""

    type: Literal["primary", "secondary", "tertiary"]
    icon: str
    help: str | None
    disabled: bool


def give_engine_command(
    visit: Visit,
    command: Callable[[str, *Values], object],
    *values: *Values,
    confirmation: Confirmation = None,
) -> bool:
    """Give the engine a command as this visitor; return whether it succeeded.

    Call this function in widget callbacks: errors are shown when the page is next drawn.
    """
    with visit.messages.queueing_errors():
        result = command(visit.token, *values)
        if confirmation is not None:
            queue_message(confirmation(result) if callable(confirmation) else confirmation)
        return True
    return False


def draw_command_button(
    visit: Visit,
    label: str,
    key: str,
    command: Callable[[str, *Values], object],
    *values: *Values,
    confirmation: Confirmation = None,
    **options: Unpack[ButtonOptions],
) -> None:
    """Draw a button that gives the engine a command, with `values` as its arguments."""

    def give_button_command() -> None:
        give_engine_command(visit, command, *values, confirmation=confirmation)

    st.button(label, key=key, on_click=give_button_command, **options)
