"""Draws the "Fool it" tool, in which a few changed pixels change the network's answer."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.inspection import (
    AdversarialImage,
    change_fewest_pixels,
    images_with_more_changed_pixels,
    invert_to_black_and_white,
    lead_share_removed_per_pixel,
    logit_leads,
    rank_pixels_by_slope,
)
from fvapp.core.schema import Whole, is_between, read_as_type_or_none
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.templates import render_template
from fvapp.core.wording import join_sentences, share_as_percent
from fvapp.ui.browser import array_base64, draw_expander, make_component
from fvapp.ui.inside.card import Card, framed_picture_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.networks.kept_choices import store_choices, stored_choices
from fvapp.ui.parts import open_dataset
from fvapp.ui.visit import Visit

RARE = 0.01
"""A pixel that has ink in less than this share of the training images counts as rarely inked.

The network has learned nothing from such pixels.
"""

_LOOKED_AT = 5_000  # approximate number of images searched for pixels that rarely have ink
_INK_FROM = 32
_ANY = -1
_SEARCHED = "inside_searched"
_PAINTED = "inside_painted"
_BEST = "inside_fool"
_MOST_KEPT = 20  # maximum number of best results stored in a workspace
_PLACES = IMAGE_SHAPE[0] * IMAGE_SHAPE[1]
_component = make_component(__file__)


def draw_fooling_tool(view: InspectedImage) -> ToolExplanation | None:
    """Draw the image on which the visitor paints, and how the painted pixels change the answer."""
    t = view.t
    if view.network.class_count < 2:
        st.info(t("inside.one_class"))
        return None
    number = zlib.crc32(view.image.tobytes())
    key = f"fool_{number}"
    searched = _search_fewest_pixels(view, None, False)
    cells = _read_painted_cells(getattr(st.session_state.get(key), "painted", None), number)
    st.session_state[_PAINTED] = (number, cells)

    with st.container(key="fool"):
        board_place = st.container()
        shown_change = draw_expander(
            "fool_search", t("inside.fool.show"), 260, _draw_pixel_search, view
        )
        with board_place:
            words = {
                "board": t("inside.fool.board"),
                "here": t("draw.canvas.here", row="{row}", column="{column}"),
                "undo": t("draw.canvas.undo"),
                "clear": t("inside.fool.again"),
            }
            data = {
                "image": number,
                "side": IMAGE_SHAPE[1],
                "pixels": array_base64(view.image),
                "cells": cells,
                "words": words,
            }
            data |= {
                "shown": _changed_cell_numbers(shown_change) if shown_change else [],
                "lead": _changed_answer_html(view, cells, searched),
            }
            # The best result is read last, since `_changed_answer_html` may have stored a better
            # result.
            best = fewest_painted_pixels(view)
            words["best"] = t("inside.fool.best", n=best) if best else ""
            _component(key=key, data=data, on_painted_change=lambda: None)

    def draw_changed_pixels() -> None:
        st.markdown("" if searched is None else _changed_pixel_text(view, searched))

    return ToolExplanation(t("inside.fool.about"), draw_changed_pixels)


def _changed_answer_html(
    view: InspectedImage, cells: Sequence[int], searched: AdversarialImage | None
) -> str:
    """Return HTML on how the painted pixels change the answer; store a new best result."""
    t = view.t
    network = view.network
    answer = view.answer_label
    names = view.class_names
    painted = images_with_more_changed_pixels(
        view.image, invert_to_black_and_white(view.image), cells
    )
    final_shares = network.class_shares(painted[-1:])[0]
    now = int(final_shares.argmax())
    other = now if now != answer else int(np.argsort(-final_shares)[1])
    attempts = {t("inside.duel.you"): painted}
    if searched is not None:
        attempts[t("inside.fool.search")] = images_with_more_changed_pixels(
            view.image, searched.image, _changed_cell_numbers(searched)
        )
    rows = [
        (
            name,
            len(images) - 1,
            lead_share_removed_per_pixel(logit_leads(network.logits(images), answer)),
        )
        for name, images in attempts.items()
    ]

    if now != answer:
        kept = _kept_best_results(view.visit)
        count = min(len(cells), kept.pop(_best_result_key(view), _PLACES))
        store_choices(
            view.visit,
            **{_BEST: dict([*kept.items(), (_best_result_key(view), count)][-_MOST_KEPT:])},
        )
        sentence = t("inside.fool.done", n=len(cells), answer=names[answer], other=names[now])
    else:
        sentence = (
            t("inside.fool.still", n=len(cells), answer=names[answer])
            if cells
            else t("inside.fool.begin")
        )

    contenders = [
        (names[label], share_as_percent(float(final_shares[label]), 0)) for label in (answer, other)
    ]
    share = float(final_shares[answer] / max(final_shares[answer] + final_shares[other], 1e-9))
    return render_template(
        __package__,
        "lead.html",
        t=t,
        says=sentence,
        answer=contenders[0],
        other=contenders[1],
        share=share,
        rows=rows,
    )


def _draw_pixel_search(view: InspectedImage) -> AdversarialImage | None:
    """Draw the search for the fewest pixels, and return its result; None if nothing is found."""
    t = view.t
    names = view.class_names
    with st.container(key="fewest_pixels"):
        others = [label for label in range(view.network.class_count) if label != view.answer_label]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = st.selectbox(
                t("inside.fool.target"),
                [_ANY, *others],
                format_func=lambda label: t("inside.fool.any") if label == _ANY else names[label],
                key=f"fewest_target_{view.answer_label}",
                width=180,
            )
            at_ink = st.toggle(t("inside.fool.at_ink"), key="fewest_at_ink")
        changed = _search_fewest_pixels(view, None if target == _ANY else target, at_ink)
        if changed is None:
            st.info(t("inside.fool.not_found"))
            return None
        after = view.network.class_shares(changed.image[None])[0]
        count = len(changed.changed_pixels)
        sentence = t(
            "inside.fool.found",
            n=count,
            answer=names[view.answer_label],
            other=names[changed.new_label],
        )
        st.markdown(f"**{sentence}** · {share_as_percent(float(after[changed.new_label]))}")
        outside = sum(bool(_rarely_inked_pixels(view)[place]) for place in changed.changed_pixels)
        if outside:
            st.markdown(t("inside.fool.outside", n=outside, of=count))
    return changed


def _changed_cell_numbers(changed: AdversarialImage) -> list[int]:
    return [row * IMAGE_SHAPE[1] + column for row, column in changed.changed_pixels]


def _changed_pixel_text(view: InspectedImage, changed: AdversarialImage) -> str:
    t = view.t
    places = t("common.comma").join(
        f"({row}, {column}) → {changed.image[row, column]}"
        for row, column in changed.changed_pixels
    )
    return join_sentences(
        t,
        t("inside.fool.exact" if changed.tried_every_pixel else "inside.fool.shortlist"),
        t("inside.fool.places", places=places),
    )


@dataclass(frozen=True)
class _PaintMessage:
    image_checksum: Whole
    painted_cells: tuple[Annotated[int, is_between(0, _PLACES - 1)], ...]


def _read_painted_cells(painted: object, checksum: int) -> list[int]:
    """Return the pixels painted on the image with this checksum, in the order of painting."""
    image_before, cells = st.session_state.get(_PAINTED, (None, []))
    message = read_as_type_or_none(_PaintMessage, painted)
    if message and message.image_checksum == checksum:
        return list(dict.fromkeys(message.painted_cells))
    return cells if image_before == checksum else []


def _best_result_key(view: InspectedImage) -> str:
    """Return the key under which the best result for this network and image is stored."""
    return f"{zlib.crc32(repr(view.cache_key).encode()):08x}"


def _kept_best_results(visit: Visit) -> dict[str, int]:
    """Return the stored best results by key; empty if the browser sent anything malformed."""
    return (
        read_as_type_or_none(
            Mapping[str, Annotated[int, is_between(1, _PLACES)]], stored_choices(visit).get(_BEST)
        )
        or {}
    )


def fewest_painted_pixels(view: InspectedImage) -> int | None:
    """Return the lowest number of painted pixels that changed the answer so far, or None."""
    return _kept_best_results(view.visit).get(_best_result_key(view))


def _search_fewest_pixels(
    view: InspectedImage, target: int | None, at_ink: bool
) -> AdversarialImage | None:
    """Search for the fewest pixels that change the answer; return the changed image or None."""
    name = (*view.cache_key, target, at_ink)
    results = st.session_state.setdefault(_SEARCHED, {})
    if name not in results or view.model.is_training:
        while len(results) > 1:  # keep only the results of the last two searches
            results.pop(next(iter(results)))
        results[name] = change_fewest_pixels(view.network, view.image, target, at_ink)
    return results[name]


def _rarely_inked_pixels(view: InspectedImage) -> np.ndarray:
    """Return which pixels rarely have ink in the training images, as bool [28, 28]."""
    model = view.model
    return (
        _pixels_without_ink(model.loaded_dataset.x_train)
        if DATASETS[model.dataset].is_own
        else _rarely_inked_pixels_of_dataset(model.dataset)
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _rarely_inked_pixels_of_dataset(dataset: str) -> np.ndarray:
    return _pixels_without_ink(open_dataset(dataset).x_train)


def _pixels_without_ink(images: np.ndarray) -> np.ndarray:
    sample = images[:: max(1, len(images) // _LOOKED_AT)]
    return (np.asarray(sample) > _INK_FROM).mean(axis=0) < RARE


_ON_CARD = 3  # number of pixels painted orange on the tool's card
_ORANGE = (230, 115, 23)


def _fool_tool_card(view: InspectedImage) -> Card:
    best = fewest_painted_pixels(view)
    t = view.t
    words = t("inside.fool.best", n=best) if best else t("inside.cards.fool")
    painted = np.repeat(view.image[..., None], 3, axis=2)
    painted.reshape(-1, 3)[
        rank_pixels_by_slope(view.network, view.image, view.answer_label)[:_ON_CARD]
    ] = _ORANGE
    return [
        framed_picture_html(view.image),
        framed_picture_html(painted),
        f"<span>{best or '?'}</span>",
    ], words


TOOL = InsideTool(
    50, draw_fooling_tool, _fool_tool_card, works_in_training=True, works_for_text=False
)
