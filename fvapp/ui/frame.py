"""What stands around every page: the links to the pages, the visitor's work, and the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from fvapp.i18n import Translator, languages
from fvapp.ui.arrival import choose
from fvapp.ui.browser.navigation import BAR, REST, mark_pages, page_key
from fvapp.ui.visit import Visit
from fvapp.ui.workspace_menu import draw_workspace_menu

_SWITCH_WIDTH = 128


def draw_page_links(visit: Visit, pages: Mapping[str, StreamlitPage], tabs: Sequence[str]) -> None:
    """Draw the links: one bar at the top; on a phone one at the bottom with `tabs`, the others behind "More".

    Once in a full script run, before the page: it stays while parts of the page are drawn again.

    Args:
        pages: by name, in their order.
    """
    t = visit.t
    with st.container(horizontal=True, gap=None, key=BAR):
        for name in tabs:
            _draw_link(name, pages[name])
        with st.container(horizontal=True, gap=None, width="content", key=REST):
            for name in pages:
                if name not in tabs:
                    _draw_link(name, pages[name])
        mark_pages(visit.page, {"pages": t("pages.all"), "more": t("pages.more")})


def _draw_link(name: str, page: StreamlitPage) -> None:
    with st.container(width="content", key=page_key(name)):
        st.page_link(page)


def draw_header(visit: Visit) -> None:
    """Draw the visitor's work and the language, at the right of the bar."""
    t = visit.t
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="header"):
        draw_workspace_menu(visit)
        if not visit.painted:
            st.skeleton(width=_SWITCH_WIDTH, height=40)
            return
        st.selectbox(
            t("language.switch"),
            languages(),
            index=languages().index(t.language),
            format_func=lambda tag: Translator(tag)("language.name"),
            key="language",
            label_visibility="collapsed",
            width=_SWITCH_WIDTH,
            on_change=lambda: choose(st.session_state["language"]),
        )
