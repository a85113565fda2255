"""Runs the app's script: identifies the visitor, then draws the frame and the current page."""

from importlib import import_module

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from fvapp.core.errors import FvappError
from fvapp.engine.processes.memory import shorten_garbage_collections, unmap_large_blocks
from fvapp.i18n import Translator
from fvapp.ui.arrival import begin_visit, page_translator, sync_browser_storage
from fvapp.ui.browser import BAR, draw_skip_link, keep_focus, watch_connection
from fvapp.ui.classroom.kinds import load_round_screens
from fvapp.ui.classroom.seat import draw_closed_page, draw_seat_bar
from fvapp.ui.classroom.shown import is_on_projector
from fvapp.ui.compat import apply_replacements, distinct_element_ids
from fvapp.ui.frame import draw_header, draw_page_links, draw_waiting_notice
from fvapp.ui.icon import app_icon
from fvapp.ui.messages import draw_message
from fvapp.ui.parts import PAGES, PageRow, keep_session_pages, note_entered_page, page_name_at
from fvapp.ui.server.addresses import log_teachers_paths
from fvapp.ui.server.parts import LIVE
from fvapp.ui.style import apply_style
from fvapp.ui.visit import Visit


def draw_current_page() -> None:
    """Draw the current page, or a waiting notice until the browser has identified the visitor.

    When a whole class arrives at once, none of the following makes the page faster: queueing the
    visitors' first pages but not their clicks, sending many elements together, longer thread switch
    intervals, or less frequent garbage collections.
    """
    apply_replacements()
    shorten_garbage_collections()
    unmap_large_blocks()
    st.set_page_config(page_icon=app_icon(), layout="wide")
    try:
        visit = begin_visit()
    except FvappError as error:
        st.set_page_config(page_title="fvapp")
        # Only an invalid environment variable leads to an error here.
        draw_message("error", error.to_sentence(page_translator()))
        return

    t = page_translator()
    apply_style(t, has_page_style=LIVE.serves_live_sockets)
    pages = {name: _make_streamlit_page(row, row.url_path, visit, t) for name, row in PAGES.items()}
    earlier = {
        _make_streamlit_page(row, path, visit, t): row.name
        for row in PAGES.values()
        for path in row.other_url_paths
        if "?" not in path
    }
    page = st.navigation([*pages.values(), *earlier], position="hidden")
    sync_browser_storage()
    content = st.container(key="content")
    if visit is None:
        st.set_page_config(page_title="fvapp")
        with content:
            draw_waiting_notice(t)
        return
    keep_session_pages(pages)
    name = earlier.get(page) or next(name for name, candidate in pages.items() if candidate is page)
    visit.page_name = page_name_at(name, st.query_params.to_dict())
    visit.class_or_seat = visit.find_class_or_seat()
    shown = [
        name
        for name, row in PAGES.items()
        if not row.is_for_class_only or visit.class_or_seat is not None
    ]
    st.set_page_config(page_title=visit.page_title())
    # The page links are drawn first but come last in the page, so that keyboard users start at the
    # content.
    if not is_on_projector(visit):
        draw_page_links(visit, shown, [name for name, row in PAGES.items() if row.is_in_phone_bar])
        draw_skip_link(visit.t("pages.skip"), to=BAR)

    with content:
        page.run()


def _make_streamlit_page(
    row: PageRow, path: str, visit: Visit | None, t: Translator
) -> StreamlitPage:
    def show_page() -> None:
        if visit is None:  # the page is drawn only once its visitor is known
            return
        with distinct_element_ids(f"{visit.page_name} {visit.left_workspace_count}"):
            _draw_page(visit)

    return st.Page(
        show_page,
        title=t(f"pages.{row.name}"),
        icon=row.icon,
        url_path=path or None,
        default=not path,
    )


def _draw_page(visit: Visit) -> None:
    row = PAGES[visit.page_name]
    note_entered_page(row.name)
    visit.note_engine_version()
    content = st.container()
    if not is_on_projector(visit):
        draw_header(visit)
    with content:
        seat = visit.seat
        if seat is not None:
            draw_seat_bar(visit, seat)
        if (
            seat is not None
            and seat.round is not None
            and seat.round.covers_pages_until is not None
        ):
            load_round_screens(seat.round.kind).draw_round_page_for_student(visit, seat, seat.round)
        elif seat is not None and row.name in seat.teacher_controls.pages:
            draw_closed_page(visit)
        else:
            import_module(row.module_name).show_page(visit)
        visit.watch_page_state()

    visit.messages.note_notices_shown()
    watch_connection(visit.t)
    keep_focus(visit.first_field_key, visit.form_key)
    if not LIVE.serves_live_sockets:
        log_teachers_paths(visit.engine.teachers)
        visit.engine.start()
