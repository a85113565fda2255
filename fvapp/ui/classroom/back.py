"""Lets a teacher give students codes or cards that reopen their work in a school class."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import streamlit as st

from fvapp.core.classroom import Classroom
from fvapp.core.documents.papers import printable_sheet_html, seat_cards_html
from fvapp.core.templates import render_template
from fvapp.core.wording import NOTHING
from fvapp.ui.parts import app_address, draw_address_warning, draw_download
from fvapp.ui.visit import Visit

_CARDS = "seat_cards"
_CODE = "seat_code"


def draw_seat_code(visit: Visit, room: Classroom, student: str, nickname: str) -> None:
    """Draw the code with which a student returns to their work in a class, while it is valid."""
    whose, code, until = st.session_state.get(_CODE, ("", "", 0.0))
    if whose == student:
        with visit.messages.showing_errors_here():
            is_waiting = visit.engine.seat_returns.is_seat_code_valid(visit.token, room.id, student)
            st.html(
                render_template(
                    __package__,
                    "seat_code.html",
                    t=visit.t,
                    nickname=nickname,
                    code=code if is_waiting else "",
                    until=_browser_time_of_day(until),
                )
            )


def make_seat_code(visit: Visit, room: Classroom, student: str) -> None:
    """Make a code with which a student returns to their work; called only in widget callbacks."""
    with visit.messages.queueing_errors():
        st.session_state[_CODE] = (
            student,
            *visit.engine.seat_returns.make_seat_code(visit.token, room.id, student),
        )


def draw_seat_cards(visit: Visit, room: Classroom, nicknames: Mapping[str, str]) -> None:
    """Draw the button that downloads printable cards, which reopen students' work in the class.

    The file has a card for each student who has none yet, and for chosen other students. A teacher
    who has used neither the private teacher link nor the teacher password is shown how to enable
    codes and cards. Another button downloads the latest cards again, until the tab is closed.

    Args:
        nicknames: the students' nicknames, by id.
    """
    t = visit.t
    address = f"{app_address()}/class"
    cards_by_student = visit.engine.seat_returns.which_students_have_cards(visit.token, room.id)
    if not room.codes:
        st.caption(t("classroom.back.unproven"))
        if waiting := sum(cards_by_student.values()):
            st.caption(t("classroom.back.sleep", n=waiting))
        return
    draw_address_warning(address, t)
    st.caption(t("classroom.back.cards_help"))
    with_card = sorted(
        (
            student
            for student, has_card in cards_by_student.items()
            if has_card and student in nicknames
        ),
        key=nicknames.__getitem__,
    )
    reprinted: list[str] = []
    if with_card:
        reprinted = st.multiselect(
            t("classroom.back.anew"),
            with_card,
            format_func=nicknames.__getitem__,
            placeholder=NOTHING,
            key="cards_anew",
        )

    # The latest cards of each class. On disk the app stores only hashes of their codes, so if the
    # browser fails to save the file, only this copy can provide it again.
    made_files: dict[str, str] = st.session_state.setdefault(_CARDS, {})

    def make_cards_file() -> str:
        cards = visit.engine.seat_returns.make_seat_cards(visit.token, room.id, reprinted)
        # A second click may come before the button is redrawn, and then makes no further cards.
        if cards or room.id not in made_files:
            made_files[room.id] = printable_sheet_html(
                room.name, seat_cards_html(cards, address, t), t
            )
        return made_files[room.id]

    file = t("classroom.back.file")
    if count := sum(not card for card in cards_by_student.values()) + len(reprinted):
        draw_download("cards", t("classroom.back.print", n=count), make_cards_file, file)
    if room.id in made_files:
        draw_download("cards_again", t("classroom.back.again"), lambda: made_files[room.id], file)


def _browser_time_of_day(seconds: float) -> str:
    """Return the time of day, HH:MM, in the browser's time zone, not the server's."""
    offset = st.context.timezone_offset
    there = None
    if isinstance(offset, int) and abs(offset) < 1_440:  # less than a day, in minutes
        there = timezone(timedelta(minutes=-offset))
    return datetime.fromtimestamp(seconds, there).strftime("%H:%M")
