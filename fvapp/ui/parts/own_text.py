"""A visitor's own text: its data set, and consent before a network trained on it is shared."""

from typing import Literal

import streamlit as st

from fvapp.core.dataset_table import DATASETS, DatasetInfo, own_text_name
from fvapp.core.errors import FvappError
from fvapp.core.examples import Example
from fvapp.i18n import Translator
from fvapp.ui.visit import Visit


def own_text(visit: Visit) -> Example | None:
    """Return the visitor's own text; None without one or a usable workspace."""
    try:
        return visit.engine.examples.own_text(visit.token)
    except FvappError:
        return None


def own_text_set(visit: Visit) -> str:
    """Return the name of the data set of the visitor's own text, kept or still to be written."""
    kept = own_text(visit)
    return kept.dataset if kept else own_text_name(text_set_of_language(visit.t))


def text_set_of_language(t: Translator) -> str:
    """Return the name of the text data set in the language of a page, or the first of all."""
    texts = {info.text.language: name for name, info in DATASETS.items() if info.text}
    return texts.get(t.language) or next(iter(texts.values()))


def ask_before_leaving(visit: Visit, info: DatasetInfo, key: str) -> bool:
    """Ask before giving away a network trained on the visitor's own text; return the answer."""
    return not info.base or ask_consent(visit, "recites", key)


def trains_on_other_pcs(visit: Visit) -> bool:
    """Return whether other PCs train for the app, so that a text would be sent to them."""
    return any(pc.name for pc in visit.engine.pcs.all())


def ask_consent(
    visit: Visit, question: Literal["recites", "trains", "with_text"], key: str
) -> bool:
    """Draw a question with a box to tick for yes; return whether it is ticked."""
    return st.checkbox(visit.t(f"own_text.{question}"), key=key)
