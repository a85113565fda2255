"""A round on the projector: one large count, and once it is revealed what came of it."""

from html import escape
from math import ceil
from statistics import median

import streamlit as st

from fvapp.charts.class_dots import dots_svg
from fvapp.charts.images import png_address
from fvapp.core.classroom.hunt import TRIES
from fvapp.core.classroom.round_view import RoundView, Tile, confusion
from fvapp.core.classroom.rounds import DRAW_SECONDS, Round, Voted, unpack_image
from fvapp.core.missions import MISSIONS
from fvapp.core.templates import render
from fvapp.i18n import Translator
from fvapp.ui.classroom.hunt_screens import draw_hunt
from fvapp.ui.classroom.results import mission_bars
from fvapp.ui.classroom.round_seat import round_title, time_left
from fvapp.ui.parts.charts import draw_svg

_WIDE = 2.05  # the wall's width to its height, in tiles
_NEAR = 400  # width of the plot of the seeds: so narrow that its dots and letters are large


def title_html(current: Round, view: RoundView, t: Translator) -> str:
    """Return what stands at the top: the round, and how many there are of what is waited for."""
    title = escape(round_title(current.kind, current.subject, t))
    return f"<h1 class='{current.kind}'>{title}</h1>{_SCREENS[current.kind][0](current, view, t)}"


def draw_round(current: Round, view: RoundView, now: float, t: Translator) -> None:
    """Draw what stands below that."""
    _SCREENS[current.kind][1](current, view, now, t)


def _count(words: str, n: int, of: int, t: Translator, digit: str = "") -> str:
    return f"<p><b>{n}</b> {escape(t(f'classroom.round.{words}', of=of, digit=digit))}</p>"


def _draw_poll(current: Round, view: RoundView, now: float, t: Translator) -> None:
    bars = mission_bars(view.results, t) if current.revealed and view.results.predictions else ""
    choices = MISSIONS[current.subject].predictions
    with st.container(key="poll_projected"):
        st.html(render(__package__, "round_poll.html", t=t, current=current, bars=bars, choices=choices))


def _draw_seeds(current: Round, view: RoundView, now: float, t: Translator) -> None:
    with st.container(key="seeds_plot"):
        st.html(render(__package__, "round_seeds.html", t=t, current=current, view=view))
        if view.dots is not None:
            draw_svg(dots_svg([("", view.dots)], t, _NEAR), key="seeds_dots")


def _count_drawings(current: Round, view: RoundView, t: Translator) -> str:
    if current.revealed and view.tiles:
        read = sum(str(tile.label) == current.subject for tile in view.tiles)
        return _count("read_as", read, len(view.tiles), t, current.subject)
    return _count("drawn", view.answered, view.asked, t)


def _draw_wall(current: Round, view: RoundView, now: float, t: Translator) -> None:
    with st.container(key="draw_wall"):
        if current.revealed and not view.tiles:
            st.html(f"<p>{escape(t('classroom.round.none_drawn'))}</p>")
            return
        until = current.started + DRAW_SECONDS
        frames = max(view.asked, len(view.tiles), 1)
        columns = wall_columns(frames)
        size = {"frames": frames, "columns": columns, "rows": ceil(frames / columns)}
        left = time_left(until, now) if now < until else ""
        seen = {"view": view, "current": current, "read_as": confusion(view.tiles)}
        tile = {"address": tile_address, "words": tile_words}
        st.html(render(__package__, "wall.html", t=t, time_left=left, **size, **seen, **tile))


def wall_columns(frames: int) -> int:
    """Return in how many columns frames are largest: each is as wide as a column, and no higher than a row."""
    possible = range(1, frames + 1)
    return max(possible, key=lambda columns: min(_WIDE / columns, 1 / ceil(frames / columns)))


def tile_words(tile: Tile, current: Round, t: Translator) -> str:
    """Return what is said of a drawing: what the network reads, or what was to be drawn."""
    return current.subject if tile.label is None else t("classroom.round.tile", digit=tile.label)


def tile_address(tile: Tile) -> str:
    """Return the address of a drawing as a picture."""
    return png_address(unpack_image(tile.drawing))


def _count_votes(current: Round, view: RoundView, t: Translator) -> str:
    if current.voted is None:
        return ""
    return f"<p>{escape(t('classroom.round.vote_count', n=len(current.voted.accuracies)))}</p>"


def _draw_vote(current: Round, view: RoundView, now: float, t: Translator) -> None:
    vote = vote_html(current.voted, t) if current.revealed and current.voted is not None else ""
    with st.container(key="vote"):
        st.html(render(__package__, "round_vote.html", t=t, current=current, vote=vote))


def vote_html(voted: Voted, t: Translator) -> str:
    """Return the vote beside the best and the median network."""
    numbers = {"vote": voted.vote, "best": max(voted.accuracies), "median": median(voted.accuracies)}
    return render(__package__, "vote.html", t=t, numbers=numbers)


# For each kind what its title says below, and what is drawn below that.
_SCREENS = {
    "predict": (lambda _, view, t: _count("answered", view.answered, view.asked, t), _draw_poll),
    "seeds": (lambda _, view, t: _count("done", view.networks - view.trains, view.networks, t), _draw_seeds),
    "draw": (_count_drawings, _draw_wall),
    "word": (lambda _, view, t: _count("drawn", view.answered, view.asked, t), _draw_wall),
    "vote": (_count_votes, _draw_vote),
    "hunt": (lambda _, view, t: _count("tried", len(view.tries), TRIES * view.asked, t), draw_hunt),
}
