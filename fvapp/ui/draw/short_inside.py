"""Draws what helped a network's answer most, and how few changed pixels alter the answer."""

import time
import zlib
from contextlib import suppress

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.inspection import (
    AdversarialImage,
    Network,
    change_fewest_pixels,
    first_hidden_step,
    rank_units,
    signed_feature_maps,
    weighted_pixel_pictures,
)
from fvapp.core.wording import class_names, share_as_percent
from fvapp.ui.browser import draw_expander, has_value_settled, request_scroll
from fvapp.ui.draw.answer import PictureAnswers, PictureQuestion
from fvapp.ui.parts import draw_page_link, format_signed_number, row_container
from fvapp.ui.pictures import draw_tiles, tile_cell_hint
from fvapp.ui.visit import Visit

SHOWN = 5
_QUICK = 0.05  # time limit in seconds for a search that the visitor did not request
_SEARCHED = "short_searched"  # session key: the question for which the visitor requested a search
_FOUND = "fewest_found"  # key of the button that says how few pixels change the answer
_ICON = ":material/search:"
_FOLD = "inside_short"  # key of the expander that shows what helped the answer
_FOLD_HEIGHT = 180  # approximate height of the open expander, in pixels


def draw_most_helpful_units(
    visit: Visit, question: PictureQuestion | None, answers: PictureAnswers | None, dataset: str
) -> None:
    """Draw the neurons or filters that helped the answer most, and a link to all of them."""
    if question is None or answers is None:
        return
    network = _network_to_inspect(visit, question)
    if network is None:
        return
    draw_expander(
        _FOLD,
        visit.t("draw.short.title"),
        _FOLD_HEIGHT,
        _draw_helping_units_and_pixels,
        visit,
        question,
        network,
        class_names(dataset, visit.t),
        icon=":material/visibility:",
    )


def _draw_helping_units_and_pixels(
    visit: Visit, question: PictureQuestion, network: Network, names: list[str]
) -> None:
    t = visit.t
    image = question.preparation.image
    answer = _draw_helping_units(visit, network, image, names)
    with row_container():
        draw_page_link("inside", t("draw.short.more"), icon=":material/visibility:")
        searched = st.session_state.get(_SEARCHED) == question.question_key
        if not searched:
            st.button(
                t("draw.short.search"),
                key="short_search",
                icon=_ICON,
                on_click=_show_changed_pixels,
                args=(question,),
            )
    if searched:
        _draw_changed_pixels(visit, network, image, names, answer)


def _network_to_inspect(visit: Visit, question: PictureQuestion) -> Network | None:
    """Return the network that answers the question; None if it cannot be inspected."""
    with suppress(FvappError):
        network = visit.load_network(question.model)
        return None if network.has_diverged else network
    return None


def _draw_helping_units(visit: Visit, network: Network, image: np.ndarray, names: list[str]) -> int:
    """Draw the neurons or filters that help the answer most, and return the answer's label."""
    t = visit.t
    trace = network.trace_images(image[None])
    answer = int(trace[-1].sums[0].argmax())
    place = 0 if network.is_convolutional else first_hidden_step(network)
    if place is None:
        units = [answer]
        captions = [names[answer]]
        st.caption(t("draw.short.one_layer", class_name=names[answer]))
    else:
        helping = rank_units(network, trace, answer, place)
        units = [int(unit) for unit in helping.units_by_help[:SHOWN]]
        captions = [format_signed_number(helping.help_by_unit[unit]) for unit in units]
        key = "draw.short.filters" if network.is_convolutional else "draw.short.neurons"
        share = share_as_percent(helping.help_share_of_top_units(len(units)), 0)
        st.caption(
            t(key, n=len(units), firing=helping.firing_count, share=share, class_name=names[answer])
        )

    maps = network.is_convolutional
    draw_tiles(
        signed_feature_maps(trace[0])[units]
        if maps
        else weighted_pixel_pictures(network, image)[units],
        key="short",
        label=t("draw.short.title"),
        captions=captions,
        size=84,
        hint=tile_cell_hint(t),
        under=None if maps else image,
    )
    return answer


def _draw_changed_pixels(
    visit: Visit, network: Network, image: np.ndarray, names: list[str], answer: int
) -> None:
    t = visit.t
    changed = change_fewest_pixels(network, image)
    if changed is None:
        st.info(t("inside.fool.not_found"))
        return
    st.markdown(f"**{_changed_pixels_text(visit, changed, names, answer)}**")
    difference = (changed.image.astype(int) - image)[None] / 255
    pictures = (
        ("short_marked", t("draw.short.marked"), difference, image),
        ("short_after", names[changed.new_label], changed.image[None], None),
    )

    with st.container(horizontal=True):
        for key, label, picture, under in pictures:
            with st.container(width=128):
                draw_tiles(picture, key=key, label=label, captions=[label], size=110, under=under)


def draw_fewest_changed_pixels(
    visit: Visit, question: PictureQuestion | None, answers: PictureAnswers | None, dataset: str
) -> None:
    """Draw a button that says how few pixels must be changed to change the answer.

    The button appears only if a quick search after the visitor's stroke finds such pixels.
    """
    with st.container(key="fewest"):
        if (
            question is not None
            and answers is not None
            and not answers.answer_with_chosen_steps.is_unlike_training
        ):
            st.fragment(_draw_fewest_pixels_after_pause)(visit, question, answers, dataset)


def _draw_fewest_pixels_after_pause(
    visit: Visit, question: PictureQuestion, answers: PictureAnswers, dataset: str
) -> None:
    # The visitor has pressed the button, so the whole page is redrawn with the pixels.
    if st.session_state.get(_FOUND):
        request_scroll("short_marked")
        st.rerun()
    if not has_value_settled(zlib.crc32(repr(question.question_key).encode())):
        return
    end = time.monotonic() + _QUICK
    network = _network_to_inspect(visit, question)
    if network is None:
        return
    changed = change_fewest_pixels(
        network, question.preparation.image, gives_up=lambda: time.monotonic() > end
    )
    if changed is not None:
        names = class_names(dataset, visit.t)
        words = _changed_pixels_text(
            visit, changed, names, answers.answer_with_chosen_steps.predicted_label
        )
        st.button(
            words,
            key=_FOUND,
            icon=_ICON,
            type="tertiary",
            on_click=_show_changed_pixels,
            args=(question,),
        )


def _show_changed_pixels(question: PictureQuestion) -> None:
    st.session_state.update({_SEARCHED: question.question_key, _FOLD: True})


def _changed_pixels_text(
    visit: Visit, changed: AdversarialImage, names: list[str], answer: int
) -> str:
    return visit.t(
        "inside.fool.found",
        n=len(changed.changed_pixels),
        answer=names[answer],
        other=names[changed.new_label],
    )
