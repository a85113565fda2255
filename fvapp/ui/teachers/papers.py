"""Draws the content of the teachers' cards: plans, worksheets, activities, links, answers."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from fvapp.core.documents import papers
from fvapp.core.documents.class_links import MOST_PAIRS, make_pair_links, pair_links_as_text
from fvapp.core.export.home import FILE
from fvapp.core.links import TeacherLink
from fvapp.core.missions import MISSIONS, Mission
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.typical import typical_results
from fvapp.core.settings import SETTINGS, RunSettings, read_setting_value, setting_to_text
from fvapp.engine.processes.machine import MOST_WORKERS, available_cores
from fvapp.ui.browser import can_serve_files, smallest_edition_html, smallest_edition_link
from fvapp.ui.parts import (
    app_address,
    draw_address_warning,
    draw_download,
    mission_name,
    server_address,
)
from fvapp.ui.teachers.curtain import teachers_password
from fvapp.ui.visit import Visit

Value = TypeVar("Value")

_PAIRS = 15
_MOST_CORES = 64
_IN_TURN = "in_turn"
_IMAGES = tuple(
    setting_to_text("train_images", choice) for choice in SETTINGS["train_images"].choices
)


def draw_lesson_plan(visit: Visit) -> None:
    """Draw the plan of a single lesson."""
    st.markdown(visit.t("teacher.intro"))
    _draw_printable_paper(visit, papers.lesson_plan_html(visit.t))


def draw_course_plan(visit: Visit) -> None:
    """Draw the plan of a course of six lessons, with the expected answers."""
    t = visit.t
    body = papers.course_html(t, typical_results())
    st.markdown(t("teacher.course.about"))
    _draw_paper_download(visit, "course", t("teacher.course.title"), body)
    _draw_printable_paper(visit, body)


def draw_training_time(visit: Visit) -> None:
    """Draw how long a school class has to wait for its training runs."""
    t = visit.t
    missions = _choose_missions(visit, "time")
    with st.container(horizontal=True):
        pairs = _choose_student_pair_count(visit, "time")
        usual = min(available_cores(), _MOST_CORES)
        cores = st.number_input(
            t("teacher.cores"), 1, _MOST_CORES, usual, key="teacher_cores", width=240
        )
    _draw_printable_paper(
        visit, papers.waiting_times_html(missions, pairs, min(cores, MOST_WORKERS), t)
    )


def draw_unplugged_activities(visit: Visit) -> None:
    """Draw a download button for activities that need no computer."""
    t = visit.t
    st.markdown(t("teacher.unplugged.about"))
    _draw_paper_download(
        visit, "unplugged", t("teacher.unplugged.title"), papers.unplugged_activities_html(t)
    )


def draw_home_lesson(visit: Visit) -> None:
    """Draw the plan of a lesson at home, and links to its stand-alone training page."""
    t = visit.t
    st.markdown(t("teacher.home.about"))
    if can_serve_files():
        st.markdown(t("teacher.home.address", link=smallest_edition_link(server_address())))
    draw_download(
        "download_home_page",
        t("teacher.home.page"),
        smallest_edition_html,
        FILE,
        ":material/home:",
    )
    body = papers.home_lesson_html(t)
    _draw_paper_download(visit, "home_lesson", t("teacher.home.title"), body)
    _draw_printable_paper(visit, body)


def draw_worksheet(visit: Visit) -> None:
    """Draw a field for choosing missions, and a download button for their worksheet."""
    t = visit.t
    missions = _choose_missions(visit, "worksheet")
    _draw_paper_download(
        visit, "worksheet", t("teacher.worksheet"), papers.worksheet_html(missions, t)
    )
    st.caption(t("teacher.print_hint"))


def draw_student_pair_links(visit: Visit) -> None:
    """Draw options for links to missions, and a link for each pair of students."""
    t = visit.t
    st.caption(t("teacher.links_help"))
    missions = _choose_missions(visit, "links")
    address = st.text_input(t("teacher.address"), app_address(), key="teacher_address")
    draw_address_warning(address, t)

    with st.container(horizontal=True):
        pairs = _choose_student_pair_count(visit, "links")
        names = {
            _IN_TURN: t("teacher.in_turn"),
            **{mission.id: mission_name(mission.id, t) for mission in missions},
        }
        first = st.selectbox(
            t("teacher.first_mission"),
            names,
            1,
            format_func=names.__getitem__,
            key="teacher_first",
            width=320,
        )
        seed = st.number_input(
            t("teacher.first_seed"),
            0,
            int(SETTINGS["seed"].maximum),
            1,
            format="%d",
            key="teacher_seed",
            width=200,
        )
        images = st.selectbox(
            t("teacher.images"),
            _IMAGES,
            _IMAGES.index("all"),
            format_func=lambda count: t(f"settings.train_images.choices.{count}"),
            key="teacher_images",
            width=240,
        )
    settings = RunSettings(seed=seed).with_values(
        train_images=read_setting_value("train_images", images)
    )
    begin = [mission.id for mission in missions] if first == _IN_TURN else [first]
    links = make_pair_links(TeacherLink(None, settings, t.language), begin, pairs, address)
    st.code(pair_links_as_text(links, t), language=None)
    _draw_paper_download(visit, "cards", t("teacher.links"), papers.pair_cards_html(links, t))


def draw_answer_sheet(visit: Visit) -> None:
    """Draw the chosen missions' answers, with typical measured results."""
    t = visit.t
    if teachers_password() is None:
        st.info(t("teacher.word_none"), icon=":material/visibility_off:")
    body = papers.answer_sheet_html(_choose_missions(visit, "answers"), t, typical_results())
    _draw_paper_download(visit, "papers", t("teacher.answers"), body)
    _draw_printable_paper(visit, body)


def _choose_missions(visit: Visit, card: str) -> Sequence[Mission]:
    """Draw a field for choosing missions; return the choice, or a lesson's missions if empty."""
    t = visit.t
    chosen = _draw_shared_field(
        st.multiselect,
        "teacher_missions",
        card,
        LESSON,
        t("teacher.choose"),
        tuple(MISSIONS),
        format_func=lambda mission: mission_name(mission, t),
        placeholder=t("teacher.usual_missions"),
    )
    return [MISSIONS[mission] for mission in MISSIONS if mission in chosen] or [
        MISSIONS[mission] for mission in LESSON
    ]


def _choose_student_pair_count(visit: Visit, card: str) -> int:
    return _draw_shared_field(
        st.number_input,
        "teacher_pairs",
        card,
        _PAIRS,
        visit.t("teacher.pairs"),
        1,
        MOST_PAIRS,
        width=240,
    )


def _draw_shared_field(
    widget: Callable[..., object],
    name: str,
    card: str,
    usual: Value,
    *args: object,
    **options: object,
) -> Value:
    """Draw a field whose value several cards share, and return the value."""
    state = st.session_state
    key = f"{name}_{card}"
    state[key] = state.setdefault(name, usual)

    def keep_shared_value() -> None:
        state[name] = state.get(key, usual)

    widget(*args, key=key, on_change=keep_shared_value, **options)
    value: Value = state[name]
    return value


def _draw_paper_download(visit: Visit, name: str, title: str, body: str) -> None:
    t = visit.t
    draw_download(
        f"download_{name}",
        t(f"teacher.{name}_button"),
        papers.printable_sheet_html(title, body, t),
        t(f"teacher.{name}_file"),
    )


def _draw_printable_paper(visit: Visit, body: str) -> None:
    st.html(
        f'<style>{papers.printable_sheet_css(visit.t)}</style><div class="fvapp-paper">{body}</div>'
    )
