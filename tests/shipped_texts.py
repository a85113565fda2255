"""The names of the data sets of text that ship."""

from fvapp.core.dataset_table import DATASETS

TEXTS = [name for name, info in DATASETS.items() if info.text]
