"""Draws the frame around every page: page links, the workspace menu and the language switch."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from fvapp.i18n import Translator, language_tags
from fvapp.ui.arrival import switch_language
from fvapp.ui.browser import BAR, REST, draw_select, mark_current_page, page_link_key
from fvapp.ui.parts import draw_page_link, row_container
from fvapp.ui.visit import Visit
from fvapp.ui.work.menu import draw_workspace_menu

# CSS that hides a sentence for its first five seconds. Nothing moves, so it also applies to
# visitors who prefer reduced motion.
_LATER = """
.fvapp-later { animation: fvapp-later 5s step-end !important; }
@keyframes fvapp-later { from { visibility: hidden; } }
"""


def draw_page_links(visit: Visit, pages: Sequence[str], tabs: Sequence[str]) -> None:
    """Draw the bar of page links; on a phone it is at the bottom, with only `tabs` and "More".

    Call this function once in a full script run, before the page: the bar stays in place while
    parts of the page are redrawn.

    Args:
        pages: names of the pages, in display order.
        tabs: names of the pages whose links a phone always shows.
    """
    t = visit.t

    with st.container(horizontal=True, gap=None, key=BAR):
        for name in tabs:
            _draw_page_tab(name)
        with st.container(horizontal=True, gap=None, width="content", key=REST):
            for name in pages:
                if name not in tabs:
                    _draw_page_tab(name)
        mark_current_page(visit.page_name, {"pages": t("pages.all"), "more": t("pages.more")})


def draw_waiting_notice(t: Translator) -> None:
    """Draw a sentence that appears if the browser has not identified the visitor in five seconds.

    Until then, the visitor's chosen language may be unknown, and an immediate sentence could be in
    the wrong language.
    """
    st.html(f"<style>{_LATER}</style><p class='fvapp-later'>{escape(t('common.no_answer'))}</p>")


def _draw_page_tab(name: str) -> None:
    with st.container(width="content", key=page_link_key(name)):
        draw_page_link(name)


def draw_header(visit: Visit) -> None:
    """Draw the header: the link for joining a class, the workspace menu, the language switch."""
    t = visit.t
    with row_container("header", horizontal_alignment="right"):
        if visit.class_or_seat is None and visit.page_name != "classroom":
            with st.container(key="join_class", width="content"):
                draw_page_link("classroom", t("classroom.join.link"), icon=":material/group_add:")
        draw_workspace_menu(visit)
        names = {tag: Translator(tag)("language.name") for tag in language_tags()}
        draw_select(
            st.selectbox,
            t("language.switch"),
            names,
            "language",
            t.language,
            switch_language,
            label_visibility="collapsed",
            width=128,
        )
