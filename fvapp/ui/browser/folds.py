"""Folds and windows whose content is drawn only while they are open: most visitors never open them.

To Streamlit, one with another label, as in another language, is another one and closed; here it stays open.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_LABELS = "fold_labels"


def open_fold(key: str, label: str, height: int, icon: str | None = None) -> DeltaGenerator | None:
    """Draw a fold; return the place for its content while it is open, else None.

    To open it, set ``st.session_state[key]`` before.

    Args:
        height: of the content, roughly, in pixels: a skeleton of that height is seen until the content comes.
    """
    _keep_open(key, label)
    return _place(st.expander(label, icon=icon, key=key, on_change="rerun"), height)


def open_window(key: str, label: str, height: int, icon: str) -> DeltaGenerator | None:
    """Draw a button that opens a window; the rest as for `open_fold`."""
    _keep_open(key, label)
    return _place(st.popover(label, icon=icon, key=key, on_change="rerun"), height)


def _keep_open(key: str, label: str) -> None:
    state, labels = st.session_state, st.session_state.setdefault(_LABELS, {})
    if labels.get(key) != label and state.get(key):
        state[key] = True  # a value set here goes over to the one with the new label
    labels[key] = label


def _place(opened: DeltaGenerator, height: int) -> DeltaGenerator | None:
    if opened.open:
        return opened
    opened.skeleton(height=height)
    return None
