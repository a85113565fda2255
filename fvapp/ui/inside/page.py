"""Draws the "Look inside" page: an image, the network's answer, and the open tool below."""

from functools import partial

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.texts.strips import LEAST_TESTED
from fvapp.core.wording import split_first_sentence
from fvapp.ui.browser import draw_expander, request_scroll, scroll_into_view
from fvapp.ui.inside.card import draw_tool_cards
from fvapp.ui.inside.models import draw_network_choice, load_model, run_states
from fvapp.ui.inside.strip import draw_answer_strip
from fvapp.ui.inside.tools import TOOLS, tools_for_dataset
from fvapp.ui.inside.view import InspectedImage
from fvapp.ui.parts import draw_temperature_note, row_container
from fvapp.ui.visit import Visit

LIVE_SECONDS = 1.0  # seconds between redraws while the network trains
_MATHS_HEIGHT = 400


def show_page(visit: Visit) -> None:
    """Draw the "Look inside" page; the part below the list of networks is a fragment."""
    top = row_container("inside_top")
    visit.messages.draw_message_area()
    drawn = _watched_page_state(visit)
    with top:
        st.title(visit.t("inside.title"), anchor=False, width="content")
        name, trains = draw_network_choice(visit)
    st.fragment(_draw_strip_and_tools, run_every=LIVE_SECONDS if trains else None)(visit, name)
    visit.watch_page_state(partial(_watched_page_state, visit), drawn, under_way=trains)


def _watched_page_state(visit: Visit) -> tuple[object, ...]:
    """Return the states of the runs and the engine; the page is redrawn when they change."""
    return run_states(visit), visit.engine.engine_status().state


def _draw_strip_and_tools(visit: Visit, name: str) -> None:
    """Draw the image with the network's answer, and the open tool or else the tools' cards.

    Each call loads the network's current weights.
    """
    try:
        model = load_model(visit, name)
        visit = visit.for_dataset(model.dataset)
        if model.network.has_diverged:
            st.warning(visit.t("inside.broken"))
            return
        if not len(model.loaded_dataset.x_test):
            st.info(visit.t("own_text.untested", n=f"{LEAST_TESTED:,}"))
            return
        view = draw_answer_strip(visit, model)
    except FvappError as error:  # for example, if the test images were deleted
        st.info(error.to_sentence(visit.t))
        return

    opened = st.query_params.get("part")
    tools = tools_for_dataset(model.dataset)
    with st.container(key="inside_body"):
        if model.is_training:
            st.caption(visit.t("inside.live"))
        if opened in tools:
            _draw_tool(view, opened)
        else:
            draw_tool_cards(
                view, {name: tool.make_card for name, tool in tools.items()}, _open_tool
            )
    scroll_into_view(read=True)


def _open_tool(name: str | None) -> None:
    """Open a tool and put its name into the URL; None closes the tool and shows all cards."""
    if name is None:
        st.query_params.pop("part", None)
    else:
        st.query_params["part"] = name
    request_scroll("inside_body")


def _draw_tool(view: InspectedImage, name: str) -> None:
    """Draw a tool with its explanation, or a sentence on why it has nothing to show."""
    t = view.t
    names = list(tools_for_dataset(view.model.dataset))
    following = names[(names.index(name) + 1) % len(names)]
    with row_container("inside_head", horizontal_alignment="distribute"):
        st.button(
            t("inside.all"),
            key="inside_all",
            icon=":material/arrow_back:",
            on_click=_open_tool,
            args=(None,),
        )
        st.header(t(f"inside.parts.{name}"), anchor=False, width="content")
        st.button(
            t(f"inside.parts.{following}"),
            key="inside_next",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=_open_tool,
            args=(following,),
        )

    with st.container(key=f"inside_part_{name}"):
        if view.model.is_training and not TOOLS[name].works_in_training:
            st.info(t("errors.still_trains"))
            return
        how = st.container(key="inside_how")
        try:
            reading = TOOLS[name].draw_tool(view)
        except FvappError as error:
            st.warning(error.to_sentence(t))
            return
        if reading is None:
            return
        first, others = split_first_sentence(reading.sentences)
        if first:
            how.markdown(first)

        def draw_explanation() -> None:
            with st.container(key="inside_behind"):
                if others:
                    st.markdown(others)
                reading.draw_details()
                draw_temperature_note(t, view.network.temperature)

        draw_expander("inside_maths", t("inside.maths"), _MATHS_HEIGHT, draw_explanation)
