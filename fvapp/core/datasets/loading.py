"""Loads data sets from a cache on disk, into which each data set is unpacked on first use.

If the cache is not writable, the data set is unpacked into memory.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import files
from fvapp.core.errors import DatasetError
from fvapp.core.places import AppFolders

_PATIENCE = 60.0  # maximum wait, in seconds, for another process that unpacks the data set


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set of labelled images, whose pixels range from 0 (background) to 255.

    Attributes:
        x_train, x_test: `[images, 28, 28]`; y_train, y_test: `[images]`, `uint8`, or `uint16` for
            more than 256 classes. The arrays are not writable. They are memory-mapped, or ordinary
            arrays if `is_in_memory`.
        is_in_memory: whether this process holds a separate copy, because the cache was not
            writable. Keep the object, because loading the data set again would unpack it again.
    """

    name: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    is_in_memory: bool = False


def load_dataset(name: str, places: AppFolders, patience: float = _PATIENCE) -> Dataset:
    """Return a data set, which is first unpacked into the cache if needed.

    Args:
        patience: seconds to wait for another process to unpack the data set.

    Raises:
        DatasetError: there is no such data set, or its shipped files are damaged.
    """
    if name not in DATASETS:
        raise DatasetError("unknown_dataset", name=name[:40])

    unpack = partial(files.unpack_shipped_array, name)
    folder = places.dataset_cache / f"{name}-{files.shipped_dataset_digest(name)[:16]}"
    arrays = files.open_cached_arrays(folder)
    if arrays is None:
        # An error means that the disk is read-only or full, or that its file system has no locks.
        # On Windows, it may also mean that another process is using the files, which then exist.
        with suppress(OSError, NotImplementedError):
            places.dataset_cache.mkdir(parents=True, exist_ok=True)
            # Workers start at the same time. One worker unpacks the data set; the others wait.
            lock = FileLock(places.dataset_cache / f"{name}.lock")
            with suppress(Timeout):
                lock.acquire(timeout=patience)
            try:
                if files.open_cached_arrays(folder) is None:
                    files.fill_dataset_cache(folder, unpack)
            finally:
                lock.release()
        arrays = files.open_cached_arrays(folder)
    if arrays is not None:
        return Dataset(name, **dict[str, Any](arrays))
    return Dataset(name, **dict[str, Any](files.unpack_to_memory(unpack)), is_in_memory=True)
