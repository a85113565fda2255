"""The page that looks inside a network: an image and its answer at the top, and ten tools, one open at a time."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.browser.folds import draw_fold
from fvapp.ui.browser.into_view import bring_into_view
from fvapp.ui.inside import cards
from fvapp.ui.inside.duel import draw_duel
from fvapp.ui.inside.film import draw_film
from fvapp.ui.inside.fool import draw_fool
from fvapp.ui.inside.layers import draw_way
from fvapp.ui.inside.mistakes import draw_mistakes
from fvapp.ui.inside.models import choose_model, load_model, run_states
from fvapp.ui.inside.robustness import draw_robustness
from fvapp.ui.inside.step import draw_step
from fvapp.ui.inside.strip import draw_strip
from fvapp.ui.inside.surgery import draw_surgery
from fvapp.ui.inside.view import Maths, View
from fvapp.ui.inside.wheel import draw_wheel
from fvapp.ui.inside.why import draw_why
from fvapp.ui.parts.words import draw_temperature
from fvapp.ui.visit import Visit

LIVE_SECONDS = 1.0  # between two looks at a run that trains
_MATHS_HEIGHT = 400
_OPENED = "inside_opened"  # how many tools were opened


class Tool(NamedTuple):
    """A tool.

    Attributes:
        draw: draws it, returns what draws the tables and formulas behind it, and raises an FvappError where there is
            nothing to see.
        card: returns what its card shows.
        live: whether there is something to see of a run that still trains.
    """

    draw: Callable[[View], Maths]
    card: Callable[[View], cards.Card]
    live: bool = False


# The names are those of addresses: "?part=why", and of the anchors that earlier versions had.
TOOLS: dict[str, Tool] = {
    "way": Tool(draw_way, cards.way, live=True),
    "film": Tool(draw_film, cards.film),
    "step": Tool(draw_step, cards.step),
    "why": Tool(draw_why, cards.why, live=True),
    "fool": Tool(draw_fool, cards.fool, live=True),
    "duel": Tool(draw_duel, cards.duel),
    "surgery": Tool(draw_surgery, cards.surgery),
    "mistakes": Tool(draw_mistakes, cards.mistakes),
    "wheel": Tool(draw_wheel, cards.wheel),
    "robustness": Tool(draw_robustness, cards.robustness),
}


def show(visit: Visit) -> None:
    """Draw the page; all below the choice of a network is then drawn by itself."""
    top = st.container(horizontal=True, vertical_alignment="center", key="inside_top")
    visit.messages.show()
    drawn = _page_state(visit)
    with top:
        st.title(visit.t("inside.title"), anchor=False, width="content")
        name, trains = choose_model(visit)
    st.fragment(_draw, run_every=LIVE_SECONDS if trains else None)(visit, name)
    visit.watch(partial(_page_state, visit), drawn, under_way=trains)


def _page_state(visit: Visit) -> tuple[object, ...]:
    """Return what the page is drawn again for: the visitor's runs, and whether a worker can be asked."""
    return run_states(visit), visit.engine.status().state


def _draw(visit: Visit, name: str) -> None:
    """Draw the strip, and the cards or the tool that is open, with the network as it is now."""
    try:
        model = load_model(visit, name)
        if model.network.broken:
            st.warning(visit.t("inside.broken"))
            return
        view = draw_strip(visit, model)
    except FvappError as error:  # also where its test images are gone, until an own image is drawn above
        st.info(error.sentence(visit.t))
        return
    opened = st.query_params.get("part")
    with st.container(key="inside_body"):
        if model.trains:
            st.caption(visit.t("inside.live"))
        if opened in TOOLS:
            _draw_tool(view, opened)
        else:
            cards.draw_cards(view, {name: tool.card for name, tool in TOOLS.items()}, _open)
    bring_into_view("inside_body", st.session_state.get(_OPENED, 0))


def _open(name: str | None) -> None:
    """Have a tool open, or all be shown; the address says which."""
    if name is None:
        st.query_params.pop("part", None)
    else:
        st.query_params["part"] = name
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1


def _draw_tool(view: View, name: str) -> None:
    """Draw a tool, or in one sentence why it cannot be drawn."""
    t, names = view.visit.t, list(TOOLS)
    following = names[(names.index(name) + 1) % len(names)]
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="inside_head"
    ):
        st.button(t("inside.all"), key="inside_all", icon=":material/arrow_back:", on_click=_open, args=(None,))
        st.header(t(f"inside.parts.{name}"), anchor=False, width="content")
        st.button(
            t(f"inside.parts.{following}"),
            key="inside_next",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=_open,
            args=(following,),
        )
    with st.container(key=f"inside_part_{name}"):
        if view.model.trains and not TOOLS[name].live:
            st.info(t("errors.still_trains"))
            return
        try:
            maths = TOOLS[name].draw(view)
        except FvappError as error:
            st.warning(error.sentence(t))
            return
        if maths is None:
            return

        def draw_behind() -> None:
            with st.container(key="inside_behind"):
                maths()
                draw_temperature(t, view.network.temperature)

        draw_fold("inside_maths", t("inside.maths"), _MATHS_HEIGHT, draw_behind)
