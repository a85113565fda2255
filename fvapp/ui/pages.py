"""The list of pages, and what stands above each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.engine.processes.memory import settle_process, unmap_large_blocks
from fvapp.i18n import Translator, languages
from fvapp.ui.browser.first_paint import draw_page
from fvapp.ui.browser.forged_values import drop_forged_values
from fvapp.ui.icon import app_icon
from fvapp.ui.parts.page_links import enter_page, keep_pages
from fvapp.ui.style import apply_style
from fvapp.ui.visit import Visit, begin_visit, choose, keep_in_browser, say_no_visit
from fvapp.ui.workspace_menu import draw_workspace_menu

_SWITCH_WIDTH = 140


@dataclass(frozen=True)
class PageRow:
    """A page: `module` has ``show(visit)``, the title is the catalogue's ``pages.<name>``."""

    name: str
    path: str
    module: str
    icon: str


PAGES = (
    PageRow("train", "", "fvapp.ui.train.page", ":material/model_training:"),
    PageRow("draw", "draw", "fvapp.ui.draw.page", ":material/draw:"),
    PageRow("inside", "inside", "fvapp.ui.inside.page", ":material/visibility:"),
    PageRow("compare", "compare", "fvapp.ui.compare.page", ":material/compare_arrows:"),
    PageRow("lessons", "lessons", "fvapp.ui.missions.page", ":material/school:"),
    PageRow("data", "data", "fvapp.ui.data.page", ":material/dataset:"),
)


def run() -> None:
    """Draw the page the visitor is on."""
    drop_forged_values()
    settle_process()
    unmap_large_blocks()
    st.set_page_config(page_title="fvapp", page_icon=app_icon(), layout="wide")
    try:
        visit = begin_visit()
    except FvappError as error:
        say_no_visit(error)
        return
    apply_style(visit.t)
    pages = {row.name: _page(row, visit) for row in PAGES}
    keep_pages(pages)
    page = st.navigation(list(pages.values()), position="top")
    keep_in_browser(visit)
    page.run()


def _page(row: PageRow, begun: Visit):
    def draw() -> None:
        visit = replace(begun)  # it notes what is on the page, which is drawn twice in the first moment
        if visit.painted:
            visit.engine.start()  # its processes load for seconds: they would take the cores of the first paint
        _header(visit)
        import_module(row.module).show(visit)
        visit.watch()

    def show() -> None:
        enter_page(row.name)
        draw_page(draw)

    return st.Page(
        show, title=begun.t(f"pages.{row.name}"), icon=row.icon, url_path=row.path or None, default=not row.path
    )


def _header(visit: Visit) -> None:
    t = visit.t
    with st.container(horizontal=True, horizontal_alignment="right", key="header"):
        draw_workspace_menu(visit)
        if not visit.painted:
            st.skeleton(width=_SWITCH_WIDTH)
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
