"""Ways from one page to another, without either knowing the other's folder."""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES = "pages"
_ENTERED = "page_entered"

INSIDE_MODEL = "inside_model_chosen"
"""Where the page that looks inside keeps which network it is."""


MY_EXAMPLES = "my_examples"
"""The part of the data page that ``?show=`` brings into view."""


def keep_pages(pages: Mapping[str, StreamlitPage]) -> None:
    """Keep the pages of this script run by name; `fvapp.ui.pages` calls it before a
    page is drawn.
    """
    st.session_state[_PAGES] = dict(pages)


def page_path(name: str) -> StreamlitPage:
    """Return the page to give to ``st.switch_page`` or ``st.page_link``."""
    return st.session_state[_PAGES][name]


def open_inside(run_id: str) -> NoReturn:
    """Go to the page that looks inside, with a run."""
    st.session_state[INSIDE_MODEL] = run_id
    st.switch_page(page_path("inside"))


def enter_page(name: str) -> None:
    """Note that a page is drawn; `fvapp.ui.pages` calls it before that."""
    entered, count = st.session_state.get(_ENTERED, ("", 0))
    if entered != name:
        st.session_state[_ENTERED] = (name, count + 1)


def page_entry() -> int:
    """Return a number that is another one each time the visitor comes to a page."""
    return st.session_state.get(_ENTERED, ("", 0))[1]
