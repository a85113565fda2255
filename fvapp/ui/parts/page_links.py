"""Ways from one page to another, without either knowing the other's folder."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES = "pages"


def keep_pages(pages: Mapping[str, StreamlitPage]) -> None:
    """Keep the pages of this script run by name; `fvapp.ui.pages` calls it before a page is drawn."""
    st.session_state[_PAGES] = dict(pages)


def page_path(name: str) -> StreamlitPage:
    """Return the page to give to ``st.switch_page`` or ``st.page_link``."""
    return st.session_state[_PAGES][name]
