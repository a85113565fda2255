"""Asks for consent before a visitor's text, or a network trained on it, is given to others."""

from typing import Literal

import streamlit as st

from fvapp.core.dataset_table import DatasetInfo
from fvapp.ui.visit import Visit


def ask_before_leaving(visit: Visit, info: DatasetInfo, key: str) -> bool:
    """Return whether the visitor allows giving away a network that was trained on their text."""
    return not info.base_dataset or ask_consent(visit, "recites", key)


def has_other_training_pcs(visit: Visit) -> bool:
    """Return whether other PCs train networks for the app, and therefore get training texts."""
    return any(pc.name for pc in visit.engine.pcs.list_pcs())


def ask_consent(
    visit: Visit, question: Literal["recites", "trains", "with_text"], key: str
) -> bool:
    """Draw a question as a checkbox; return whether the visitor has consented by ticking it."""
    return st.checkbox(visit.t(f"own_text.{question}"), key=key)
