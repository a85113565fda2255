"""The missions page: the path through the missions and the one that is open, the glossary, the teacher's papers."""

from __future__ import annotations

import streamlit as st

from fvapp.core.links import parse_link
from fvapp.core.settings import SETTINGS
from fvapp.i18n import languages
from fvapp.ui.browser.choices import when_chosen
from fvapp.ui.missions.kept import Lesson, keep_link_base, kept_progress, link_base, open_mission, opened_mission
from fvapp.ui.missions.mission import draw_mission
from fvapp.ui.missions.path import draw_path
from fvapp.ui.missions.teacher import draw_teacher
from fvapp.ui.parts.glossary import draw_glossary
from fvapp.ui.visit import Visit, say_next

PARTS = ("missions", "glossary", "teacher")
_PART, _READ = "lessons_part_shown", "lessons_address_read"


def show(visit: Visit) -> None:
    """Draw the page."""
    _take_address(visit)
    st.title(visit.t("lessons.page.title"))
    visit.show_messages()
    part = _draw_parts(visit)
    if part == "glossary":
        draw_glossary(visit.t, st.query_params.get("word"))
    elif part == "teacher":
        draw_teacher(visit)
    else:
        _draw_missions(visit)


def _take_address(visit: Visit) -> None:
    """Take over what an address asks for, once for each new address."""
    query, state = st.query_params.to_dict(), st.session_state
    if state.get(_READ) == query:
        return
    state[_READ] = query
    link, errors = parse_link(query, languages())
    for error in errors:
        if error.code != "unknown_language":  # said already by the visit
            say_next(visit.t("common.default_instead", reason=error.sentence(visit.t)))
    if link.mission is not None:
        open_mission(link.mission)
        state[_PART] = "missions"
    if query.get("part") in PARTS:
        state[_PART] = query["part"]
    if any(name in SETTINGS for name in query):
        keep_link_base(link)


def _draw_parts(visit: Visit) -> str:
    state, t = st.session_state, visit.t
    state["lessons_part"] = state.get(_PART, PARTS[0])
    st.segmented_control(
        t("lessons.page.view"),
        PARTS,
        format_func=lambda part: t(f"lessons.page.parts.{part}"),
        key="lessons_part",
        required=True,
        label_visibility="collapsed",
        on_change=when_chosen("lessons_part", PARTS, lambda part: state.update({_PART: part})),
    )
    return state.get(_PART, PARTS[0])


def _draw_missions(visit: Visit) -> None:
    progress = kept_progress(visit)
    mission = opened_mission()
    path, opened = st.columns([3, 10], gap="large")
    with opened:
        draw_mission(Lesson(visit, mission, progress, link_base(visit)))
    with path:  # drawn last, to tick off what has just been done
        draw_path(visit, mission, progress)
