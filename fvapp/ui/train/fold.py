"""The settings in one line, while a run of them is what one looks at."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.runs import RunRecord
from fvapp.core.wording import settings_line
from fvapp.ui.parts.page_links import page_entry
from fvapp.ui.visit import Visit

_FOLDED = "form_is_folded"


def is_folded(visit: Visit, shown: RunRecord | None) -> bool:
    """Return whether the settings are folded.

    As the visitor left them on this visit of the page. When the page is new: where they are those of the run that is
    shown. Never where there is something to set right.
    """
    if shown is None or shown.state == "failed":
        return False
    folded, entry = st.session_state.get(_FOLDED, (False, 0))
    if entry != page_entry():
        folded = shown.settings == visit.settings
        _set(folded)
    return folded


def fold() -> None:
    """Fold the settings; for callbacks."""
    _set(True)


def unfold() -> None:
    """Open them again."""
    _set(False)


def _set(folded: bool) -> None:
    st.session_state[_FOLDED] = (folded, page_entry())


def draw_fold(visit: Visit, place: DeltaGenerator) -> None:
    """Draw the line in `place`; a click on it opens the settings."""
    words = f"{settings_line(visit.settings, visit.t)} · **{visit.t('train.change')}**"
    place.button(words, key="form_change", type="tertiary", on_click=unfold)
