"""Draws a button with which teachers make a link to a mission or to the train page."""

import streamlit as st

from fvapp.core.links import TeacherLink, build_teacher_link
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.i18n import Translator, language_tags
from fvapp.ui.parts import app_address, draw_address_warning, draw_plain_text
from fvapp.ui.visit import Visit

_OPENED = "make_link_opened"


def draw_teacher_link_button(
    visit: Visit, settings: RunSettings, mission: str | None = None
) -> None:
    """Draw a button that opens the options for a teacher's link, and the link's URL.

    Args:
        settings: the settings that the link contains.
        mission: id of the mission that the link opens; None for the train page.
    """
    t = visit.t
    state = st.session_state
    about = mission or "train"
    opened = state.get(_OPENED) == about

    with st.container(key="make_link"):
        st.button(
            t("links.title"),
            key="make_link_button",
            type="tertiary",
            icon=":material/link:",
            on_click=lambda: state.update({_OPENED: None if opened else about}),
        )
        if not opened:
            return
        st.caption(t("links.help"))
        link = build_teacher_link(_draw_link_choices(t, settings, mission), app_address())
        draw_plain_text(link)
        draw_address_warning(link, t)


def _draw_link_choices(t: Translator, settings: RunSettings, mission: str | None) -> TeacherLink:
    left, right = st.columns(2)
    language = left.selectbox(
        t("links.language"),
        (None, *language_tags()),
        format_func=lambda tag: (
            Translator(tag)("language.name") if tag else t("links.any_language")
        ),
        key="link_language",
    )
    seed = right.number_input(
        t("links.seed"),
        0,
        int(SETTINGS["seed"].maximum),
        settings.seed,
        step=1,
        key="link_seed",
        format="%d",
    )
    return TeacherLink(mission, settings.with_values(seed=seed), language, frozenset())
