"""Draws the last screen of a mission."""

import streamlit as st

from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import unfinished_missions
from fvapp.ui.messages import queue_message
from fvapp.ui.missions.kept import OpenMission, open_mission
from fvapp.ui.missions.own import flow_of_mission
from fvapp.ui.parts import draw_page_link, find_page, mission_name


def draw_mission_end(opened: OpenMission) -> None:
    """Draw the number of questions answered correctly at the first attempt, and what to do next."""
    t = opened.t
    mission = opened.mission
    mission_ids = list(MISSIONS)
    later_missions = mission_ids[mission_ids.index(mission.id) + 1 :]
    total = len(mission.questions)
    st.html(
        '<i class="fvapp-won" '
        f'style="--picture:var(--pixels-{mission.id}, var(--pixels-mark))"></i>'
    )
    st.header(t("missions.page.finished"))
    st.markdown(
        t(
            "missions.page.first_answer",
            right=opened.mission_progress.count_correct_first_tries(mission),
            total=total,
        )
    )
    if not later_missions:
        _draw_open_missions(opened)

    with st.container(border=True, key="mission_try_out"):
        st.markdown(f"**{t('missions.page.try')}**")
        st.markdown(t(f"missions.{mission.id}.try"))
        if st.button(t(f"missions.page.try_on.{mission.opens_page}"), key="mission_try"):
            if mission.opens_page == "train":
                opened.visit.store_settings(opened.settings_for_form)
                # The message announces the new settings, some of which may be hidden in a closed
                # expander.
                queue_message(t("missions.page.try_set", mark=mission.short_name))
            st.switch_page(
                find_page(mission.opens_page),
                query_params={"part": mission.page_part} if mission.page_part else None,
            )

    if later_missions:
        st.button(
            t("missions.page.next_button"),
            key="mission_next",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=open_mission,
            args=(later_missions[0],),
        )

    if flow_of_mission(mission).can_show_notes(opened):
        with st.expander(t("missions.page.note")):
            st.markdown(t(f"missions.{mission.id}.note"))


def _draw_open_missions(opened: OpenMission) -> None:
    """Draw links to the unfinished missions or, if all are finished, to other pages."""
    t = opened.t
    open_missions = unfinished_missions(opened.progress_by_mission)
    with st.container(key="mission_end"):
        st.markdown(t("missions.page.end" if not open_missions else "missions.page.end_open"))
        with st.container(horizontal=True):
            for mission in open_missions:
                st.button(
                    mission_name(mission, t),
                    key=f"mission_open_{mission}",
                    on_click=open_mission,
                    args=(mission,),
                )
            for page in ("train", "draw", "inside", "compare") if not open_missions else ():
                draw_page_link(page)
