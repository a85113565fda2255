"""Draws twelve test images and the visitor's drawing, with the network's answers as it learns."""

from operator import eq

import numpy as np
import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.core.datasets import twelve_image_indices
from fvapp.core.errors import FvappError
from fvapp.core.events import Event, find_followed_drawing
from fvapp.core.results.moments import MomentAnswers, read_moment_answers
from fvapp.core.runs import ACTIVE, FINISHED, RunRecord
from fvapp.core.schema import Whole, read_as_type_or_none
from fvapp.core.wording import class_names
from fvapp.i18n import Translator
from fvapp.ui.browser import make_component
from fvapp.ui.parts import (
    TwelveImages,
    cache_in_session,
    dataset_of_model,
    open_inside_page,
    training_moment_text,
    twelve_images_of,
)
from fvapp.ui.pictures import set_test_image
from fvapp.ui.train.neurons import draw_neuron_weights
from fvapp.ui.visit import Visit

_component = make_component(__file__)
_OPENED = "opened_run"


def draw_twelve_images(visit: Visit, record: RunRecord | None, events: tuple[Event, ...]) -> None:
    """Draw the fixed twelve test images with a run's answers; without a run, with question marks.

    Nothing is drawn for a run that ended without recorded answers, as in earlier versions of the
    app, or for a sealed run of a hunt (a contest), whose test results are hidden.
    """
    dataset = record.settings.dataset if record else visit.settings.dataset
    try:
        twelve = twelve_images_of(visit, record or dataset)
    except FvappError:
        # If the data set is damaged, no images are shown. The run's own message reports the damage.
        twelve = TwelveImages()

    with st.container(key="twelve"):
        moments = _recorded_moments(record, events, len(twelve.labels))
        drawing = find_followed_drawing(events)
        if record is not None and not moments and (record.sealed or record.state in FINISHED):
            return
        # For containers with these keys, the style sheet reserves space for the images.
        place = st.container(key="twelve_alone" if drawing is None else "thirteen")
        if (
            record is not None
            and (record.state in ACTIVE or record.has_checkpoint)
            and st.toggle(visit.t("train.shows.neurons"), key="run_shows")
        ):
            with place:
                draw_neuron_weights(visit, record)
            return
        if not twelve.labels:
            return
        with place:
            result = _component(
                key="twelve_images",
                data=_twelve_images_data(visit.t, record, dataset, twelve, moments, drawing),
                on_opened_change=lambda: None,
            )
        if record is not None and can_look_inside(record):
            _open_image_inside(visit, record, getattr(result, "opened", None))


def can_look_inside(record: RunRecord) -> bool:
    """Return whether the run has weights, or will soon have weights."""
    return record.has_checkpoint or record.state == "running"


def _recorded_moments(
    record: RunRecord | None, events: tuple[Event, ...], count: int
) -> tuple[MomentAnswers, ...]:
    def read_new_moments() -> tuple[MomentAnswers, ...]:
        # A run imported from a file may contain answers to more or fewer than twelve images.
        return tuple(
            moment
            for moment in read_moment_answers(events)
            if len(moment.predicted_labels) == count
        )

    return cache_in_session(
        "kept_moments", (record.id if record else None, len(events)), read_new_moments
    )


def _twelve_images_data(
    t: Translator,
    record: RunRecord | None,
    dataset: str,
    twelve: TwelveImages,
    moments: tuple[MomentAnswers, ...],
    drawing: np.ndarray | None,
) -> dict[str, object]:
    names = class_names(dataset, t)
    truth = twelve.labels
    return {
        "run": record.id if record else dataset,
        "live": record is not None and record.state in ACTIVE,
        "picture": twelve.strip_data_url,
        "truth": truth,
        "lines": twelve.text_lines,
        "names": names,
        "moments": [
            {
                "when": training_moment_text(moment.step, moment.epoch, t),
                "right": sum(map(eq, moment.predicted_labels, truth)),
                "labels": moment.predicted_labels,
                "shares": moment.predicted_shares,
                "drawing": moment.drawing_shares,
            }
            for moment in moments
        ],
        "drawing": "" if drawing is None else png_data_url(drawing),
        "opens": record is not None and can_look_inside(record),
        "words": t.texts_with_prefix("train.twelve.")
        | {"empty": t("train.twelve.empty" if record is None else "train.twelve.waiting")},
    }


def inspect_image_if_opened() -> None:
    """Switch to the "Look inside" page if the visitor has opened an image.

    Call this function while the whole page is drawn. If it were called in the part that redraws
    itself, the browser would get elements that belong to neither page, and would show none of them.
    """
    run_id = st.session_state.pop(_OPENED, None)
    if run_id is not None:
        open_inside_page(run_id)


def _open_image_inside(visit: Visit, record: RunRecord, opened: object) -> None:
    """Select a run and the image that the visitor opened, for the "Look inside" page.

    The whole page is then rerun, which switches to that page.
    """
    numbers = twelve_image_indices(dataset_of_model(visit, record))
    place = read_as_type_or_none(Whole, opened)
    if place is not None and place < len(numbers):
        set_test_image(numbers[place])
        st.session_state[_OPENED] = record.id
        st.rerun()
