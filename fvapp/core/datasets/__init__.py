"""The data sets: their descriptions, and their images as `uint8`."""

from fvapp.core.dataset_table import DATASETS, PICTURED, READY_MADE, SHIPPED, DatasetInfo
from fvapp.core.datasets.loading import Dataset, load_dataset
from fvapp.core.datasets.splits import (
    TrainingArrays,
    make_altered_training_arrays,
    run_split_sizes,
    select_training_arrays,
    validation_split_sizes,
)
