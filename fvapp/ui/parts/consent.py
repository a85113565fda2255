"""Asks for consent before a visitor's text, or a network trained on it, is given to others."""

from typing import Literal

import streamlit as st

from fvapp.core.dataset_table import DatasetInfo
from fvapp.ui.visit import Visit


def ask_before_leaving(visit: Visit, info: DatasetInfo, key: str) -> bool:
    """Ask before giving away a network trained on the visitor's text; return if it is allowed."""
    return not info.base_dataset or ask_consent(visit, "recites", key)


def has_other_training_pcs(visit: Visit) -> bool:
    """Return whether other PCs train for the app; a text would be sent to them for training."""
    return any(pc.name for pc in visit.engine.pcs.list_pcs())


def ask_consent(
    visit: Visit, question: Literal["recites", "trains", "with_text"], key: str
) -> bool:
    """Draw a consent question as a checkbox; return whether it is ticked."""
    return st.checkbox(visit.t(f"own_text.{question}"), key=key)
