"""What a teacher controls on all screens of a class: eyes up, stop, locks, the door, the end."""

from collections.abc import Mapping

import streamlit as st

from fvapp.core.classroom.roster import MOST_SENTENCE, Classroom
from fvapp.core.links import LOCKABLE
from fvapp.core.missions import MISSIONS
from fvapp.core.settings import SETTINGS
from fvapp.core.wording import NOTHING
from fvapp.i18n import Translator
from fvapp.ui.browser.choices import draw_held
from fvapp.ui.browser.folds import draw_window
from fvapp.ui.classroom.assignment import draw_assigning
from fvapp.ui.classroom.round_board import draw_start
from fvapp.ui.parts.commands import draw_command, give
from fvapp.ui.parts.page_table import closable_pages
from fvapp.ui.parts.words import mission_name
from fvapp.ui.visit import Visit

_ALL = "all"


def draw_steering(visit: Visit, classroom: Classroom) -> None:
    """Draw the buttons."""
    t = visit.t
    with st.container(horizontal=True, width="content", key="class_steering"):
        draw_start(visit, classroom)
        if classroom.steering.eyes_up:
            words = t("classroom.steer.eyes_away")
            look = {"type": "primary", "icon": ":material/visibility_off:"}
            st.button(words, key="eyes_up_away", on_click=lambda: _steer(visit, eyes_up=""), **look)
        else:
            words = t("classroom.steer.eyes_up")
            args = (_draw_eyes_up, visit, classroom)
            draw_window("eyes_up", words, 160, *args, icon=":material/visibility:")
        look = {
            "icon": ":material/stop:",
            "kwargs": {"said": lambda n: t("classroom.steer.stopped", n=n)},
        }
        draw_command(
            visit,
            t("classroom.steer.stop"),
            "stop_all",
            visit.engine.teachers.stop_all,
            classroom.id,
            **look,
        )
        windows = {
            "assign": (t("classroom.assign.title"), 300, draw_assigning, ":material/assignment:"),
            "locks": (t("classroom.steer.locks"), 420, _draw_locks, ":material/lock:"),
            "close": (t("classroom.steer.close"), 120, _draw_close, ":material/logout:"),
        }
        for name, (words, height, draw, icon) in windows.items():
            draw_window(f"class_{name}", words, height, draw, visit, classroom, icon=icon)


def _draw_eyes_up(visit: Visit, classroom: Classroom) -> None:
    t = visit.t
    st.text_input(
        t("classroom.steer.sentence"),
        Translator(classroom.language)("classroom.steer.eyes_default"),
        key="eyes_up_sentence",
        max_chars=MOST_SENTENCE,
    )
    look = {
        "type": "primary",
        "on_click": lambda: _steer(visit, eyes_up=st.session_state["eyes_up_sentence"]),
    }
    st.button(t("classroom.steer.eyes_show"), key="eyes_up_show", **look)


def _draw_close(visit: Visit, classroom: Classroom) -> None:
    st.markdown(visit.t("classroom.steer.close_help"))
    st.button(
        visit.t("classroom.steer.close"), key="class_close_now", on_click=_close, args=(visit,)
    )


def _close(visit: Visit) -> None:
    if give(
        visit,
        visit.engine.teachers.close,
        visit.in_class.id,
        said=visit.t("classroom.steer.closed"),
    ):
        st.query_params.from_dict({"view": "open"})  # the list of classes


def _draw_locks(visit: Visit, classroom: Classroom) -> None:
    """Draw the locks; each field takes effect at once."""
    t = visit.t
    state = st.session_state
    steering = classroom.steering
    words = {_ALL: t("classroom.steer.all_missions")}
    words |= {
        each: mission_name(each, t) if each in MISSIONS else words[_ALL]
        for each in classroom.missions
    }
    up_to = steering.up_to or _ALL

    def steer(chosen: str) -> None:
        _steer(visit, up_to=chosen)

    draw_held(st.selectbox, t("classroom.steer.up_to"), words, "class_up_to", up_to, steer)
    _draw_closed(visit, "pages", {page: t(f"pages.{page}") for page in closable_pages()})
    names = {name: t(f"settings.{name}.label") for name in SETTINGS} | {"preset": t("links.preset")}
    _draw_closed(
        visit, "settings", {name: label for name, label in names.items() if name in LOCKABLE}
    )
    state["class_door"] = classroom.door
    st.toggle(
        t("classroom.steer.door"),
        key="class_door",
        on_change=lambda: give(
            visit, visit.engine.teachers.set_door, classroom.id, bool(state["class_door"])
        ),
    )
    st.caption(t("classroom.steer.locks_help"))


def _draw_closed(visit: Visit, field: str, words: Mapping[str, str]) -> None:
    """Draw the choice of closed pages or settings."""
    state = st.session_state
    key = f"class_{field}"
    state[key] = list(getattr(visit.in_class.steering, field))
    look = {
        "format_func": words.get,
        "on_change": lambda: _steer(visit, **{field: tuple(state[key])}),
    }
    st.multiselect(
        visit.t(f"classroom.steer.{field}"), list(words), key=key, placeholder=NOTHING, **look
    )


def _steer(visit: Visit, **changes: object) -> None:
    give(visit, visit.engine.teachers.steer, visit.in_class.id, closable_pages(), **changes)
