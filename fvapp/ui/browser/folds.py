"""Folds whose content is drawn only while they are open: most visitors open none, and each field costs its share.

Streamlit closes such a fold when its label changes, with the language, because it is another one then.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_LABELS = "fold_labels"


def open_fold(key: str, label: str, height: int) -> DeltaGenerator | None:
    """Draw a fold; return the place for what is in it while it is open, else None.

    To open it, set ``st.session_state[key]`` before.

    Args:
        height: of what is in it, about, in pixels: what is seen until it has come.
    """
    state, labels = st.session_state, st.session_state.setdefault(_LABELS, {})
    if labels.get(key) != label and state.get(key):
        state[key] = True  # a value that is set goes over to the fold of the new label
    labels[key] = label
    fold = st.expander(label, key=key, on_change="rerun")
    if fold.open:
        return fold
    fold.skeleton(height=height)
    return None
