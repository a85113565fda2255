"""What opens, and whose content is drawn only while it is open: most visitors open nothing, and each field costs.

Streamlit closes it when its label changes, with the language, because it is another one then.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

_LABELS = "fold_labels"


def open_fold(key: str, label: str, height: int) -> DeltaGenerator | None:
    """Draw a fold; return the place for what is in it while it is open, else None.

    To open it, set ``st.session_state[key]`` before.

    Args:
        height: of what is in it, about, in pixels: what is seen until it has come.
    """
    _keep_open(key, label)
    return _place(st.expander(label, key=key, on_change="rerun"), height)


def open_window(key: str, label: str, icon: str, height: int) -> DeltaGenerator | None:
    """Draw a button with a window that it opens; otherwise as `open_fold`."""
    _keep_open(key, label)
    return _place(st.popover(label, icon=icon, key=key, on_change="rerun"), height)


def _keep_open(key: str, label: str) -> None:
    state, labels = st.session_state, st.session_state.setdefault(_LABELS, {})
    if labels.get(key) != label and state.get(key):
        state[key] = True  # a value that is set goes over to what has the new label
    labels[key] = label


def _place(opened: ExpanderContainer | PopoverContainer, height: int) -> DeltaGenerator | None:
    if opened.open:
        return opened
    opened.skeleton(height=height)
    return None
