"""The data sets as the pages use them: opened once a process, memory-mapped, for all visitors; own
ones beside them.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import streamlit as st

from fvapp.charts.images import png_address
from fvapp.core.dataset_table import OWN
from fvapp.core.datasets import DATASETS, Dataset, load_dataset, training_arrays
from fvapp.core.datasets.altering import remarks
from fvapp.core.datasets.lines import lines_of
from fvapp.core.datasets.own import own_dataset
from fvapp.core.datasets.twelve import twelve_images, twelve_numbers
from fvapp.core.errors import FvappError
from fvapp.core.examples import Example, ExampleSet
from fvapp.core.places import Places
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, class_names
from fvapp.ui.parts.remembered import remembered
from fvapp.ui.visit import Visit


class Twelve(NamedTuple):
    """Twelve images, or fewer.

    Attributes:
        labels: what they are.
        picture: all of them beside each other, as the address of a PNG.
        lines: of text, what each says.
    """

    labels: tuple[int, ...] = ()
    picture: str = ""
    lines: tuple[str, ...] = ()


# Seconds to wait for another process that unpacks. A worker's low priority may take it half a
# minute beside trainings.
_PATIENCE = 3.0


# A class arrives within seconds on a new machine: `functools.cache` would let each visitor unpack
# the same files.
@st.cache_resource(show_spinner=False)
def open_dataset(name: str) -> Dataset:
    """Return a data set.

    Raises:
        DatasetError: its files are damaged.
    """
    return load_dataset(name, Places.from_environ(os.environ), _PATIENCE)


def dataset_of(visit: Visit, model: RunRecord | str) -> Dataset:
    """Return the data set of a run: of an own one the images that it learned from. Of a name, as it
    is now.

    Raises:
        DatasetError: its files are damaged.
        EngineError: ``examples_gone``: drawings were changed or deleted since.
    """
    name = model if isinstance(model, str) else model.settings.dataset
    if not DATASETS[name].own:
        return open_dataset(name)
    if isinstance(model, str):
        return own_dataset(name, ExampleSet.of(visit.engine.examples.kept(visit.token, name)))
    return own_dataset(name, visit.engine.examples.of_run(visit.token, model.id))


def kept_examples(visit: Visit, dataset: str) -> tuple[Example, ...]:
    """Return the visitor's examples of a data set; none where the workspace cannot be opened, as
    the page says.
    """
    try:
        return visit.engine.examples.kept(visit.token, dataset)
    except FvappError:
        return ()


def own_set(visit: Visit) -> str | None:
    """Return the name of the visitor's own data set; None where there is none, or the workspace
    cannot be opened.
    """
    try:
        return visit.engine.examples.own_set(visit.token)
    except FvappError:
        return None


def class_set(visit: Visit) -> str | None:
    """Return the name of the data set that the class of this teacher or student was given; None
    where it has none.
    """
    return (visit.in_class and visit.in_class.data) or None


def dataset_choices(visit: Visit, held: str) -> dict[str, str]:
    """Return the data sets that a visitor can choose, each with its short word, and the one that is
    chosen.

    An own one is among them from the start: to choose it is to begin it. Of those of text it is the
        one in the page's
    language. The chosen one may be one whose classes have other names by now, or another visitor's:
    it is called by its classes.
    """
    own = own_set(visit)
    words = {
        name: visit.t(info.term("what"))
        for name, info in DATASETS.items()
        if _stands_first(name, held, visit.t)
    }
    words[own or OWN] = visit.t("datasets.own.what")
    if shared := class_set(visit):
        words[shared] = visit.t(DATASETS[shared].term("what"))
    if held not in words and held in DATASETS:
        words[held] = " / ".join(DATASETS[held].english_names)
    return words


def _stands_first(name: str, held: str, t: Translate) -> bool:
    text = DATASETS[name].text
    return text is None or name == held or text.language == t.language


def draw_more_sets(visit: Visit, held: str, choose: Callable[[str], object]) -> None:
    """Draw the data sets that do not stand beside the others.

    Args:
        choose: called with the name of one that is pressed, before the page is drawn again.
    """
    others = [name for name in DATASETS if not _stands_first(name, held, visit.t)]
    if not others:
        return
    with st.popover(visit.t("datasets.more"), type="tertiary", key="more_sets"):
        for name in others:
            words = visit.t(DATASETS[name].term("what"))
            st.button(words, key=f"more_{name}", type="tertiary", on_click=choose, args=(name,))


def data_remarks(settings: RunSettings, t: Translate) -> list[str]:
    """Return what is to be said of settings that leave little to learn from; nothing while there
    are no images.
    """
    if not settings.alters_data or settings.data.own:
        return []
    try:
        dataset = open_dataset(settings.dataset)
        labels = training_arrays(dataset, settings.train_images, settings.validation_split).y_train
    except FvappError:
        return []  # said where it is trained
    names = class_names(settings.dataset, t)
    found = remarks(labels, settings)
    return [
        t(f"data.remarks.{word}", name="" if label is None else names[label])
        for word, label in found
    ]


def twelve_of(visit: Visit, model: RunRecord | str) -> Twelve:
    """Return :func:`twelve_pictures` of a run or a data set, as :func:`dataset_of`; none of an own
    set without any.
    """
    name = model if isinstance(model, str) else model.settings.dataset
    if not DATASETS[name].own:
        return twelve_pictures(name)
    drawn = [each.id for each in kept_examples(visit, name)] if isinstance(model, str) else model.id
    return remembered("own_twelve", (name, drawn), lambda: _pictures(dataset_of(visit, model)))


@cache
def twelve_pictures(dataset: str) -> Twelve:
    """Return the images that a training is watched by.

    Raises:
        DatasetError: the data set cannot be read.
    """
    return _pictures(open_dataset(dataset))


def _pictures(data: Dataset) -> Twelve:
    labels = data.y_test[twelve_numbers(data)].tolist()
    if not labels:
        return Twelve()
    images = list(twelve_images(data))
    return Twelve(tuple(labels), png_address(np.hstack(images)), tuple(lines_of(images, data.name)))
