"""Folds and windows whose content is drawn only while they are open: most visitors never open them.

To Streamlit, one with another label, as in another language, is another one and closed; here it
stays open.
"""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Drawn = TypeVar("Drawn")

_LABELS = "fold_labels"


def draw_fold(
    key: str,
    label: str,
    height: int,
    draw: Callable[..., Drawn],
    *args: object,
    icon: str | None = None,
) -> Drawn | None:
    """Draw a fold; while it is open, draw its content and return what `draw` returns, else None.

    To open it, set ``st.session_state[key]`` before.

    Args:
        height: of the content, roughly, in pixels: a skeleton of that height is seen until the
            content comes.
        draw: draws the content; called with `args`.
    """
    _keep_open(key, label)
    return _draw_in(st.expander(label, icon=icon, key=key, on_change="rerun"), height, draw, args)


def draw_window(
    key: str, label: str, height: int, draw: Callable[..., Drawn], *args: object, icon: str
) -> Drawn | None:
    """Draw a button that opens a window; the rest as for `draw_fold`."""
    _keep_open(key, label)
    return _draw_in(st.popover(label, icon=icon, key=key, on_change="rerun"), height, draw, args)


def _keep_open(key: str, label: str) -> None:
    state = st.session_state
    labels = st.session_state.setdefault(_LABELS, {})
    if labels.get(key) != label and state.get(key):
        state[key] = True  # a value set here goes over to the one with the new label
    labels[key] = label


def _draw_in(
    place: DeltaGenerator, height: int, draw: Callable[..., Drawn], args: tuple[object, ...]
) -> Drawn | None:
    if place.open:
        with place:
            return draw(*args)
    place.skeleton(height=height)
    return None
