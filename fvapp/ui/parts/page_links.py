"""Finds pages by name and draws links to them, since pages must not import each other."""

from collections.abc import Mapping
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES = "pages"
_ENTERED = "page_entered"

INSIDE_MODEL = "inside_model_chosen"
"""Session state key of the network shown on the "Look inside" page."""


MY_EXAMPLES = "my_examples"
"""Value of ``?show=`` that scrolls the data page to the visitor's own examples."""


def keep_session_pages(pages: Mapping[str, StreamlitPage]) -> None:
    """Store this script run's pages by name, before a page is drawn."""
    st.session_state[_PAGES] = dict(pages)


def find_page(name: str) -> StreamlitPage:
    """Return a page by name, for ``st.switch_page``."""
    return st.session_state[_PAGES][name]


def draw_page_link(name: str, label: str | None = None, **options: Any) -> None:
    """Draw a link to a page.

    Args:
        name: the page's name.
        label: the link's text; None for the page's title.
        options: as for ``st.page_link``.
    """
    st.page_link(find_page(name), label=label, **options)


def open_inside_page(run_id: str) -> NoReturn:
    """Switch to the "Look inside" page, with the network of a run selected."""
    st.session_state[INSIDE_MODEL] = run_id
    st.switch_page(find_page("inside"))


def note_entered_page(name: str) -> None:
    """Record which page is about to be drawn."""
    entered, count = st.session_state.get(_ENTERED, ("", 0))
    if entered != name:
        st.session_state[_ENTERED] = (name, count + 1)


def page_visit_number() -> int:
    """Return a number that increases each time the visitor goes to a different page."""
    return st.session_state.get(_ENTERED, ("", 0))[1]
