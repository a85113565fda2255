"""Consent before a network trained on a visitor's text is shared, or the text goes to other PCs."""

from typing import Literal

import streamlit as st

from fvapp.core.dataset_table import DatasetInfo
from fvapp.ui.visit import Visit


def ask_before_leaving(visit: Visit, info: DatasetInfo, key: str) -> bool:
    """Ask before giving away a network trained on the visitor's own text; return the answer."""
    return not info.base_dataset or ask_consent(visit, "recites", key)


def has_other_training_pcs(visit: Visit) -> bool:
    """Return whether other PCs train for the app, so that a text would be sent to them."""
    return any(pc.name for pc in visit.engine.pcs.list_pcs())


def ask_consent(
    visit: Visit, question: Literal["recites", "trains", "with_text"], key: str
) -> bool:
    """Draw a question with a box to tick for yes; return whether it is ticked."""
    return st.checkbox(visit.t(f"own_text.{question}"), key=key)
