"""Why this answer: the fewest pixels that change it, then what each part of the image does to it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.inspection.covering import covered_images, gradient_times_input, occlusion
from fvapp.core.inspection.fewest import Changed, fewest_pixels
from fvapp.core.inspection.questions import CoveredLogits
from fvapp.core.inspection.shares import shares
from fvapp.core.wording import percent
from fvapp.ui.inside.models import load_model
from fvapp.ui.inside.picture import chosen_image
from fvapp.ui.inside.view import Model, View
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.tiles import cell_hint, draw_tiles
from fvapp.ui.visit import Visit

FINE, COARSE = 3, 7
RARE = 0.01
"""A place where fewer training images than this have ink never taught the network anything."""

_LOOKED_AT = 5_000  # training images that say where there is ever ink
_INK_FROM = 32
_ANY = -1
_SEARCHED = "inside_searched"


def draw_why(visit: Visit, model: Model) -> None:
    """Draw the part for the image as it is now."""
    t = visit.t
    model = load_model(visit, model.name)
    chosen = chosen_image(model)
    view = View(visit, model, chosen.image, chosen.label)
    if view.network.classes < 2:
        st.info(t("inside.why.one_class"))
        return
    _draw_fewest(view)
    _draw_heat(view)


def _draw_fewest(view: View) -> None:
    t = view.visit.t
    with st.container(key="fewest_pixels"):
        st.markdown(t("inside.why.fewest_about", answer=view.names[view.answer]))
        others = [label for label in range(view.network.classes) if label != view.answer]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = st.selectbox(
                t("inside.why.target"),
                [_ANY, *others],
                format_func=lambda label: t("inside.why.any") if label == _ANY else view.names[label],
                key=f"fewest_target_{view.answer}",
                width=220,
            )
            at_ink = st.toggle(t("inside.why.at_ink"), key="fewest_at_ink")
            st.button(t("inside.why.search"), key="search_pixels", icon=":material/search:", type="primary")
        changed = _search(view, None if target == _ANY else target, at_ink)
        if changed is None:
            st.info(t("inside.why.not_found"))
            return
        _draw_changed(view, changed)


def _search(view: View, target: int | None, at_ink: bool) -> Changed | None:
    """Return what the search finds; asked again at once it costs nothing."""
    asked = (view.model.version, view.image.tobytes(), target, at_ink)
    kept = st.session_state.get(_SEARCHED)
    if kept is None or kept[0] != asked or view.model.trains:
        kept = st.session_state[_SEARCHED] = (asked, fewest_pixels(view.network, view.image, target, at_ink))
    return kept[1]


def _draw_changed(view: View, changed: Changed) -> None:
    t = view.visit.t
    after = shares(view.network.logits(changed.image[None]), view.network.temperature)[0]
    count = len(changed.pixels)
    words = {"n": count, "answer": view.names[view.answer], "other": names_of(view)[changed.label]}
    st.markdown("### " + t("inside.why.found" if count > 1 else "inside.why.found_one", **words))
    difference = (changed.image.astype(int) - view.image)[None] / 255
    before, marked, then = st.columns(3)
    percents = percent(float(view.shares[view.answer])), percent(float(after[changed.label]))
    with before:
        _grey(view.image, "fewest_before", f"{words['answer']} {percents[0]}")
    with marked:
        draw_tiles(
            difference,
            key="fewest_marked",
            label=t("inside.why.marked"),
            captions=[t("inside.why.marked")],
            size=150,
            under=view.image,
            stretch=True,
        )
    with then:
        _grey(changed.image, "fewest_after", f"{words['other']} {percents[1]}")
    rare = _rare_places(view.model.dataset)
    outside = sum(bool(rare[place]) for place in changed.pixels)
    if outside:
        st.markdown(t("inside.why.outside", n=outside, of=count))
    st.caption(t("inside.why.exact" if changed.tried_all else "inside.why.shortlist"))
    places = ", ".join(f"({row}, {column}) → {changed.image[row, column]}" for row, column in changed.pixels)
    with st.expander(t("inside.as_table")):
        st.markdown(t("inside.why.places", places=places))


def _draw_heat(view: View) -> None:
    t = view.visit.t
    with st.container(key="heatmap"):
        st.markdown(t("inside.why.heat_about"))
        order = np.argsort(-view.shares)
        second = int(order[1])
        with st.container(horizontal=True):
            words = {
                False: t("inside.why.against_all"),
                True: t("inside.why.against_second", answer=view.names[view.answer], second=view.names[second]),
            }
            against = st.segmented_control(
                t("inside.why.compare"),
                list(words),
                format_func=words.get,
                default=False,
                key="heat_against",
                required=True,
                wrap=True,
            )
            fine = st.toggle(t("inside.why.fine"), key="heat_fine")
        other = second if against else None
        cover = FINE if fine else COARSE
        try:
            covered = _occlusion(view, other, cover)
        except FvappError as error:
            st.warning(error.sentence(t))
            return
        gradient = gradient_times_input(view.network, view.image, view.answer, other)
        left, right = st.columns(2)
        for box, picture, name in ((left, covered, "occlusion"), (right, gradient, "gradient")):
            with box:
                draw_tiles(
                    picture[None],
                    key=f"heat_{name}",
                    label=t(f"inside.why.{name}"),
                    captions=[t(f"inside.why.{name}", n=cover)],
                    size=230,
                    hint=cell_hint(t),
                    under=view.image,
                )
        st.caption(t("inside.why.no_proof"))


def _occlusion(view: View, against: int | None, cover: int) -> np.ndarray:
    """Return what covering each place does; of a network with convolutions a worker says it."""
    covered, which = covered_images(view.image, cover)
    if view.network.convolutional and not view.model.trains:
        question = CoveredLogits(len(view.model.data.x_test), view.image.tobytes(), cover)
        logits = view.visit.engine.inspect(view.visit.token, view.model.name, question)
    else:
        logits = view.network.logits(covered)
    return occlusion(logits, which, view.answer, against)


def names_of(view: View) -> list[str]:
    """Return the names of the classes the network has."""
    return view.names[: view.network.classes]


@st.cache_data(max_entries=4, show_spinner=False)
def _rare_places(dataset: str) -> np.ndarray:
    """Return where hardly any training image has ink, bool [28, 28]."""
    images = open_dataset(dataset).x_train
    sample = images[:: max(1, len(images) // _LOOKED_AT)]
    return (np.asarray(sample) > _INK_FROM).mean(axis=0) < RARE


def _grey(image: np.ndarray, key: str, caption: str) -> None:
    draw_tiles(image[None], key=key, label=caption, captions=[caption], size=150, stretch=True)
