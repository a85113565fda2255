"""Loads data sets for the pages: shipped data sets, and the visitor's own."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import numpy as np
import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.core.dataset_table import OWN, make_own_text_name
from fvapp.core.datasets import (
    DATASETS,
    Dataset,
    find_alteration_problems,
    image_text_lines,
    load_dataset,
    load_run_dataset,
    make_own_dataset,
    select_training_arrays,
    twelve_image_indices,
    twelve_images,
)
from fvapp.core.errors import FvappError
from fvapp.core.examples import NO_EXAMPLES, Example, ExampleSet
from fvapp.core.places import AppFolders
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, class_names
from fvapp.i18n import Translator
from fvapp.ui.parts.session_cache import cache_in_session
from fvapp.ui.visit import Visit


class TwelveImages(NamedTuple):
    """The fixed twelve test images that show how a run learns; a small data set may have fewer.

    Attributes:
        labels: the labels of the images.
        strip_data_url: data URL of a PNG with all images side by side.
        text_lines: the text in each image; "" for pictures.
    """

    labels: tuple[int, ...] = ()
    strip_data_url: str = ""
    text_lines: tuple[str, ...] = ()


# Seconds to wait for another process to unpack a data set; after that, this process unpacks it to
# memory. A worker process has low priority, so it may need half a minute while others train.
_PATIENCE = 3.0


# Unlike `functools.cache`, this cache makes visitors wait for each other. When a whole class
# arrives at once on a new machine, the files are unpacked only once.
@st.cache_resource(show_spinner=False)
def open_dataset(name: str) -> Dataset:
    """Return a shipped data set, loaded once for all visitors.

    Raises:
        DatasetError: the data set's files are damaged.
    """
    return load_dataset(name, AppFolders.from_environ(), _PATIENCE)


def dataset_of_model(visit: Visit, model: RunRecord | str) -> Dataset:
    """Return the data set that a run learned from, or a data set by name.

    For a name, the visitor's own data set contains the current examples. For a run, it contains the
    examples that the run learned from.

    Raises:
        DatasetError: the data set's files are damaged.
        EngineError: ``examples_gone``: examples that the run learned from were changed or deleted.
    """
    if isinstance(model, str):
        if not DATASETS[model].is_own:
            return open_dataset(model)
        return make_own_dataset(
            model, ExampleSet.from_examples(visit.engine.examples.kept_examples(visit.token, model))
        )
    own = NO_EXAMPLES
    if model.settings.uses_only_own_data:
        own = visit.engine.examples.examples_of_run(visit.token, model.id)
    return load_run_dataset(model.settings, own, open_dataset)


def kept_examples(visit: Visit, dataset: str) -> tuple[Example, ...]:
    """Return the visitor's examples for a data set; empty if the workspace cannot be opened."""
    try:
        return visit.engine.examples.kept_examples(visit.token, dataset)
    except FvappError:
        return ()


def own_data_set_name(visit: Visit) -> str | None:
    """Return the name of the visitor's own data set; None if there is none."""
    try:
        return visit.engine.examples.own_data_set_name(visit.token)
    except FvappError:
        return None


def _own_text_data_set_name(visit: Visit) -> str:
    """Return the name of the data set with the visitor's own text.

    Without a text, it is named after the text data set in the page's language, or the first one.
    """
    with suppress(FvappError):
        if kept := visit.engine.examples.own_text(visit.token):
            return kept.dataset
    texts = {info.text.language: name for name, info in DATASETS.items() if info.text}
    return make_own_text_name(texts.get(visit.t.language) or next(iter(texts.values())))


def dataset_choices(visit: Visit, held: str) -> dict[str, str]:
    """Return the labels of the data sets offered to the visitor, by name, including `held`.

    The visitor's own data set is always offered, and is created when it is chosen. Text data sets
    are offered in the page's language only. The visitor's own text is offered once a text data set
    is chosen. If `held` is another visitor's data set, or the visitor's own with earlier class
    names, its label lists its classes.
    """
    own = own_data_set_name(visit)
    words = {
        name: visit.t(info.dataset_text_key("what"))
        for name, info in DATASETS.items()
        if _is_dataset_offered_first(name, held, visit.t)
    }
    words[own or OWN] = visit.t("datasets.own.what")
    if is_text_data_set(held):
        words[_own_text_data_set_name(visit)] = visit.t("datasets.own_text.what")
    if shared := visit.class_or_seat and visit.class_or_seat.data:
        words[shared] = visit.t(DATASETS[shared].dataset_text_key("what"))
    if held not in words and held in DATASETS:
        info = DATASETS[held]
        words[held] = (
            visit.t(info.dataset_text_key("what")) if info.text else " / ".join(info.english_names)
        )
    return words


def is_text_data_set(name: str) -> bool:
    """Return whether a data set contains text; its networks write instead of classifying."""
    return name in DATASETS and DATASETS[name].text is not None


def _is_dataset_offered_first(name: str, held: str, t: Translator) -> bool:
    text = DATASETS[name].text
    return text is None or name == held or text.language == t.language


def draw_more_data_sets(visit: Visit, held: str, choose: Callable[[str], None]) -> None:
    """Draw a popover with the data sets that `dataset_choices` leaves out.

    Args:
        choose: called with the name of the clicked data set, before the page is redrawn.
    """
    others = [name for name in DATASETS if not _is_dataset_offered_first(name, held, visit.t)]
    if not is_text_data_set(held):
        others.append(_own_text_data_set_name(visit))
    if not others:
        return
    with st.popover(visit.t("datasets.more"), type="tertiary", key="more_sets"):
        for name in others:
            st.button(
                visit.t(DATASETS[name].dataset_text_key("what")),
                key=f"more_{name}",
                type="tertiary",
                on_click=choose,
                args=(name,),
            )


def remarks_on_altered_data(settings: RunSettings, t: Translate) -> list[str]:
    """Return remarks on altered training data that leave a network little to learn.

    For the visitor's own data set, return no remarks.
    """
    if not settings.alters_training_data or settings.dataset_info.is_own:
        return []
    try:
        dataset = open_dataset(settings.dataset)
        labels = select_training_arrays(dataset, settings).y_train
    except FvappError:
        return []  # the training run will report the error
    names = class_names(settings.dataset, t)
    found_remarks = find_alteration_problems(labels, settings)
    return [
        t(f"data.remarks.{word}", name="" if label is None else names[label])
        for word, label in found_remarks
    ]


def twelve_images_of(visit: Visit, model: RunRecord | str) -> TwelveImages:
    """Return the fixed twelve test images with which the app shows how a run learns.

    Args:
        model: the run, or a data set's name for any run; an empty data set has no images.
    """
    name = model if isinstance(model, str) else model.settings.dataset
    if not DATASETS[name].is_own:
        return shipped_twelve_images(name)
    examples = (
        [example.id for example in kept_examples(visit, name)]
        if isinstance(model, str)
        else model.id
    )
    return cache_in_session(
        "own_twelve", (name, examples), lambda: _make_twelve_images(dataset_of_model(visit, model))
    )


@cache
def shipped_twelve_images(dataset: str) -> TwelveImages:
    """Return the twelve test images of a shipped data set, made once for all visitors.

    Raises:
        DatasetError: the data set cannot be read.
    """
    return _make_twelve_images(open_dataset(dataset))


def _make_twelve_images(data: Dataset) -> TwelveImages:
    labels = data.y_test[twelve_image_indices(data)].tolist()
    if not labels:
        return TwelveImages()
    images = list(twelve_images(data))
    return TwelveImages(
        tuple(labels), png_data_url(np.hstack(images)), tuple(image_text_lines(images, data.name))
    )
