"""The data sets as the pages use them: opened once a process, memory-mapped, for all visitors."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
import streamlit as st

from fvapp.charts.images import png_address
from fvapp.core.datasets import Dataset, load_dataset, training_arrays
from fvapp.core.datasets.altering import remarks
from fvapp.core.datasets.twelve import twelve_images, twelve_numbers
from fvapp.core.errors import FvappError
from fvapp.core.places import Places
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, class_names

# Seconds to wait for another process that unpacks. A worker's low priority may take it half a minute beside trainings.
_PATIENCE = 3.0


# A class arrives within seconds on a new machine: `functools.cache` would let each visitor unpack the same files.
@st.cache_resource(show_spinner=False)
def open_dataset(name: str) -> Dataset:
    """Return a data set.

    Raises:
        DatasetError: its files are damaged.
    """
    return load_dataset(name, Places.from_environ(os.environ), _PATIENCE)


def data_remarks(settings: RunSettings, t: Translate) -> list[str]:
    """Return what is to be said of settings that leave little to learn from; nothing while there are no images."""
    if not settings.alters_data:
        return []
    try:
        dataset = open_dataset(settings.dataset)
        labels = training_arrays(dataset, settings.train_images, settings.validation_split).y_train
    except FvappError:
        return []  # said where it is trained
    names = class_names(settings.dataset, t)
    found = remarks(labels, settings)
    return [t(f"data.remarks.{word}", name="" if label is None else names[label]) for word, label in found]


@cache
def twelve_pictures(dataset: str) -> tuple[tuple[int, ...], str]:
    """Return the labels of the images, and all of them beside each other as the address of a PNG.

    Raises:
        DatasetError: the data set cannot be read.
    """
    data = open_dataset(dataset)
    labels = np.asarray(data.y_test)[twelve_numbers(data)].tolist()
    return tuple(labels), png_address(np.hstack(list(twelve_images(data))))
