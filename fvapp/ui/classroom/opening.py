"""The ways into a class: joining one; opening one, and the classes of this teacher."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import sample

import streamlit as st

from fvapp.core.classroom.roster import NICKNAME_LENGTH, Classroom, nicknames
from fvapp.core.documents.class_results import class_facts
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.typical import typical_results
from fvapp.core.names import MOST_CHARACTERS
from fvapp.core.wording import duration
from fvapp.i18n import Translator, languages
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.classroom.results import draw_downloads
from fvapp.ui.messages import plain, say_next, write_message
from fvapp.ui.parts.address import visitor_network
from fvapp.ui.parts.commands import give
from fvapp.ui.parts.curtain import is_closed, open_curtain, try_word
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.remembered import remembered
from fvapp.ui.parts.words import mission_name, with_set_aside
from fvapp.ui.visit import Visit

_OFFERED = "nicknames_offered"
_CHOICES = 3


def draw_opening(visit: Visit) -> None:
    """Draw the form, and below it the classes that there are."""
    t = visit.t
    st.title(t("classroom.open.title"))
    visit.messages.show()
    draw_clock(visit)
    st.markdown(t("classroom.entry_help"))
    with st.container(key="class_form"):
        st.text_input(t("classroom.open.name"), key="class_name", max_chars=MOST_CHARACTERS)
        visit.first_field = "class_name"
        st.selectbox(
            t("classroom.open.language"),
            languages(),
            languages().index(t.language),
            format_func=lambda tag: Translator(tag)("language.name"),
            key="class_language",
        )
        chosen = st.multiselect(
            t("classroom.open.missions"),
            tuple(MISSIONS),
            LESSON,
            format_func=lambda mission: mission_name(mission, t),
            key="class_missions",
        )
        typical = typical_results().missions
        st.caption(t("classroom.open.minutes", time=duration(sum(typical[each].seconds for each in chosen), t)))
        if is_closed():
            st.text_input(t("classroom.open.word"), type="password", key="teacher_word")
        st.button(t("classroom.open.button"), key="class_open", type="primary", on_click=_open, args=(visit,))
    st.caption(t("classroom.kept"))
    _draw_own(visit)
    draw_all_classes(visit)


def take_code(visit: Visit) -> None:
    """Take the code of the teacher's address, which leaves the address bar and stands for the teacher's word too."""
    code = st.query_params["teacher"]
    st.query_params.from_dict({"view": "open"})
    if give(visit, visit.engine.teachers.show_code, code):
        open_curtain()


def draw_clock(visit: Visit) -> None:
    """Say what a teacher is to know of the computer's clock."""
    with visit.messages.errors_said_here():
        if trouble := visit.engine.teachers.clock_trouble(visit.token):
            write_message(st, "notice", trouble.sentence(visit.t))


def draw_all_classes(visit: Visit) -> None:
    """Draw everybody's classes, where the teacher's address was opened, and the button that deletes some of them."""
    t, found = visit.t, None
    with visit.messages.errors_said():
        found = visit.engine.teachers.all_classes(visit.token)
    if not found or (fold := open_fold("all_classes", t("classroom.open.all", n=len(found)), 200)) is None:
        return
    with fold:
        st.caption(t("classroom.open.all_help"))
        with st.container(key="all_classes_list", gap="xxsmall"):
            labels = {each.id: f"**{plain(each.name)}** · {class_facts(each, n, t)}" for each, n in found}
            chosen = [name for name, label in labels.items() if st.checkbox(label, key=f"class_choose_{name}")]
        words, args = t("classroom.open.delete_chosen"), (visit, *chosen)
        st.button(words, key="classes_delete", disabled=not chosen, on_click=_delete, args=args)


def _open(visit: Visit) -> None:
    state = st.session_state
    if is_closed():
        try_word(visit)
    if is_closed():
        if state.get("teacher_word_wrong"):
            say_next(visit.t("teacher.word_wrong"), kind="error")
        return
    language = state["class_language"] if state["class_language"] in languages() else visit.t.language
    _show(visit, visit.engine.teachers.open, state["class_name"], language, state["class_missions"])


def _show(visit: Visit, command: Callable[..., Classroom], *values: object) -> None:
    """Give a command that opens a class, and go to its board."""
    opened: list[Classroom] = []
    if give(visit, lambda token: opened.append(command(token, *values))):
        st.query_params.from_dict({"class": opened[0].id})


def _draw_own(visit: Visit) -> None:
    """Draw this teacher's classes: those that are open, then the others."""
    t, page = visit.t, page_path("classroom")
    with visit.messages.errors_said():
        classes = sorted(visit.engine.teachers.classes(visit.token), key=lambda each: not each.open)
        if classes:
            st.subheader(t("classroom.open.yours"))
        for classroom in classes:
            if classroom.open:
                with st.container(horizontal=True, vertical_alignment="center", border=True):
                    st.markdown(f"**{plain(classroom.name)}** · {classroom.code}", width="stretch")
                    to = {"class": classroom.id}
                    st.page_link(page, label=t("classroom.open.board"), icon=":material/groups:", query_params=to)
            else:
                with st.expander(plain(classroom.name)):
                    _draw_one_closed(visit, classroom)


def _draw_one_closed(visit: Visit, classroom: Classroom) -> None:
    t, teachers, key = visit.t, visit.engine.teachers, classroom.id
    draw_downloads(visit, classroom, f"_{key}")
    words, look = t("classroom.open.again"), {"on_click": _show, "args": (visit, teachers.reopen, key)}
    st.button(words, key=f"class_again_{key}", **look)
    sure = st.checkbox(t("classroom.open.delete_sure"), key=f"class_sure_{key}")
    st.button(
        t("classroom.open.delete"), key=f"class_delete_{key}", disabled=not sure, on_click=_delete, args=(visit, key)
    )


def _delete(visit: Visit, *classrooms: str) -> None:
    said = with_set_aside(visit, visit.t("classroom.open.deleted"))
    for classroom in classrooms:
        give(visit, visit.engine.teachers.delete, classroom, said=said)


def draw_join(visit: Visit) -> None:
    """Draw the form; an address that was read from the projector has filled in the code."""
    t, state = visit.t, st.session_state
    st.title(t("classroom.join.title"))
    visit.messages.show()
    offered = remembered(_OFFERED, t.language, lambda: sample(_offered_nicknames(t.language), _CHOICES))
    visit.form = "class_form"
    with st.container(key=visit.form):
        if "class_code" not in state:
            state["class_code"] = st.query_params.get("code", "")[:20]
        st.text_input(t("classroom.join.code"), key="class_code", max_chars=20)
        visit.first_field = None if state["class_code"] else "class_code"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if state.get("nickname_offered") not in offered:  # one tap less
                state["nickname_offered"] = offered[0]
            st.pills(t("classroom.join.nickname"), offered, key="nickname_offered")
            others = {"type": "tertiary", "on_click": lambda: state.pop(_OFFERED, None)}
            st.button(t("classroom.join.others"), key="nickname_others", **others)
        st.text_input(
            t("classroom.join.own"),
            key="nickname",
            max_chars=NICKNAME_LENGTH[1],
            help=t("classroom.join.own_help"),
        )
        st.button(t("classroom.join.button"), key="class_join", type="primary", on_click=_join, args=(visit,))
    with st.expander(t("classroom.join.kept_fold"), key="class_kept"):
        st.markdown(t("classroom.join.kept"))


def _join(visit: Visit) -> None:
    state = st.session_state
    nickname = state["nickname"].strip() or state.get("nickname_offered") or ""
    offered = _is_offered(nickname)
    join, address = visit.engine.students.join, visitor_network()
    if give(visit, join, state["class_code"], nickname, offered=offered, address=address):
        st.query_params.clear()


@cache
def _offered_nicknames(language: str) -> tuple[str, ...]:
    """Return every nickname that the app offers in a language."""
    t = Translator(language)
    return nicknames(
        t("classroom.nickname.first"),
        t("classroom.nickname.second"),
        t("classroom.nickname.name", first="{first}", second="{second}"),
    )


def _is_offered(nickname: str) -> bool:
    """Return whether a nickname is one of the app's own, in any language: those need nobody's leave to be shown."""
    return any(nickname in _offered_nicknames(language) for language in languages())
