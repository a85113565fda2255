"""Draws class activities (rounds) whose drawings are shown together on a wall of tiles."""

from contextlib import suppress
from functools import partial
from html import escape
from math import ceil

import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.core.classroom import (
    DIGIT_DATASET,
    DRAW_SECONDS,
    Classroom,
    Round,
    StudentRound,
    WallRoundView,
    WallTile,
    count_labels,
    round_group_name,
    unpack_image,
    wall_columns,
)
from fvapp.core.errors import BlankError
from fvapp.core.preparation import prepare_drawing_or_photo
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate
from fvapp.ui.browser import draw_expander
from fvapp.ui.classroom.round_screens import RoundScreens
from fvapp.ui.parts import draw_command_button
from fvapp.ui.pictures import draw_canvas, read_canvas_drawing
from fvapp.ui.visit import Visit

_SIDE = 420  # maximum side length of the canvas, in CSS pixels
_TILE = 84  # side of a drawing on the teacher's board, in CSS pixels


class WallScreens(RoundScreens):
    """Draws a class activity (round) that shows all students' drawings together, on a wall.

    Attributes:
        words: suffix of the translation keys for texts about keeping the drawings.
    """

    words = ""
    count_words = "drawn"

    def draw_round_page_for_student(self, visit, seat, current):
        """Draw the page with the canvas; a new stroke redraws only the canvas."""
        t = visit.t
        st.title(self.round_title(current, t))
        visit.messages.draw_message_area()
        st.html(_time_left_html(current.covers_pages_until, visit.engine.rounds.now()))
        st.caption(t("classroom.round.student.draw_help"))
        name = round_group_name(seat.class_id, current.number)
        st.fragment(self._draw_canvas)(visit, current, name)

    def _draw_canvas(self, visit: Visit, current: StudentRound, name: str) -> None:
        draw_canvas(
            visit,
            DIGIT_DATASET,
            partial(_send_drawing, visit, current, name),
            _SIDE,
            name,
            self.round_title(current, visit.t),
        )

    def draw_round_for_student(self, visit, current):
        t = visit.t
        rounds = visit.engine.rounds
        if current.is_taken_off:
            st.markdown(t("classroom.round.student.off"))
        elif current.has_drawn:
            words = "on_wall" if current.predicted_label is None else "read"
            st.markdown(t(f"classroom.round.student.{words}", digit=current.predicted_label))
            if current.is_kept:
                st.caption(t(f"classroom.round.student.kept{self.words}"))
            draw_command_button(
                visit,
                t("classroom.round.student.take_off"),
                "round_take_off",
                rounds.take_own_drawing_off_wall,
                current.number,
            )
        elif current.revealed:
            super().draw_round_for_student(visit, current)
        else:
            st.markdown(t("classroom.round.student.missed"))
            draw_command_button(
                visit,
                t("classroom.round.student.draw_now"),
                "round_draw",
                rounds.begin_late_drawing,
                current.number,
                type="primary",
            )

    def draw_round_on_projector(self, current, view, now, t):
        if current.revealed and not view.tiles:
            st.html(f"<p>{escape(t('classroom.round.none_drawn'))}</p>")
            return
        until = current.started + DRAW_SECONDS
        frames = max(view.asked_student_count, len(view.tiles), 1)
        columns = wall_columns(frames)
        left = _time_left_html(until, now) if now < until else ""
        st.html(
            render_template(
                __package__,
                "wall.html",
                t=t,
                time_left=left,
                frames=frames,
                columns=columns,
                rows=ceil(frames / columns),
                view=view,
                current=current,
                read_as=count_labels(view.tiles),
                address=_tile_data_url,
                words=_tile_description,
            )
        )

    def draw_round_on_board(self, visit, classroom, current, view):
        t = visit.t
        if not view.tiles:
            return
        # The drawings are in an expander, since the teacher's screen may be projected.
        draw_expander(
            "wall",
            t("classroom.round.wall", n=len(view.tiles)),
            200,
            _draw_wall_tiles,
            visit,
            classroom,
            current,
            view,
        )
        if current.revealed:
            with st.container(key="keep_wall"):
                if current.kept:
                    self.draw_kept_drawing_links(visit)
                else:
                    draw_command_button(
                        visit,
                        t(f"classroom.round.keep{self.words}", subject=current.subject),
                        "round_keep",
                        visit.engine.class_drawings.keep_wall_drawings,
                        classroom.id,
                        icon=":material/download:",
                        type="primary",
                    )
                    st.caption(t(f"classroom.round.keep_help{self.words}"))

    def draw_kept_drawing_links(self, visit: Visit) -> None:
        """Draw links to pages on which the teacher can use the drawings kept from the class."""


def _send_drawing(visit: Visit, current: StudentRound, name: str) -> None:
    """Put the drawing on the class's wall, or take it off if the canvas is empty.

    Once the time is up, the drawing is not sent, and the last drawing sent in time stays.
    """
    rounds = visit.engine.rounds
    with visit.messages.queueing_errors(but="round_over"), suppress(BlankError):
        strokes = read_canvas_drawing(DIGIT_DATASET, name)
        if strokes is None:
            rounds.take_own_drawing_off_wall(visit.token, current.number)
        else:
            rounds.put_drawing_on_wall(
                visit.token, current.number, prepare_drawing_or_photo(strokes, DIGIT_DATASET).image
            )


def _draw_wall_tiles(
    visit: Visit, classroom: Classroom, current: Round, view: WallRoundView
) -> None:
    t = visit.t
    st.caption(t("classroom.round.wall_help"))
    with st.container(horizontal=True, key="wall_tiles"):
        for tile in view.tiles:
            with st.container(width=_TILE + 16, gap=None, key=f"tile_{tile.student_id}"):
                st.html(
                    f"<img class='fvapp-tile' src='{_tile_data_url(tile)}' "
                    f"alt='{escape(_tile_description(tile, current, t))}' width='{_TILE}'>"
                )
                draw_command_button(
                    visit,
                    t("classroom.round.take_off"),
                    f"take_off_{tile.student_id}",
                    visit.engine.rounds.take_drawing_off_wall,
                    classroom.id,
                    tile.student_id,
                    type="tertiary",
                )


def _tile_description(tile: WallTile, current: Round, t: Translate) -> str:
    """Return a drawing's description: the network's answer, if any, else the subject to draw."""
    return (
        current.subject
        if tile.predicted_label is None
        else t("classroom.round.tile", digit=tile.predicted_label)
    )


def _tile_data_url(tile: WallTile) -> str:
    """Return a drawing as a PNG data URL."""
    return png_data_url(unpack_image(tile.drawing))


def _time_left_html(until: float, now: float) -> str:
    """Return HTML for a bar that shrinks until the time is up."""
    left = min(DRAW_SECONDS, max(0.0, until - now))
    style = f"--left:{left:.1f}s;--share:{left / DRAW_SECONDS:.3f}"
    return f"<div class='fvapp-time' style='{escape(style)}'><i></i></div>"
