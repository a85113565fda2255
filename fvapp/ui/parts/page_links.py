"""Links between pages, which do not import each other."""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES = "pages"
_ENTERED = "page_entered"

INSIDE_MODEL = "inside_model_chosen"
"""Session key of the network that the inside page shows."""


MY_EXAMPLES = "my_examples"
"""The part of the data page that ``?show=`` brings into view."""


def keep_session_pages(pages: Mapping[str, StreamlitPage]) -> None:
    """Keep this script run's pages by name; `fvapp.ui.pages` calls it before drawing a page."""
    st.session_state[_PAGES] = dict(pages)


def find_page(name: str) -> StreamlitPage:
    """Return the page to give to ``st.switch_page`` or ``st.page_link``."""
    return st.session_state[_PAGES][name]


def open_inside_page(run_id: str) -> NoReturn:
    """Go to the inside page, showing a run's network."""
    st.session_state[INSIDE_MODEL] = run_id
    st.switch_page(find_page("inside"))


def note_entered_page(name: str) -> None:
    """Note which page is drawn; `fvapp.ui.pages` calls it before drawing."""
    entered, count = st.session_state.get(_ENTERED, ("", 0))
    if entered != name:
        st.session_state[_ENTERED] = (name, count + 1)


def page_visit_number() -> int:
    """Return a number that changes each time the visitor comes to another page."""
    return st.session_state.get(_ENTERED, ("", 0))[1]
