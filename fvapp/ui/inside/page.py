"""The page that looks inside a network, part by part in the order in which one understands it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.browser.follow import follow, lead
from fvapp.ui.inside.duel import draw_duel
from fvapp.ui.inside.film import draw_film
from fvapp.ui.inside.layers import draw_layers
from fvapp.ui.inside.mistakes import draw_mistakes
from fvapp.ui.inside.models import choose_model, load_model, run_states
from fvapp.ui.inside.picture import chosen_image, draw_picture
from fvapp.ui.inside.robustness import draw_robustness
from fvapp.ui.inside.sums import draw_softmax
from fvapp.ui.inside.surgery import draw_surgery
from fvapp.ui.inside.view import Model
from fvapp.ui.inside.wheel import draw_wheel
from fvapp.ui.inside.why import draw_why
from fvapp.ui.parts.temperature import draw_temperature
from fvapp.ui.visit import Visit

LIVE_SECONDS = 1.0  # between two looks at a run that trains


@dataclass(frozen=True)
class Part:
    """A part of the page below the first.

    Attributes:
        draw: raises an FvappError where there is nothing to see.
        looks: whether it looks at the image of the first part.
        live: whether there is something to see of a run that still trains.
    """

    name: str
    draw: Callable[[Visit, Model], None]
    looks: bool = False
    live: bool = False


PARTS = (
    Part("mistakes", draw_mistakes),
    Part("duel", draw_duel),
    Part("film", draw_film, looks=True),
    Part("why", draw_why, looks=True, live=True),
    Part("surgery", draw_surgery, looks=True),
    Part("robustness", draw_robustness, looks=True),
    Part("wheel", draw_wheel, looks=True),
)


def show(visit: Visit) -> None:
    """Draw the page; each part is then drawn by itself."""
    t = visit.t
    st.title(t("inside.title"))
    visit.show_messages()
    drawn = _page_state(visit)
    model = choose_model(visit)
    if model is None:
        return
    if model.network.broken:
        st.warning(t("inside.broken"))
        return
    st.markdown(t("inside.about"))
    draw_temperature(t, model.network.temperature)
    _header(visit, 1, "way")
    st.fragment(_draw_way, run_every=LIVE_SECONDS if model.trains else None)(visit, model.name)
    for number, part in enumerate(PARTS, start=2):
        _header(visit, number, part.name)
        st.fragment(_draw_part)(visit, model, part)
    visit.watch(partial(_page_state, visit), drawn, under_way=model.trains)


def _page_state(visit: Visit) -> tuple[object, ...]:
    """Return what the page is drawn again for: the visitor's runs, and whether a worker can be asked."""
    return run_states(visit), visit.engine.status().state


def _header(visit: Visit, number: int, name: str) -> None:
    st.header(f"{number} · {visit.t(f'inside.parts.{name}')}", anchor=name)


def _draw_part(visit: Visit, model: Model, part: Part) -> None:
    """Draw a part, or in one sentence why it cannot be."""
    key = f"inside_part_{part.name}"
    with st.container(key=key):
        if model.trains and not part.live:
            st.info(visit.t("errors.still_trains"))
            return
        try:
            part.draw(visit, model)
        except FvappError as error:
            st.warning(error.sentence(visit.t))
    if part.looks:
        follow(key, chosen_image(model).number)


def _draw_way(visit: Visit, name: str) -> None:
    """Draw the image on its way, with the network as it is now."""
    t = visit.t
    try:
        model = load_model(visit, name)
    except FvappError as error:
        st.info(error.sentence(t))
        return
    if model.trains:
        st.caption(t("inside.live"))
    view = draw_picture(visit, model)
    with st.container(key="network_flow"):
        draw_layers(view)
    draw_softmax(view)
    lead(chosen_image(model).number)
