"""Draws the buttons and fields with which a teacher controls the students' screens in a class.

The teacher can show the message "eyes up", stop all training, lock missions, pages and settings,
allow or prevent joining, and close the class.
"""

from collections.abc import Mapping

import streamlit as st

from fvapp.core.classroom import MOST_SENTENCE, Classroom
from fvapp.core.links import LOCKABLE
from fvapp.core.settings import SETTINGS
from fvapp.core.wording import NOTHING
from fvapp.i18n import Translator
from fvapp.ui.browser import draw_popover, draw_select
from fvapp.ui.classroom.assignment import draw_assignment_maker
from fvapp.ui.classroom.round_board import draw_round_starter
from fvapp.ui.parts import closable_pages, draw_command_button, give_engine_command, mission_name
from fvapp.ui.visit import Visit

_ALL = "all"


def draw_steering_buttons(visit: Visit, classroom: Classroom) -> None:
    """Draw the buttons with which a teacher controls the screens of all students of a class."""
    t = visit.t
    with st.container(horizontal=True, width="content", key="class_steering"):
        draw_round_starter(visit, classroom)
        if classroom.steering.eyes_up:
            st.button(
                t("classroom.steer.eyes_away"),
                key="eyes_up_away",
                on_click=lambda: _change_steering(visit, classroom, eyes_up=""),
                type="primary",
                icon=":material/visibility_off:",
            )
        else:
            draw_popover(
                "eyes_up",
                t("classroom.steer.eyes_up"),
                160,
                _draw_eyes_up_message_form,
                visit,
                classroom,
                icon=":material/visibility:",
            )
        draw_command_button(
            visit,
            t("classroom.steer.stop"),
            "stop_all",
            visit.engine.teachers.stop_all_runs,
            classroom.id,
            icon=":material/stop:",
            confirmation=lambda n: t("classroom.steer.stopped", n=n),
        )
        windows = {
            "assign": (
                t("classroom.assign.title"),
                300,
                draw_assignment_maker,
                ":material/assignment:",
            ),
            "locks": (t("classroom.steer.locks"), 420, _draw_lock_fields, ":material/lock:"),
            "close": (t("classroom.steer.close"), 120, _draw_close_class, ":material/logout:"),
        }
        for name, (words, height, draw, icon) in windows.items():
            draw_popover(f"class_{name}", words, height, draw, visit, classroom, icon=icon)


def _draw_eyes_up_message_form(visit: Visit, classroom: Classroom) -> None:
    t = visit.t
    sentence = st.text_input(
        t("classroom.steer.sentence"),
        Translator(classroom.language)("classroom.steer.eyes_default"),
        key="eyes_up_sentence",
        max_chars=MOST_SENTENCE,
    )
    st.button(
        t("classroom.steer.eyes_show"),
        key="eyes_up_show",
        type="primary",
        on_click=lambda: _change_steering(
            visit, classroom, eyes_up=st.session_state.get("eyes_up_sentence", sentence)
        ),
    )


def _draw_close_class(visit: Visit, classroom: Classroom) -> None:
    st.markdown(visit.t("classroom.steer.close_help"))
    st.button(
        visit.t("classroom.steer.close"),
        key="class_close_now",
        on_click=_close_class,
        args=(visit, classroom),
    )


def _close_class(visit: Visit, classroom: Classroom) -> None:
    if give_engine_command(
        visit,
        visit.engine.teachers.close_class,
        classroom.id,
        confirmation=visit.t("classroom.steer.closed"),
    ):
        st.query_params.from_dict({"view": "open"})  # shows the list of the teacher's classes


def _draw_lock_fields(visit: Visit, classroom: Classroom) -> None:
    """Draw fields that lock missions, pages and settings for students, with immediate effect."""
    t = visit.t
    state = st.session_state

    def set_joining_allowed() -> None:
        give_engine_command(
            visit, visit.engine.teachers.allow_joining, classroom.id, bool(state["class_door"])
        )

    words = {_ALL: t("classroom.steer.all_missions")}
    words |= {mission: mission_name(mission, t) for mission in classroom.missions}
    draw_select(
        st.selectbox,
        t("classroom.steer.up_to"),
        words,
        "class_up_to",
        classroom.steering.up_to or _ALL,
        lambda chosen: _change_steering(visit, classroom, up_to=chosen),
    )
    _draw_lock_choice(
        visit, classroom, "pages", {page: t(f"pages.{page}") for page in closable_pages()}
    )
    _draw_lock_choice(
        visit,
        classroom,
        "settings",
        {
            name: t("links.preset" if name == "preset" else f"settings.{name}.label")
            for name in (*SETTINGS, "preset")
            if name in LOCKABLE
        },
    )
    state["class_door"] = classroom.door
    st.toggle(t("classroom.steer.door"), key="class_door", on_change=set_joining_allowed)
    st.caption(t("classroom.steer.locks_help"))


def _draw_lock_choice(
    visit: Visit, classroom: Classroom, field: str, words: Mapping[str, str]
) -> None:
    """Draw a field for choosing the pages or settings to lock for students."""
    state = st.session_state
    key = f"class_{field}"
    state[key] = list(getattr(classroom.steering, field))
    st.multiselect(
        visit.t(f"classroom.steer.{field}"),
        words,
        key=key,
        placeholder=NOTHING,
        format_func=words.__getitem__,
        on_change=lambda: _change_steering(visit, classroom, **{field: tuple(state[key])}),
    )


def _change_steering(visit: Visit, classroom: Classroom, **changes: object) -> None:
    give_engine_command(
        visit,
        lambda token: visit.engine.teachers.steer_screens(
            token, classroom.id, closable_pages(), **changes
        ),
    )
