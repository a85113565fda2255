"""The teacher's page: plan, waiting time, worksheet, links for the class, and behind a curtain the answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from fvapp.core.documents.class_links import MOST_GROUPS, group_links, list_of_links
from fvapp.core.documents.papers import answers, cards, document, paper_style, plan, time_table, unplugged, worksheet
from fvapp.core.lessons import MISSIONS, Mission
from fvapp.core.lessons.typical import typical_results
from fvapp.core.links import LessonLink
from fvapp.core.settings import SETTINGS, RunSettings, from_text, to_text
from fvapp.engine.processes.machine import MOST_WORKERS, available_cores
from fvapp.ui.missions.curtain import is_open, teachers_word, try_word
from fvapp.ui.parts.address import app_address
from fvapp.ui.visit import Visit

_PAIRS = 15
_MOST_CORES = 64
_IMAGES = tuple(to_text("train_images", choice) for choice in SETTINGS["train_images"].choices)


def draw_teacher(visit: Visit) -> None:
    """Draw the page."""
    t = visit.t
    st.header(t("teacher.title"))
    st.markdown(t("teacher.intro"))
    _paper(visit, plan(t))
    st.markdown(f"**{t('teacher.unplugged.title')}** · {t('teacher.unplugged.about')}")
    _download(visit, "unplugged", t("teacher.unplugged.title"), unplugged(t))
    chosen = st.multiselect(
        t("teacher.choose"),
        tuple(MISSIONS),
        tuple(MISSIONS),
        format_func=lambda mission: t(
            "lessons.page.name", mark=MISSIONS[mission].mark, title=t(f"lessons.{mission}.title")
        ),
        key="teacher_missions",
    )
    missions = [mission for mission in MISSIONS.values() if mission.id in chosen]
    if not missions:
        st.info(t("teacher.no_missions"))
        return
    _draw_time(visit, missions)
    _download(visit, "worksheet", t("teacher.worksheet"), worksheet(missions, t))
    st.caption(t("teacher.print_hint"))
    _draw_links(visit, missions)
    _draw_answers(visit, missions)


def _draw_time(visit: Visit, missions: Sequence[Mission]) -> None:
    t = visit.t
    with st.container(horizontal=True):
        pairs = st.number_input(t("teacher.pairs"), 1, MOST_GROUPS, _PAIRS, key="teacher_pairs", width=240)
        cores = st.number_input(
            t("teacher.cores"), 1, _MOST_CORES, min(available_cores(), _MOST_CORES), key="teacher_cores", width=240
        )
    _paper(visit, time_table(missions, pairs, min(cores, MOST_WORKERS), t))


def _draw_links(visit: Visit, missions: Sequence[Mission]) -> None:
    t = visit.t
    st.subheader(t("teacher.links"))
    st.caption(t("teacher.links_help"))
    address = st.text_input(t("teacher.address"), app_address(), key="teacher_address")
    if urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1"):
        st.caption(t("teacher.address_local"))
    with st.container(horizontal=True):
        groups = st.number_input(t("teacher.groups"), 1, MOST_GROUPS, _PAIRS, key="teacher_groups", width=160)
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
    links = group_links(LessonLink(missions[0].id, settings, t.language), groups, address)
    st.code(list_of_links(links, t), language=None)
    _download(visit, "cards", t("teacher.links"), cards(links, t))


def _draw_answers(visit: Visit, missions: Sequence[Mission]) -> None:
    """Draw the answers: behind the teacher's word where one was set, else folded."""
    t = visit.t
    st.subheader(t("teacher.answers"))
    if teachers_word() is not None and not is_open():
        with st.form("curtain", border=False):
            st.text_input(t("teacher.word"), type="password", key="teacher_word", width=280)
            st.form_submit_button(t("teacher.show_answers"), key="teacher_word_try", on_click=try_word)
        if st.session_state.get("teacher_word_wrong"):
            st.warning(t("teacher.word_wrong"))
        st.caption(t("teacher.word_help"))
        return
    body = answers(missions, t, typical_results())
    with st.expander(t("teacher.show_answers"), expanded=teachers_word() is not None):
        if teachers_word() is None:
            st.caption(t("teacher.word_none"))
        _download(visit, "papers", t("teacher.answers"), body)
        _paper(visit, body)


def _download(visit: Visit, name: str, title: str, body: str) -> None:
    t = visit.t
    st.download_button(
        t(f"teacher.{name}_button"),
        document(title, body, t),
        t(f"teacher.{name}_file"),
        "text/html",
        key=f"download_{name}",
        icon=":material/download:",
        on_click="ignore",
    )


def _paper(visit: Visit, body: str) -> None:
    st.html(f'<style>{paper_style(visit.t)}</style><div class="fvapp-paper">{body}</div>')
