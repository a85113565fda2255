"""Draws expanders and popovers whose content is drawn only while they are open.

Most visitors never open these elements, so drawing their content would be wasteful. If the label of
an open element changes, for example with the language, Streamlit closes the element. This module
keeps it open.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Drawn = TypeVar("Drawn")
Args = TypeVarTuple("Args")

_LABELS = "fold_labels"


def draw_expander(
    key: str,
    label: str,
    height: int,
    draw: Callable[[*Args], Drawn],
    *args: *Args,
    icon: str | None = None,
) -> Drawn | None:
    """Draw an expander, and its content while it is open.

    Return the result of `draw`, or None while the expander is closed. To open the expander from
    code, set ``st.session_state[key]`` beforehand.

    Args:
        height: approximate height of the content, in pixels; a skeleton of this height is shown
            until the content arrives.
        draw: draws the content; called with `args`.
    """
    _keep_expander_open(key, label)
    place = st.expander(label, icon=icon, key=key, on_change="rerun")
    return _draw_content_if_open(place, place.open, height, draw, args)


def draw_popover(
    key: str, label: str, height: int, draw: Callable[[*Args], Drawn], *args: *Args, icon: str
) -> Drawn | None:
    """Draw a button that opens a popover, and the popover's content while it is open."""
    _keep_expander_open(key, label)
    place = st.popover(label, icon=icon, key=key, on_change="rerun")
    return _draw_content_if_open(place, place.open, height, draw, args)


def _keep_expander_open(key: str, label: str) -> None:
    state = st.session_state
    labels = state.setdefault(_LABELS, {})
    if labels.get(key) != label and state.get(key):
        state[key] = True  # keep the element open although its label has changed
    labels[key] = label


def _draw_content_if_open(
    place: DeltaGenerator,
    is_open: bool | None,
    height: int,
    draw: Callable[[*Args], Drawn],
    args: tuple[*Args],
) -> Drawn | None:
    if is_open:
        with place:
            return draw(*args)
    place.skeleton(height=height)
    return None
