"""Loading a data set from the best source in reach."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from fvapp.core.datasets import files
from fvapp.core.datasets.table import DATASETS, DatasetInfo, Source
from fvapp.core.errors import DatasetError
from fvapp.core.places import Places


@dataclass(frozen=True)
class DatasetSummary:
    """What would be loaded, found out without unpacking anything.

    Attributes:
        train_images, test_images: how many there are.
        complete: whether that is the full data set.
        problem: why a better source was passed over, or None.
    """

    name: str
    source: Source
    train_images: int
    test_images: int
    problem: DatasetError | None = None

    @property
    def complete(self) -> bool:
        info = DATASETS[self.name]
        return (self.train_images, self.test_images) == (info.train_images, info.test_images)


@dataclass(frozen=True)
class Dataset:
    """Images and labels, all `uint8`: pixels 0 (background) to 255, labels 0 to 9.

    Attributes:
        x_train, x_test: `[images, 28, 28]`; y_train, y_test: `[images]`. Not writable; memory-mapped, or ordinary
            arrays when `in_memory`.
        in_memory: nothing could be written to the cache, so this process holds a copy of its own. Loading again
            would unpack again: keep the object.
        problem: why a better source was passed over, or None.
    """

    name: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    source: Source
    in_memory: bool = False
    problem: DatasetError | None = None


@dataclass(frozen=True)
class _Candidate:
    """A source that passed its cheap checks."""

    source: Source
    shapes: files.Shapes
    digest: Callable[[], str]
    unpack: files.Unpack


def downloaded_mnist(places: Places) -> Path:
    """Return where the full MNIST is kept once it was downloaded and verified."""
    return places.cache / "mnist.npz"


def describe_dataset(name: str, places: Places) -> DatasetSummary:
    """Say which source a data set would be loaded from and how many images it has, in milliseconds.

    Raises:
        DatasetError: no such data set.
    """
    candidates, problem = _candidates(_info(name), places)
    shapes = candidates[0].shapes
    return DatasetSummary(name, candidates[0].source, shapes["x_train"][0], shapes["x_test"][0], problem)


def load_dataset(name: str, places: Places) -> Dataset:
    """Load a data set: from the cache, else unpacked into it, else into memory.

    MNIST is taken from ``mnist.npz`` in the teacher's folder, else from the downloaded one, else from the starter set
    that ships; a file that cannot be used is passed over and named in `problem`.

    Raises:
        DatasetError: no such data set, or the files that ship are damaged.
    """
    candidates, problem = _candidates(_info(name), places)
    for candidate in candidates[:-1]:
        try:
            return _load(name, candidate, places, problem)
        except DatasetError as error:
            problem = problem or error
    return _load(name, candidates[-1], places, problem)


def _info(name: str) -> DatasetInfo:
    if name not in DATASETS:
        raise DatasetError("unknown_dataset", name=name[:40])
    return DATASETS[name]


def _candidates(info: DatasetInfo, places: Places) -> tuple[list[_Candidate], DatasetError | None]:
    """Return the usable sources, best first; the last one ships. Also the first problem met."""
    candidates: list[_Candidate] = []
    problem = None
    if info.name == "mnist":
        folder = places.data_dir / "mnist.npz" if places.data_dir else None
        if folder and not folder.is_file():
            problem, folder = DatasetError("data_dir_without_mnist", file="mnist.npz"), None
        for source, path in (("folder", folder), ("downloaded", downloaded_mnist(places))):
            if path and path.is_file():
                try:
                    candidates.append(_npz_candidate(source, path, info))
                except DatasetError as error:
                    problem = problem or error
    candidates.append(_shipped_candidate(info))
    return candidates, problem


def _npz_candidate(source: Source, path: Path, info: DatasetInfo) -> _Candidate:
    shapes = files.npz_shapes(path, info)
    return _Candidate(
        source, shapes, partial(files.file_digest, path), lambda array, target: files.unpack_npz(path, array, target)
    )


def _shipped_candidate(info: DatasetInfo) -> _Candidate:
    manifest = files.shipped_manifest(info.name)
    shapes = {array: tuple(manifest[array]["shape"]) for array in files.ARRAYS}
    return _Candidate(
        "shipped" if shapes["x_train"][0] == info.train_images else "starter",
        shapes,
        partial(files.shipped_digest, info.name),
        partial(files.unpack_shipped, info.name),
    )


def _load(name: str, candidate: _Candidate, places: Places, problem: DatasetError | None) -> Dataset:
    try:
        folder = places.cache / f"{name}-{candidate.digest()[:16]}"
    except OSError:
        raise DatasetError("npz_unusable", file="mnist.npz") from None
    arrays = files.open_cached(folder)
    if arrays is None:
        # Read-only or full; or, on Windows, another process maps the same files already: then they are there.
        with suppress(OSError):
            files.fill_cache(folder, candidate.unpack)
        arrays = files.open_cached(folder)
    in_memory = arrays is None
    if arrays is None:
        arrays = files.unpack_to_memory(candidate.unpack)
    if max(arrays["y_train"].max(), arrays["y_test"].max()) >= len(DATASETS[name].class_names):
        raise DatasetError("npz_unusable", file="mnist.npz")
    return Dataset(name, **arrays, source=candidate.source, in_memory=in_memory, problem=problem)
