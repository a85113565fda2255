"""The page that looks inside a network, part by part in the order in which one understands it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.ui.inside.duel import draw_duel
from fvapp.ui.inside.film import draw_film
from fvapp.ui.inside.layers import draw_layers
from fvapp.ui.inside.mistakes import draw_mistakes
from fvapp.ui.inside.models import choose_model, load_model, run_states
from fvapp.ui.inside.picture import draw_picture
from fvapp.ui.inside.robustness import draw_robustness
from fvapp.ui.inside.sums import draw_softmax
from fvapp.ui.inside.surgery import draw_surgery
from fvapp.ui.inside.view import Model
from fvapp.ui.inside.wheel import draw_wheel
from fvapp.ui.inside.why import draw_why
from fvapp.ui.visit import Visit

LIVE_SECONDS = 1.0  # between two looks at a run that trains

PARTS: tuple[tuple[str, Callable[[Visit, Model], None]], ...] = (
    ("mistakes", draw_mistakes),
    ("duel", draw_duel),
    ("film", draw_film),
    ("why", draw_why),
    ("surgery", draw_surgery),
    ("robustness", draw_robustness),
    ("wheel", draw_wheel),
)


def show(visit: Visit) -> None:
    """Draw the page; each part is then drawn by itself."""
    t = visit.t
    st.title(t("inside.title"))
    visit.show_messages()
    if visit.token is None:
        st.skeleton(height=500)
        return
    model = choose_model(visit)
    if model is None:
        return
    if model.network.broken:
        st.warning(t("inside.broken"))
        return
    st.markdown(t("inside.about"))
    _header(visit, 1, "way")
    st.fragment(_draw_way, run_every=LIVE_SECONDS if model.trains else None)(visit, model.name)
    for number, (name, draw) in enumerate(PARTS, start=2):
        _header(visit, number, name)
        st.fragment(draw)(visit, model)
    visit.watch(partial(_standing, visit), under_way=model.trains)


def _standing(visit: Visit) -> tuple[object, ...]:
    """Return what the page is drawn again for: the visitor's runs, and whether a worker can be asked."""
    return run_states(visit), visit.engine.status().state


def _header(visit: Visit, number: int, name: str) -> None:
    st.header(f"{number} · {visit.t(f'inside.parts.{name}')}", anchor=name)


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
