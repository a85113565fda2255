"""The two data sets: what they are, where they come from, and their images as `uint8`."""

from fvapp.core.datasets.loading import Dataset, DatasetSummary, describe_dataset, downloaded_mnist, load_dataset
from fvapp.core.datasets.splits import TrainingArrays, split_validation, training_arrays
from fvapp.core.datasets.table import DATASETS, DatasetInfo, Source

__all__ = [
    "DATASETS",
    "Dataset",
    "DatasetInfo",
    "DatasetSummary",
    "Source",
    "TrainingArrays",
    "describe_dataset",
    "downloaded_mnist",
    "load_dataset",
    "split_validation",
    "training_arrays",
]
