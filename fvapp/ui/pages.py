"""The list of pages, and what stands above each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.engine.processes.memory import settle_process, unmap_large_blocks
from fvapp.ui.arrival import begin_visit, keep_in_browser, say_no_visit
from fvapp.ui.browser.connection import watch_connection
from fvapp.ui.browser.first_paint import draw_page
from fvapp.ui.browser.focus import keep_focus
from fvapp.ui.browser.navigation import BAR
from fvapp.ui.browser.skip import draw_skip
from fvapp.ui.browser.whole_page import draw_page_for_parts
from fvapp.ui.compat import replace_parts
from fvapp.ui.frame import draw_header, draw_page_links
from fvapp.ui.icon import app_icon
from fvapp.ui.parts.page_links import enter_page, keep_pages
from fvapp.ui.style import apply_style
from fvapp.ui.visit import Visit


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
    PageRow("lessons", "lessons", "fvapp.ui.missions.page", ":material/school:"),
    PageRow("compare", "compare", "fvapp.ui.compare.page", ":material/compare_arrows:"),
    PageRow("data", "data", "fvapp.ui.data.page", ":material/dataset:"),
)

_TABS = tuple(row.name for row in PAGES[:4])  # on a phone; the others are behind "More"


def run() -> None:
    """Draw the page the visitor is on."""
    replace_parts()
    draw_page_for_parts()
    settle_process()
    unmap_large_blocks()
    st.set_page_config(page_icon=app_icon(), layout="wide")
    try:
        visit = begin_visit()
    except FvappError as error:
        st.set_page_config(page_title="fvapp")
        say_no_visit(error)
        return
    apply_style(visit.t)
    pages = {row.name: _page(row, visit) for row in PAGES}
    keep_pages(pages)
    page = st.navigation(list(pages.values()), position="hidden")
    visit.page = next(name for name, each in pages.items() if each is page)
    st.set_page_config(page_title=visit.page_title())
    content = st.container(key="content")
    # Last in the page's order and first to be drawn: who walks by keys comes to what the page is for at once.
    draw_page_links(visit, pages, _TABS)
    draw_skip(visit.t("pages.skip"), to=BAR)
    keep_in_browser(visit)
    with content:
        page.run()


def _page(row: PageRow, begun: Visit):
    def draw() -> None:
        visit = replace(begun)  # it notes what is on the page, which is drawn twice in the first moment
        if visit.painted:
            visit.engine.start()  # its processes load for seconds: they would take the cores of the first paint
        visit.begin()
        content = st.container()
        draw_header(visit)
        with content:
            import_module(row.module).show(visit)
            visit.watch()
        if visit.painted:
            watch_connection(visit.t)
            keep_focus()

    def show() -> None:
        enter_page(row.name)
        draw_page(draw)

    return st.Page(
        show, title=begun.t(f"pages.{row.name}"), icon=row.icon, url_path=row.path or None, default=not row.path
    )
