"""A round as its teacher starts, watches, reveals and ends it."""

from collections.abc import Callable
from html import escape

import streamlit as st

from fvapp.core.classroom.hunt import CHOICES, Budget
from fvapp.core.classroom.kinds import DIGITS, DRAWN, KINDS
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_view import RoundView
from fvapp.core.classroom.rounds import Round
from fvapp.core.dataset_table import DATASETS, MOST_OWN_NAME
from fvapp.core.wording import Translate
from fvapp.ui.browser.folds import draw_fold, draw_window
from fvapp.ui.classroom.hunt_screens import draw_hunt
from fvapp.ui.classroom.round_screen import tile_address, tile_words, title_html, vote_html
from fvapp.ui.messages import plain
from fvapp.ui.parts.commands import draw_command, give
from fvapp.ui.parts.page_links import MY_EXAMPLES, page_path
from fvapp.ui.parts.words import mission_name
from fvapp.ui.visit import Visit

_USUAL_DIGIT = "7"
_TILE = 84  # CSS pixels


def draw_start(visit: Visit, classroom: Classroom) -> None:
    """Draw the window in which a round is chosen; there is none while another one is not revealed."""
    if classroom.round is not None and not classroom.round.revealed:
        return
    words, look = visit.t("classroom.round.start"), {"icon": ":material/play_circle:"}
    draw_window("rounds", words, 320, _draw_choice, visit, classroom, **look)


def _draw_choice(visit: Visit, classroom: Classroom) -> None:
    t, start = visit.t, visit.engine.rounds.start
    kinds = {kind: t(f"classroom.round.kinds.{kind}") for kind in KINDS}
    last = list(kinds).index(classroom.round.kind) if classroom.round is not None else 0
    kind = st.selectbox(t("classroom.round.kind"), list(kinds), last, format_func=kinds.get, key="round_kind")
    kind = kind if kind in kinds else next(iter(kinds))
    st.caption(t(f"classroom.round.help.{kind}"))
    subject = _SUBJECTS[kind](classroom, t) if kind in _SUBJECTS else str
    press = {"type": "primary", "on_click": lambda: give(visit, start, classroom.id, kind, subject())}
    st.button(t("classroom.round.begin"), "round_start", **press)


def _choose_mission(classroom: Classroom, t: Translate) -> Callable[[], str]:
    names = {mission: mission_name(mission, t) for mission in classroom.missions}
    st.selectbox(t("classroom.round.mission"), list(names), format_func=names.get, key="round_mission")
    return lambda: st.session_state.get("round_mission") or ""


def _choose_digit(classroom: Classroom, t: Translate) -> Callable[[], str]:
    st.selectbox(t("classroom.round.digit"), DIGITS, DIGITS.index(_USUAL_DIGIT), key="round_digit")
    return lambda: st.session_state.get("round_digit") or ""


def _choose_word(classroom: Classroom, t: Translate) -> Callable[[], str]:
    st.text_input(t("classroom.round.word"), key="round_word", max_chars=MOST_OWN_NAME, placeholder=t("own.such_as.4"))
    return lambda: st.session_state.get("round_word") or ""


def _choose_budget(classroom: Classroom, t: Translate) -> Callable[[], str]:
    for name, choices in zip(Budget._fields, CHOICES, strict=True):
        usual = choices.index(getattr(Budget(), name))
        words = {each: t(DATASETS[each].term("name")) if each in DATASETS else f"{each:,}" for each in choices}
        st.selectbox(t(f"classroom.hunt.{name}"), choices, usual, format_func=words.get, key=f"round_{name}")
    return lambda: " ".join(str(st.session_state.get(f"round_{name}")) for name in Budget._fields)


# What draws the fields by which a subject is chosen, and returns what reads it from them at the click.
_SUBJECTS = {"predict": _choose_mission, "draw": _choose_digit, "word": _choose_word, "hunt": _choose_budget}


def draw_round_board(visit: Visit, current: Round) -> None:
    """Draw the round that is under way, on the board."""
    t, rounds, room = visit.t, visit.engine.rounds, visit.in_class.id
    view = rounds.look(visit.token, room)
    if view is None:  # ended a moment ago, in another tab
        return
    with st.container(key="round", border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(f"<div class='fvapp-round'>{title_html(current, view, t)}</div>", width="stretch")
            with st.container(horizontal=True, width="content"):
                if not current.revealed:
                    words, look = t("classroom.round.reveal"), {"type": "primary"}
                    draw_command(visit, words, "round_reveal", rounds.reveal, room, **look)
                draw_command(visit, t("classroom.round.end"), "round_end", rounds.end, room)
        _draw_detail(visit, current, view, t)


def _draw_detail(visit: Visit, current: Round, view: RoundView, t: Translate) -> None:
    if view.refused:
        names = plain(t("common.comma").join(view.refused))
        st.warning(t("classroom.round.refused", names=names))
    if current.failed:
        st.warning(t("classroom.round.failed"))
    elif current.row.votes and current.voted is None:
        st.caption(t("classroom.round.counting"))
    elif current.revealed and current.voted is not None:
        st.html(vote_html(current.voted, t))
    if view.tries:
        draw_hunt(current, view, 0.0, t)
    if not view.tiles:
        return
    # Folded: a teacher's screen may be on the wall, and nothing is to be seen before it is due.
    draw_fold("wall", t("classroom.round.wall", n=len(view.tiles)), 200, _draw_tiles, visit, view, t)
    if current.revealed:
        _draw_keep(visit, current, t)


def _draw_tiles(visit: Visit, view: RoundView, t: Translate) -> None:
    st.caption(t("classroom.round.wall_help"))
    with st.container(horizontal=True, key="wall_tiles"):
        for tile in view.tiles:
            with st.container(width=_TILE + 16, key=f"tile_{tile.student}"):
                alt = escape(tile_words(tile, visit.in_class.round, t))
                st.html(f"<img class='fvapp-tile' src='{tile_address(tile)}' alt='{alt}' width='{_TILE}'>")
                name, take_off = t("classroom.round.take_off"), visit.engine.rounds.take_off
                values = visit.in_class.id, tile.student
                draw_command(visit, name, f"take_off_{tile.student}", take_off, *values, type="tertiary")


def _draw_keep(visit: Visit, current: Round, t: Translate) -> None:
    """Draw the button that keeps the wall; once it is kept, what can be done with the teacher's own examples."""
    with st.container(key="keep_wall"):
        if not current.kept:
            keep, icon, word = visit.engine.keeping.keep_wall, ":material/download:", "_word" * current.row.shared
            words = t(f"classroom.round.keep{word}", subject=current.subject)
            draw_command(visit, words, "round_keep", keep, visit.in_class.id, icon=icon, type="primary")
            st.caption(t(f"classroom.round.keep_help{word}"))
            return
        if current.row.shared:  # what the class has kept stands below, beside what it kept before
            return
        st.markdown(t("classroom.round.kept"))
        with st.container(horizontal=True):
            chosen = {"dataset": DRAWN, "examples": "added"}
            train, mine = t("classroom.round.kept_train"), t("examples.title")
            st.page_link(page_path("train"), label=train, icon=":material/school:", query_params=chosen)
            shown = {"dataset": DRAWN, "show": MY_EXAMPLES}
            st.page_link(page_path("data"), label=mine, icon=":material/apps:", query_params=shown)
