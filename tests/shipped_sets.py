"""The data sets that ship, as the app loads them."""

import os

from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.places import AppFolders


def load_shipped(name: str) -> Dataset:
    return load_dataset(name, AppFolders.from_environ(os.environ))
