"""Loads, alters and splits data sets of images; each image is a `uint8` array [28, 28]."""

from fvapp.core.dataset_table import DATASETS, PICTURED, READY_MADE, SHIPPED, DatasetInfo
from fvapp.core.datasets.altering import (
    MARK,
    add_white_mark_to_images,
    alter_training_labels,
    find_alteration_problems,
)
from fvapp.core.datasets.files import (
    ARRAYS,
    MANIFEST,
    has_shipped_dataset_files,
    read_shipped_text,
    shipped_dataset_digest,
    unpack_shipped_array,
)
from fvapp.core.datasets.lines import characters_by_row, image_text_lines
from fvapp.core.datasets.loading import Dataset, load_dataset
from fvapp.core.datasets.own import load_run_dataset, make_own_dataset
from fvapp.core.datasets.splits import (
    MOST_MIXED,
    TrainingArrays,
    make_altered_training_arrays,
    run_split_sizes,
    select_training_arrays,
    validation_split_sizes,
)
from fvapp.core.datasets.starter import was_trained_on_starter_set
from fvapp.core.datasets.twelve import FIRST_IMAGES, twelve_image_indices, twelve_images
