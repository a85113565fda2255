"""Probabilities that are not those of Keras' ``model.predict``: said once, where they are shown."""

from __future__ import annotations

import streamlit as st

from fvapp.core.wording import Translate


def draw_temperature(t: Translate, temperature: float) -> None:
    """Say which temperature made the probabilities that are shown; nothing where it is 1."""
    shown = f"{temperature:.2f}"
    if shown != "1.00":
        st.caption(t("common.temperature", temperature=shown))
