"""The data sets: their descriptions, and their images as `uint8`."""

from fvapp.core.dataset_table import DATASETS, PICTURED, READY_MADE, SHIPPED, DatasetInfo
from fvapp.core.datasets.loading import Dataset, load_dataset
from fvapp.core.datasets.splits import (
    TrainingArrays,
    count_split,
    split_validation,
    taught_arrays,
    training_arrays,
)
