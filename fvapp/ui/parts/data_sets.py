"""The data sets as the pages use them: opened once a process, memory-mapped, for all visitors."""

from __future__ import annotations

import os

import streamlit as st

from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.places import Places

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
