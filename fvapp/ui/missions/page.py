"""Draws the Missions page: the path through the missions, the open mission, and the glossary."""

import streamlit as st

from fvapp.core.links import parse_teacher_link
from fvapp.core.settings import SETTINGS
from fvapp.i18n import language_tags
from fvapp.ui.browser import draw_select
from fvapp.ui.missions.kept import (
    OPENED,
    OpenMission,
    current_mission,
    keep_teacher_link,
    open_mission,
    read_stored_progress,
    settings_from_teacher_link,
)
from fvapp.ui.missions.mission import draw_mission
from fvapp.ui.missions.path import draw_mission_path
from fvapp.ui.missions.reading.aloud import draw_read_aloud_button
from fvapp.ui.missions.screens import screen_container_key, screens_of_mission, step_of_screen
from fvapp.ui.missions.think import draw_think_questions_expander
from fvapp.ui.parts import draw_glossary, mission_name, page_visit_number, row_container
from fvapp.ui.visit import Visit

PARTS = ("missions", "glossary")
_PART = "missions_part_shown"
_READ = "missions_address_read"


def show_page(visit: Visit) -> None:
    """Draw the Missions page."""
    _apply_url_parameters(visit)
    part = st.session_state.get(_PART, PARTS[0])
    progress = read_stored_progress(visit) if part == "missions" else {}
    mission = current_mission(progress) if progress else None
    head = st.container(key="mission_top")
    with head, row_container("mission_title"):
        st.title(mission_name(mission.id, visit.t) if mission else visit.t("missions.page.title"))
        if mission:
            aloud = st.container(width="content", key="mission_aloud_place")
        with st.container(width="content", key=f"missions_parts_{part}"):
            _draw_page_part_choice(visit)

    visit.messages.draw_message_area()
    if mission is not None:
        opened = OpenMission(
            visit,
            mission.with_text_in_language(visit.t.language),
            progress,
            settings_from_teacher_link(visit),
        )
        path = head.container()
        screen = (
            draw_mission(opened)
            if visit.allows_mission(mission.id)
            else _draw_locked_mission(opened)
        )
        if visit.seat and visit.allows_mission(mission.id):
            opened.update_progress(step=step_of_screen(screen))
        draw_think_questions_expander(visit, progress)
        with path:  # drawn last, to mark steps completed in this script run
            draw_mission_path(opened, screen, show_page_part)
        if visit.allows_mission(mission.id):
            with aloud:
                draw_read_aloud_button(visit.t, mission.id, screen_container_key(screen))
    else:
        draw_glossary(visit.t, st.query_params.get("word"))


def _draw_locked_mission(opened: OpenMission) -> str:
    """Draw a note that the mission is still locked; return the name of its first screen."""
    st.info(opened.t("classroom.seat.mission_locked"), icon=":material/lock:")
    return screens_of_mission(opened.mission)[0]


def _apply_url_parameters(visit: Visit) -> None:
    """Apply the parameters in the URL; each new URL is applied only once."""
    query = st.query_params.to_dict()
    state = st.session_state
    entry = page_visit_number()
    before = state.get(_READ)
    if before == (query, entry):
        return
    state[_READ] = query, entry
    if not query:
        # If the visitor goes back in the browser but stays on this page, the page returns to its
        # start. A visitor who comes from another page finds the mission that was open before.
        if before is not None and before[1] == entry:
            state[_PART] = PARTS[0]
            open_mission(None)
        return

    link, errors = parse_teacher_link(query, language_tags())
    for error in errors:
        if error.code != "unknown_language":  # `begin_visit` reports this error
            visit.messages.queue_default_used(error)
    if link.mission_id is not None:
        open_mission(link.mission_id)
    if link.mission_id is not None or query.get("part") in PARTS:
        state[_PART] = query["part"] if query.get("part") in PARTS else PARTS[0]
    if any(name in SETTINGS for name in query):
        keep_teacher_link(link)


def show_page_part(part: str) -> None:
    """Open a part of the page, and put the part's name into the URL, for reloads.

    Call this function only in a widget callback.
    """
    st.session_state[_PART] = part
    st.query_params.from_dict({} if part == PARTS[0] else {"part": part})
    if part == PARTS[0]:
        open_mission(st.session_state.get(OPENED))
    st.session_state[_READ] = st.query_params.to_dict(), page_visit_number()


def _draw_page_part_choice(visit: Visit) -> None:
    words = {part: visit.t(f"missions.page.parts.{part}") for part in PARTS}
    held = st.session_state.get(_PART, PARTS[0])
    draw_select(
        st.segmented_control,
        visit.t("missions.page.view"),
        words,
        "missions_part",
        held,
        show_page_part,
        required=True,
        label_visibility="collapsed",
    )
