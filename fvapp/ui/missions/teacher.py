"""The teacher's page: plan, waiting time, worksheet, links for the class, and behind a curtain the answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from fvapp.core.documents.class_links import MOST_PAIRS, list_of_links, pair_links
from fvapp.core.documents.papers import answers, cards, document, paper_style, plan, time_table, unplugged, worksheet
from fvapp.core.links import TeacherLink
from fvapp.core.missions import MISSIONS, Mission
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.typical import typical_results
from fvapp.core.settings import SETTINGS, RunSettings, from_text, to_text
from fvapp.engine.processes.machine import MOST_WORKERS, ONLY_HERE, available_cores
from fvapp.ui.missions.pcs import draw_pcs
from fvapp.ui.parts.address import app_address
from fvapp.ui.parts.curtain import is_closed, teachers_word, try_word
from fvapp.ui.parts.downloads import draw_download
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.words import mission_name
from fvapp.ui.visit import Visit

_PAIRS = 15
_MOST_CORES = 64
_IN_TURN = "in_turn"
_IMAGES = tuple(to_text("train_images", choice) for choice in SETTINGS["train_images"].choices)


def draw_teacher(visit: Visit) -> None:
    """Draw the page."""
    t = visit.t
    st.header(t("teacher.title"))
    _draw_curtain(visit)
    st.markdown(t("teacher.intro"))
    st.page_link(
        page_path("classroom"), label=t("classroom.entry"), icon=":material/groups:", query_params={"view": "open"}
    )
    if not is_closed():
        draw_pcs(visit)
    _paper(visit, plan(t))
    st.markdown(f"**{t('teacher.unplugged.title')}** · {t('teacher.unplugged.about')}")
    _download(visit, "unplugged", t("teacher.unplugged.title"), unplugged(t))
    chosen = st.multiselect(
        t("teacher.choose"),
        tuple(MISSIONS),
        LESSON,
        format_func=lambda mission: mission_name(mission, t),
        key="teacher_missions",
    )
    missions = [mission for mission in MISSIONS.values() if mission.id in chosen]
    if not missions:
        st.info(t("teacher.no_missions"))
        return
    pairs = _draw_time(visit, missions)
    _download(visit, "worksheet", t("teacher.worksheet"), worksheet(missions, t))
    st.caption(t("teacher.print_hint"))
    _draw_links(visit, missions, pairs)
    _draw_answers(visit, missions)


def _draw_curtain(visit: Visit) -> None:
    """Ask for the teacher's word, or say how to set one: before anything is shown that it keeps out of sight."""
    t = visit.t
    if teachers_word() is None:
        st.info(t("teacher.word_none"), icon=":material/visibility_off:")
        return
    if not is_closed():
        return
    with st.form("curtain", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("teacher.word"), type="password", key="teacher_word", width=280)
        st.form_submit_button(t("teacher.show_answers"), key="teacher_word_try", on_click=try_word, args=(visit,))
    if st.session_state.get("teacher_word_wrong"):
        st.warning(t("teacher.word_wrong"))
    st.caption(t("teacher.word_help"))


def _draw_time(visit: Visit, missions: Sequence[Mission]) -> int:
    """Draw how long the class trains; return of how many pairs."""
    t = visit.t
    with st.container(horizontal=True):
        pairs = st.number_input(t("teacher.pairs"), 1, MOST_PAIRS, _PAIRS, key="teacher_pairs", width=240)
        cores = st.number_input(
            t("teacher.cores"), 1, _MOST_CORES, min(available_cores(), _MOST_CORES), key="teacher_cores", width=240
        )
    _paper(visit, time_table(missions, pairs, min(cores, MOST_WORKERS), t))
    return pairs


def _draw_links(visit: Visit, missions: Sequence[Mission], pairs: int) -> None:
    t = visit.t
    st.subheader(t("teacher.links"))
    st.caption(t("teacher.links_help"))
    address = st.text_input(t("teacher.address"), app_address(), key="teacher_address")
    if urlsplit(address).hostname in ONLY_HERE:
        st.caption(t("teacher.address_local"))
    with st.container(horizontal=True):
        first = st.selectbox(
            t("teacher.first_mission"),
            (_IN_TURN, *(mission.id for mission in missions)),
            1,
            format_func=lambda name: t("teacher.in_turn") if name == _IN_TURN else mission_name(name, t),
            key="teacher_first",
            width=320,
        )
        seed = st.number_input(
            t("teacher.first_seed"), 0, int(SETTINGS["seed"].maximum), 1, format="%d", key="teacher_seed", width=200
        )
        images = st.selectbox(
            t("teacher.images"),
            _IMAGES,
            _IMAGES.index("all"),
            format_func=lambda count: t(f"settings.train_images.choices.{count}"),
            key="teacher_images",
            width=240,
        )
    settings = RunSettings(train_images=from_text("train_images", images), seed=seed)
    begin = [mission.id for mission in missions] if first == _IN_TURN else [first]
    links = pair_links(TeacherLink(None, settings, t.language), begin, pairs, address)
    st.code(list_of_links(links, t), language=None)
    _download(visit, "cards", t("teacher.links"), cards(links, t))


def _draw_answers(visit: Visit, missions: Sequence[Mission]) -> None:
    """Draw the answers: after the teacher's word where one was set, else folded."""
    t = visit.t
    if is_closed():
        return
    st.subheader(t("teacher.answers"))
    body = answers(missions, t, typical_results())
    with st.expander(t("teacher.show_answers"), expanded=teachers_word() is not None):
        _download(visit, "papers", t("teacher.answers"), body)
        _paper(visit, body)


def _download(visit: Visit, name: str, title: str, body: str) -> None:
    t = visit.t
    label, file = t(f"teacher.{name}_button"), t(f"teacher.{name}_file")
    draw_download(f"download_{name}", label, document(title, body, t), file, "text/html")


def _paper(visit: Visit, body: str) -> None:
    st.html(f'<style>{paper_style(visit.t)}</style><div class="fvapp-paper">{body}</div>')
